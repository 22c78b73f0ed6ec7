using System.Globalization;
using Synod.Explorer.Essential;
using Synod.Paxos;

namespace Synod.Explorer.Stories;

/// <summary>All stories, and random ones.</summary>
public static class StoryBook
{
    /// <summary>What is told if nothing is asked for.</summary>
    public const string First = "first";

    /// <summary>The name of the story that is different for each seed.</summary>
    public const string Random = "random";

    private const int RandomStepsMax = 60;

    /// <summary>All of them, in the order in which they are best read; <see cref="Random"/> is not among
    /// them.</summary>
    public static IReadOnlyList<StoryEntry> All { get; } =
    [
        new(First, "Two proposers, three acceptors, one crash", PaxosStories.First),
        new("no-conflict", "One proposer and nothing in its way", PaxosStories.NoConflict),
        new("adopt", "Who comes later proposes what it finds", PaxosStories.Adopt),
        new("duel", "Dueling proposers: safe, and without end", PaxosStories.Duel),
        new("lost-promise", "A lost message costs time and nothing else", PaxosStories.LostPromise),
        new("crash-before-accepted", "An acceptor crashes before it accepts", PaxosStories.CrashBeforeAccepted),
        new("forgotten-promise", "Why a promise must be on disk", BugStories.ForgottenPromise.Tell),
        new("flexible-quorum", "Phase 1 asks three of four, two choose", PaxosStories.FlexibleQuorum),
        new("bug-ballot-reuse", "Bug 1: a ballot used again after a restart", BugStories.BallotReuse.Tell),
        new("bug-timed-out-accept", "Bug 2: a ballot used again after a time-out", BugStories.TimedOutAccept.Tell),
        new(
            "bug-answer-before-disk", "Bug 3: an answer that the disk would not swear to",
            BugStories.AnswerBeforeDisk.Tell),
        new("bug-promise-regression", "Bug 4: an Accept that lowers the promise", BugStories.PromiseRegression.Tell),
        new("commit", "Paxos Commit: all are prepared", CommitStories.Commit),
        new("commit-abort", "Paxos Commit: a participant dies, a recovery aborts", CommitStories.Abort),
        new("commit-adopt", "Paxos Commit: a recovery finds a vote, and commits", CommitStories.Adopt),
    ];

    /// <summary>The story of that name, or null.</summary>
    public static StoryEntry? Find(string name) => All.FirstOrDefault(entry => entry.Name == name);

    /// <summary>
    /// Two proposers, three acceptors, a learner and a crash, where the seed chooses what happens next; the same seed
    /// tells the same story. It ends when the learner knows a value, or when nothing more can happen.
    /// </summary>
    public static Story PlayRandom(ulong seed)
    {
        var world = new PaxosWorld(new PaxosWorldOptions
        {
            Learners = 1,
            BallotsPerProposer = 3,
            AcceptorCrashesMax = 1,
            MessagesStay = false,
            LossesMax = 1,
        });
        var lines = new List<StoryLine>();
        var actions = new ActionList();
        var draw = seed;
        while (world.Learned is null && lines.Count < RandomStepsMax)
        {
            actions.Clear();
            world.ListActions(actions);
            if (actions.Count == 0)
            {
                break;
            }
            draw = Next(draw);
            var action = actions[(int)(draw >> 33) % actions.Count];
            lines.Add(StoryLine.Event(world.Describe(action)));
            world.Apply(action);
        }
        var closing = world.Learned is { } learned
            ? $"{learned} is chosen, for ever"
            : "nothing is known to be chosen yet";
        return new Story(
            string.Create(CultureInfo.InvariantCulture, $"What chance does with two proposers (seed {seed})"),
            world.Lanes, lines, closing);
    }

    // A linear congruential generator (Knuth's MMIX constants): the upper bits are used.
    private static ulong Next(ulong draw) => unchecked((draw * 6364136223846793005UL) + 1442695040888963407UL);
}
