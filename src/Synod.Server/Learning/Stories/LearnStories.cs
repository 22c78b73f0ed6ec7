using Synod.Explorer.Stories;
using Synod.Paxos;
using Synod.Server.Learning.Stories.Wrong;

namespace Synod.Server.Learning.Stories;

/// <summary>
/// All that <c>synod learn</c> can play: the explorer's stories, and one that needs the real store of two files.
/// </summary>
internal static class LearnStories
{
    private static readonly NodeId Acceptor1 = new(1);

    /// <summary>
    /// All of them, in the order in which they are best read; <see cref="StoryBook.Random"/> is not among them.
    /// </summary>
    public static IReadOnlyList<StoryEntry> All { get; } = Compose();

    /// <summary>P5 of the checklist.</summary>
    public static TwoActs OnlyGoodCopy { get; } = new(
        "a store of two files takes turns before the write has succeeded",
        "the turn changes only after a write that is known to be on disk; after a failed one nothing more is written",
        Cast(_ => new TogglesFirstDisk(Files())),
        Cast(_ => new StoreDisk(Files())),
        stage =>
        {
            stage.Note("a1 keeps its state in two files, written in turn, so that one is always whole.");
            stage.Begin(1);
            stage.Phase1(1, 1, 2);
            stage.Phase2(1, 1, 2);
            stage.Note("red is chosen, by a1 and a2. Then a1's disk is full; there is room again, and p2 asks again.");
            stage.Begin(2);
            stage.Prepare(2, 1);
            stage.Prepare(2, 1);
            stage.CrashAcceptor(1);
            stage.Phase1(2, 1, 3);
            stage.Phase2At(2, 2, 1, 3);
        })
    {
        WhyItWentWrong =
            "The write to one file failed, and the next went over the other, the only copy of what a1 had accepted; it "
            + "was torn. The file that was left is sound, and too old: a1 told p2 that it had accepted nothing.",
        WhyItWentWell =
            "No write, done or failed, touches the newest good copy: a1 knows that it accepted red, and p2 finds it.",
    };

    /// <summary>The story of that name, or null.</summary>
    public static StoryEntry? Find(string name) => All.FirstOrDefault(entry => entry.Name == name);

    private static List<StoryEntry> Compose()
    {
        var all = StoryBook.All.ToList();
        var lastBug = all.FindLastIndex(entry => entry.Name.StartsWith("bug-", StringComparison.Ordinal));
        all.Insert(lastBug + 1, new StoryEntry(
            "bug-only-good-copy", "Bug 5: the only good copy is overwritten", title => OnlyGoodCopy.Tell(title)));
        return all;
    }

    // The promise and the acceptance are saved; then the disk is full once, and the power fails in the next write.
    private static StoryFiles Files() => new(WriteFate.Done, WriteFate.Done, WriteFate.NoSpace, WriteFate.PowerFails);

    private static StageCast Cast(Func<NodeId, IStateDisk> makeDisk) => new()
    {
        Wishes = ["red", "blue"],
        Learners = 2,
        MakeDisk = self => self == Acceptor1 ? makeDisk(self) : new SoundDisk(),
    };
}
