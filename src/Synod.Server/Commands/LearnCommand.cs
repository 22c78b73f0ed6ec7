using System.CommandLine;
using Synod.Explorer.Stories;
using Synod.Server.CommandLine;
using Synod.Server.Learning;

namespace Synod.Server.Commands;

/// <summary><c>synod learn</c>: how consensus comes about, shown by the real classes.</summary>
internal static class LearnCommand
{
    /// <summary>What the command is called.</summary>
    public const string Name = "learn";

    private const string Examples = """
        Each story is a run of the classes in Synod.Paxos; only who hears whom, and when, is told beforehand. Read
        src/Synod.Paxos/Essential and docs/algorithms/basic-paxos.md beside it.

        Examples:
          synod learn                        a first example: two proposers, three acceptors, a crash
          synod learn --step                 the same, one row at a time
          synod learn --list                 all stories
          synod learn --scenario duel        one of them
          synod learn --seed 7               what chance does; the same seed tells the same story
        """;

    /// <summary>Makes the command.</summary>
    public static Command Build()
    {
        var scenario = new Option<string>("--scenario") { Description = "Which story to tell.", HelpName = "NAME" };
        var list = new Option<bool>("--list") { Description = "List the stories." };
        var step = new Option<bool>("--step") { Description = "Wait for Enter before each row." };
        var seed = new Option<ulong?>("--seed")
        {
            Description = "Tell a random story, the one with this number.",
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
                    StoryBook.Random, "What chance does; see --seed", () => StoryBook.PlayRandom(1));
                printer.PrintList([.. StoryBook.All, random]);
                return SynodCommandLine.ExitCodeDone;
            }
            var story = Play(parsed.GetValue(scenario), parsed.GetValue(seed));
            printer.Print(story, parsed.GetValue(step) ? WaitForEnter : () => { });
            return SynodCommandLine.ExitCodeDone;
        });
        HelpWithExamples.AddTo(command, Examples);
        return command;
    }

    private static Story Play(string? name, ulong? seed)
    {
        if (name is null ? seed is not null : name == StoryBook.Random)
        {
            return StoryBook.PlayRandom(seed ?? 1);
        }
        if (seed is not null)
        {
            throw new UserErrorException([$"--seed is for the scenario {StoryBook.Random}, not for {name}."]);
        }
        return StoryBook.Find(name ?? StoryBook.First)?.Play()
            ?? throw new UserErrorException([$"No scenario is called {name}. See: synod learn --list"]);
    }

    // At the end of the input nobody is there to wait for: the rest follows at once.
    private static void WaitForEnter() => Console.In.ReadLine();
}
