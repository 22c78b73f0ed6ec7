using System.CommandLine;
using Synod.Explorer.Stories;
using Synod.Server.CommandLine;
using Synod.Server.Learning;
using Synod.Server.Learning.Stories;

namespace Synod.Server.Commands;

/// <summary><c>synod learn</c>: how consensus comes about, shown by the real classes.</summary>
internal static class LearnCommand
{
    /// <summary>What the command is called.</summary>
    public const string Name = "learn";

    private const ulong SeedDefault = 1;

    private const string Examples = """
        Each scenario is a run of the classes in Synod.Paxos; only who hears whom, and when, is told beforehand. Those about
        bugs run twice: with a class that is wrong on purpose, and with the real one. Read docs/algorithms/basic-paxos.md and
        src/Synod.Paxos/Essential beside it.

        In the diagram time runs down, and each process has a column: p for proposers, a for acceptors, l for learners.
          o----->   a message, in the row where it arrives     X   a crash     ?   a message is lost
          *         a process acts by itself                   !   a rule is broken, found by a judge who looks on
          1.p2      a ballot: round 1 of proposer p2; 1.p1 < 1.p2 < 2.p1

        Examples:
          synod learn                              a first example: two proposers, three acceptors, a crash
          synod learn --step                       the same, a row for each press of Enter or space; q ends it
          synod learn --list                       all scenarios
          synod learn --scenario duel              one of them
          synod learn --scenario forgotten-promise why a promise must be on disk
          synod learn --scenario bug-ballot-reuse  how a bug loses a value, and the rule against it
          synod learn --seed 7                     a random scenario; the same seed plays the same
        """;

    /// <summary>Makes the command.</summary>
    public static Command Build()
    {
        var scenario = new Option<string>("--scenario")
        {
            Description = "Which scenario to play; --list names them.",
            HelpName = "NAME",
        };
        var list = new Option<bool>("--list") { Description = "List the scenarios." };
        var step = new Option<bool>("--step") { Description = "Wait for Enter or space before each row." };
        var seed = new Option<ulong?>("--seed")
        {
            Description = "Play a random scenario, the one with this number.",
            HelpName = "N",
        };
        var command = new Command(Name, "Show how consensus comes about, as a diagram in the terminal.")
        {
            scenario, list, step, seed,
        };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var printer = new StoryPrinter(output, StoryPrinter.MayColour(), StoryPrinter.TerminalWidth());
            if (parsed.GetValue(list))
            {
                var random = new StoryEntry(
                    StoryBook.Random, "What chance does; see --seed", _ => StoryBook.PlayRandom(SeedDefault));
                printer.PrintList([.. LearnStories.All, random]);
                return SynodCommandLine.ExitCodeDone;
            }
            var story = Play(parsed.GetValue(scenario), parsed.GetValue(seed));
            var isStepped = parsed.GetValue(step);
            if (isStepped && !Console.IsInputRedirected)
            {
                printer.PrintBefore(StepReader.Keys);
            }
            var isTold = printer.Print(story, isStepped ? StepReader.OfConsole().WaitForNext : () => true);
            if (isTold && parsed.GetValue(scenario) is null && parsed.GetValue(seed) is null)
            {
                printer.PrintAfter(
                    "What the signs mean:  synod learn --help", "More scenarios:       synod learn --list",
                    "Why it works:         docs/algorithms/basic-paxos.md");
            }
            return SynodCommandLine.ExitCodeDone;
        });
        HelpWithExamples.AddTo(command, Examples);
        return command;
    }

    private static Story Play(string? name, ulong? seed)
    {
        if (name is null ? seed is not null : name == StoryBook.Random)
        {
            return StoryBook.PlayRandom(seed ?? SeedDefault);
        }
        if (seed is not null)
        {
            throw new UserErrorException([$"--seed is for the scenario {StoryBook.Random}, not for {name}."]);
        }
        if (LearnStories.Find(name ?? StoryBook.First) is { } entry)
        {
            return entry.Tell();
        }
        var nearest = NearestNames.To(name!, LearnStories.All.Select(each => each.Name).Append(StoryBook.Random));
        var question = nearest.Count > 0 ? $" Did you mean {string.Join(" or ", nearest)}?" : "";
        throw new UserErrorException([$"No scenario is called {name}.{question} See: synod learn --list"]);
    }
}
