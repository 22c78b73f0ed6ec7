using System.Text.RegularExpressions;
using Synod.Explorer.Stories;
using Synod.Server.CommandLine;
using Synod.Server.Learning;
using Synod.Server.Learning.Stories;

namespace Synod.Server.Tests;

public sealed partial class LearnTests
{
    private const char Escape = '\e';
    private const int RowsMany = 1000;

    [Fact]
    public async Task Without_arguments_the_first_story_is_told_at_once()
    {
        var (exitCode, output, error) = await RunAsync("learn");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("Two proposers, three acceptors, one crash", output, StringComparison.Ordinal);
        Assert.Contains("=> blue is chosen, for ever", output, StringComparison.Ordinal);
        Assert.EndsWith("docs/algorithms/basic-paxos.md", output.TrimEnd(), StringComparison.Ordinal);
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
        Assert.Equal([.. LearnStories.All.Select(entry => entry.Name), StoryBook.Random], names);
    }

    [Theory]
    [InlineData("synod: No scenario is called waltz. See: synod learn --list", "--scenario", "waltz")]
    [InlineData(
        "synod: No scenario is called dual. Did you mean duel? See: synod learn --list", "--scenario", "dual")]
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

    [Fact]
    public async Task A_seed_that_is_no_number_is_refused_in_words()
    {
        var (exitCode, _, error) = await RunAsync("learn", "--seed", "-3");
        Assert.Equal(2, exitCode);
        Assert.StartsWith(
            "synod: Cannot parse argument '-3' for option '--seed' as a whole number from 0 up.", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_says_scenario_and_names_every_key()
    {
        var (exitCode, output, _) = await RunAsync("learn", "--help");
        Assert.Equal(0, exitCode);
        Assert.Contains("--scenario <NAME>", output, StringComparison.Ordinal);
        Assert.Contains("Enter or space; q ends it", output, StringComparison.Ordinal);
        Assert.DoesNotContain("story", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("stories", output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("duell", "duel")]
    [InlineData("DUEL", "duel")]
    [InlineData("first-", "first")]
    [InlineData("adopt", "adopt", "commit-adopt")]
    [InlineData("bug", "bug-ballot-reuse", "bug-only-good-copy", "bug-timed-out-accept", "bug-answer-before-disk", "bug-promise-regression")]
    [InlineData("du")]
    [InlineData("xyzzy")]
    public void The_nearest_names_come_first_and_far_ones_not_at_all(string word, params string[] names) =>
        Assert.Equal(names, NearestNames.To(word, LearnStories.All.Select(entry => entry.Name)));

    [Fact]
    public void Every_scenario_that_a_page_or_the_help_names_can_be_played()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Root(), "README.md")).Append(Path.Combine(Root(), "src/Synod.Server/Commands/LearnCommand.cs"));
        var named = pages.SelectMany(page => ScenarioFlag().Matches(File.ReadAllText(page)))
            .Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.True(named.Count >= 8, string.Join(' ', named));
        Assert.All(named, name => Assert.NotNull(LearnStories.Find(name)));
    }

    [Fact]
    public void A_violation_is_marked_where_it_is()
    {
        var lines = Print(LearnStories.Find("bug-answer-before-disk")!.Tell(), colours: false, 100).Split('\n');
        Assert.Contains(lines, line => line.StartsWith(
            "  !  |     |     !     !     !     |     |     TWO VALUES ARE CHOSEN: red by a1 and", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(line => line.StartsWith("     p1    p2    a1", StringComparison.Ordinal)));
        Assert.Equal("=> with the bug red and then blue is chosen; with the rule red, for ever", lines[^2]);
    }

    [Fact]
    public void On_a_narrow_terminal_texts_stand_below_their_rows()
    {
        var lines = Print(LearnStories.Find("commit")!.Tell(), colours: false, 60).Split('\n').ToList();
        var row = lines.FindIndex(line => line.StartsWith("  1. ", StringComparison.Ordinal));
        Assert.Equal("  1. *     |     |     |     |     |     |", lines[row]);
        Assert.Equal("     writes Prepared, sends its vote", lines[row + 1]);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(240)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        foreach (var entry in LearnStories.All)
        {
            Assert.All(Print(entry.Tell(), colours: false, width).Split('\n'), line => Assert.True(line.Length <= width, line));
        }
    }

    [Fact]
    public void Colours_add_nothing_but_colours()
    {
        foreach (var entry in LearnStories.All)
        {
            var plain = Print(entry.Tell(), colours: false, 100);
            var coloured = Print(entry.Tell(), colours: true, 100);
            Assert.DoesNotContain(Escape, plain);
            Assert.Contains(Escape, coloured);
            Assert.Equal(plain, Regex.Replace(coloured, "\e\\[[0-9;]*m", ""));
        }
    }

    [Fact]
    public void A_reader_is_waited_for_before_each_row()
    {
        var story = LearnStories.Find("adopt")!.Tell();
        var waited = 0;
        new StoryPrinter(new StringWriter(), colours: false, 80).Print(story, () => ++waited > 0);
        Assert.Equal(story.Lines.Count, waited);
    }

    [Fact]
    public void A_reader_who_has_had_enough_sees_no_more()
    {
        using var output = new StringWriter();
        var left = 3;
        new StoryPrinter(output, colours: false, 80).Print(LearnStories.Find("no-conflict")!.Tell(), () => left-- > 0);
        Assert.Contains("  2. ", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("  3. ", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("=>", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\r\n q", 3)] // each is another row
    [InlineData("xyz\rq", 1)] // other keys do nothing
    [InlineData("\rQ\r", 1)]
    [InlineData("\u001b\r", 0)]
    [InlineData(" a", RowsMany)]
    public void Enter_and_space_show_a_row_a_the_rest_and_q_and_escape_end_it(string keys, int rows)
    {
        var next = 0;
        var reader = new StepReader(() => keys[next++]);
        var seen = 0;
        while (seen < RowsMany && reader.WaitForNext())
        {
            seen++;
        }
        Assert.Equal(rows, seen);
    }

    [Fact]
    public void At_the_end_of_the_input_the_rest_follows_without_asking_again()
    {
        var asked = 0;
        var reader = new StepReader(() =>
        {
            asked++;
            return null;
        });
        Assert.True(reader.WaitForNext());
        Assert.True(reader.WaitForNext());
        Assert.Equal(1, asked);
    }

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Synod.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("Not in the repository.");
        }
        return directory;
    }

    [GeneratedRegex("--scenario ([a-z][a-z-]+)")]
    private static partial Regex ScenarioFlag();

    private static string Print(Story story, bool colours, int width)
    {
        using var output = new StringWriter();
        new StoryPrinter(output, colours, width).Print(story, () => true);
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
