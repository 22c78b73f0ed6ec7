using Synod.Explorer.Stories;
using Synod.Server.CommandLine;
using Synod.Server.Learning;

namespace Synod.Server.Tests;

public sealed class LearnTests
{
    private const char Escape = '\e';

    [Fact]
    public async Task Without_arguments_the_first_story_is_told_at_once()
    {
        var (exitCode, output, error) = await RunAsync("learn");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("Two proposers, three acceptors, one crash", output, StringComparison.Ordinal);
        Assert.Contains("=> blue is chosen, for ever", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_diagram_of_a_short_story_is_this()
    {
        var (_, output, _) = await RunAsync("learn", "--scenario", "no-conflict");
        Assert.Equal("""
            One proposer and nothing in its way

                 p1    a1    a2    a3    l
                 |     |     |     |     |
            # Phase 1: may I propose, and was anything accepted before?
              1. *     |     |     |     |     begins ballot 1.p1, wants red
              2. o----->     |     |     |     Prepare 1.p1
              3. <-----o     |     |     |     Promise 1.p1
              4. o----------->     |     |     Prepare 1.p1
              5. <-----------o     |     |     Promise 1.p1: enough, will propose red
                 |     |     |     |     |
            # Phase 2: then accept this. Two of three are enough; a3 may be asleep.
              6. o----->     |     |     |     Accept 1.p1 red
              7. |     o----------------->     Accepted 1.p1 red
              8. o----------->     |     |     Accept 1.p1 red
              9. |     |     o----------->     Accepted 1.p1 red: chosen

            => red is chosen, for ever

            """.ReplaceLineEndings("\n"), output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task The_list_names_every_story()
    {
        var (exitCode, output, _) = await RunAsync("learn", "--list");
        Assert.Equal(0, exitCode);
        var names = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]);
        Assert.Equal([.. StoryBook.All.Select(entry => entry.Name), StoryBook.Random], names);
    }

    [Theory]
    [InlineData("synod: No scenario is called waltz. See: synod learn --list", "--scenario", "waltz")]
    [InlineData("synod: --seed is for the scenario random, not for duel.", "--scenario", "duel", "--seed", "3")]
    public async Task A_mistake_is_one_line_and_exit_code_2(string line, params string[] args)
    {
        var (exitCode, output, error) = await RunAsync(["learn", .. args]);
        Assert.Equal((2, "", line), (exitCode, output, error.TrimEnd()));
    }

    [Fact]
    public async Task A_seed_tells_its_own_story()
    {
        var (_, seven, _) = await RunAsync("learn", "--seed", "7");
        var (_, again, _) = await RunAsync("learn", "--scenario", "random", "--seed", "7");
        Assert.Contains("(seed 7)", seven, StringComparison.Ordinal);
        Assert.Equal(seven, again);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        foreach (var entry in StoryBook.All)
        {
            Assert.All(Print(entry.Play(), colours: false, width).Split('\n'), line => Assert.True(line.Length <= width, line));
        }
    }

    [Fact]
    public void Colours_add_nothing_but_colours()
    {
        foreach (var entry in StoryBook.All)
        {
            var plain = Print(entry.Play(), colours: false, 100);
            var coloured = Print(entry.Play(), colours: true, 100);
            Assert.DoesNotContain(Escape, plain);
            Assert.Contains(Escape, coloured);
            Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", ""));
        }
    }

    [Fact]
    public void A_reader_is_waited_for_before_each_row()
    {
        var story = StoryBook.Find("adopt")!.Play();
        var waited = 0;
        new StoryPrinter(new StringWriter(), colours: false, 80).Print(story, () => waited++);
        Assert.Equal(story.Lines.Count, waited);
    }

    private static string Print(Story story, bool colours, int width)
    {
        using var output = new StringWriter();
        new StoryPrinter(output, colours, width).Print(story, () => { });
        return output.ToString().ReplaceLineEndings("\n");
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await SynodCommandLine.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
