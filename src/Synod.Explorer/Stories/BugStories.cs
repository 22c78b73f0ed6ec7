using Synod.Explorer.Stories.Wrong;

namespace Synod.Explorer.Stories;

/// <summary>
/// Bugs of well-known implementations, played twice: by a wrong twin of a class, and by the class itself.
/// </summary>
public static class BugStories
{
    /// <summary>The table in docs/algorithms/basic-paxos.md: why a promise must be on disk.</summary>
    public static TwoActs ForgottenPromise { get; } = new(
        "acceptors keep their state in memory alone, and start with nothing after a crash",
        "what an acceptor has promised and accepted is on its disk",
        Cast("red", "blue") with { MakeDisk = _ => new ForgetfulDisk() },
        Cast("red", "blue"),
        stage =>
        {
            stage.Begin(1);
            stage.Phase1(1, 1, 2);
            stage.Begin(2);
            stage.Phase1(2, 2, 3);
            stage.Note("a2 has promised p2 to hear nothing below 1.p2, and p2 acts on that. Now a2 crashes.");
            stage.CrashAcceptor(2);
            stage.Note("p1's Accept under 1.p1 was slow and arrives only now.");
            stage.Phase2(1, 1, 2);
            stage.Phase2At(2, 2, 2, 3);
        })
    {
        WhyItWentWrong =
            "p2 asked a quorum, nobody told of a value, so it proposed its own: it trusted that a2 would not accept "
            + "red any more. a2 had said so, and had forgotten it.",
        WhyItWentWell = "a2 reads 1.p2 from its disk and is silent to 1.p1. Only blue can be chosen.",
    };

    /// <summary>P1 of the checklist.</summary>
    public static TwoActs BallotReuse { get; } = new(
        "a proposer that writes no mark begins at ballot 1 again after a crash",
        "the highest ballot used is on disk before its Prepare leaves, and the next one is above it",
        Cast("red", "blue") with { MakeProposer = (self, all) => new BeginsAtOneAgainProposer(self, all) },
        Cast("red", "blue"),
        stage =>
        {
            stage.Begin(1);
            stage.Phase1(1, 1, 2);
            stage.Accept(1, 2);
            stage.Note("Only a2 has heard the Accept when p1 crashes. Its next client wants green.");
            stage.CrashProposer(1, "green");
            stage.Begin(1);
            stage.Phase1(1, 1, 3);
            stage.Phase2(1, 1, 3);
            stage.Note("l1 has learned green and tells the client. Later p2 asks a2 and a3.");
            stage.Begin(2);
            stage.Phase1(2, 2, 3);
            stage.Phase1UntilEnough(2, 2, 3);
            stage.Phase2At(2, 2, 2, 3);
        })
    {
        WhyItWentWrong =
            "Both values were found under 1.p1, and nothing tells which of them was chosen: p2 took the first. A "
            + "ballot must be bound to one value, also across a crash.",
        WhyItWentWell =
            "green was proposed under 2.p1, which is above 1.p1: p2 can tell which is the newer one. The real p2 would "
            + "also stop with an alarm if it ever found two values under one ballot.",
    };

    /// <summary>P2 of the checklist.</summary>
    public static TwoActs TimedOutAccept { get; } = new(
        "after a time-out a proposer sends another value under the ballot that it has",
        "an Accept whose end is unknown burns its ballot; whatever comes next begins with phase 1",
        Cast("red", "green") with { MakeProposer = (self, all) => new KeepsItsBallotProposer(self, all) },
        Cast("red", "green"),
        stage =>
        {
            stage.Begin(1);
            stage.Phase1(1, 1, 2);
            stage.Accept(1, 1);
            stage.LoseFrom(1, "Accepted 1.p1 red");
            stage.Note("p1 hears nothing and gives up: its client is told that the end is unknown. Another one comes.");
            stage.Wish(1, "blue");
            stage.Phase1UntilEnough(1, 2, 3);
            stage.Phase2(1, 2, 3);
            stage.Note("l1 has learned what is chosen and tells the client. Later p2 asks a1 and a2.");
            stage.Begin(2);
            stage.Phase1(2, 1, 2);
            stage.Phase1UntilEnough(2, 1, 2);
            stage.Phase2At(2, 2, 1, 2);
        })
    {
        WhyItWentWrong =
            "blue was acknowledged, and is gone: p2 found red and blue under the same ballot, and took the first.",
        WhyItWentWell =
            "The Accept of 1.p1 cannot be taken back: 1.p1 stays bound to red. Whatever p1 sends next has a ballot "
            + "of its own, which no later proposer can mistake. p1 keeps to its first wish, and the second client is "
            + "told red.",
    };

    /// <summary>P3 of the checklist.</summary>
    public static TwoActs AnswerBeforeDisk { get; } = new(
        "an acceptor answers a repeated Prepare from memory, while the first write is still under way",
        "an answer is bound to its record, and leaves when that record is on disk; also the second time",
        Cast("red", "blue") with { MakeAcceptor = self => new AnswersRepeatsAtOnceAcceptor(self) },
        Cast("red", "blue"),
        stage =>
        {
            stage.Begin(1);
            stage.Phase1(1, 1, 2);
            stage.Begin(2);
            stage.Phase1(2, 3);
            stage.Note("a2's disk takes its time over the promise to p2. p2 hears nothing, and asks again.");
            stage.Prepare(2, 2, held: true);
            if (stage.Prepare(2, 2, held: true))
            {
                stage.Promise(2, 2);
            }
            stage.Note("The power fails before the write has ended. Then p1's Accept comes, late.");
            stage.CrashAcceptor(2);
            stage.Phase2(1, 1, 2);
            stage.Phase1UntilEnough(2, 2, 3);
            stage.Phase2At(2, 2, 2, 3);
        })
    {
        WhyItWentWrong =
            "p2 relied on a promise that no disk remembered: a2 accepted red after it had promised not to.",
        WhyItWentWell =
            "a2 had said nothing to p2 when it crashed, so nothing was taken back. p2 asked again, and found red.",
    };

    /// <summary>P4 of the checklist.</summary>
    public static TwoActs PromiseRegression { get; } = new(
        "an acceptor saves its acceptance beside the older promise",
        "to accept under a ballot is to have promised it, on disk too",
        Cast("red", "blue") with { MakeAcceptor = self => new LowersItsPromiseAcceptor(self) },
        Cast("red", "blue"),
        stage =>
        {
            stage.Begin(1);
            stage.Phase1(1, 1, 2);
            stage.Begin(2);
            stage.Phase1(2, 2, 3);
            stage.Note("a1 has promised 1.p1 only, and now accepts under the higher 1.p2, without a Prepare.");
            stage.Phase2(2, 1, 3);
            stage.CrashAcceptor(1);
            stage.Note("blue is chosen. p1's Accept under the lower ballot arrives late.");
            stage.Accept(1, 1);
            stage.Note("p1 has no quorum for red and tries once more.");
            stage.Begin(1);
            stage.Phase1(1, 1, 2);
            stage.Phase2At(2, 1, 1, 2);
        })
    {
        WhyItWentWrong =
            "a1 wrote red over the blue that was chosen with its help, for its disk had taken the promise back.",
        WhyItWentWell = "The late Accept is refused, and p1 finds blue.",
    };

    private static StageCast Cast(params string[] wishes) => new() { Wishes = wishes, Learners = 2 };
}
