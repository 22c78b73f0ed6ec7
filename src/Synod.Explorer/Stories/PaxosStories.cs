using Synod.Paxos;

namespace Synod.Explorer.Stories;

/// <summary>Stories of single-decree Paxos.</summary>
internal static class PaxosStories
{
    public static Story First(string title)
    {
        var stage = Stage(["red", "blue"]);
        stage.Note(
            "Proposers p1 and p2 want different values. Acceptors a1 to a3 must choose one; l learns which. A ballot is "
            + "a number that nobody else uses: 1.p1 is round 1 of p1, below 1.p2.");
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Note("Two of three promised to hear nothing below ballot 1.p1: p1 may propose. But p2 is quicker.");
        stage.Begin(2);
        stage.Phase1(2, 2, 3);
        stage.Note("Ballot 1.p2 is higher: a2 has promised it, and so must refuse p1 from now on.");
        stage.Accept(1, 1);
        stage.Accepted(1);
        stage.Accept(1, 2);
        stage.Note("a2 crashes. If it forgot its promise, it could accept red now, and then blue.");
        stage.CrashAcceptor(2);
        stage.Accept(1, 2);
        stage.Phase2(2, 2, 3);
        stage.Note("A quorum accepted blue under one ballot. p1 does not know; it tries again, and finds blue.");
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Phase2(1, 1, 2);
        return stage.End(title, "blue");
    }

    public static Story NoConflict(string title)
    {
        var stage = Stage(["red"]);
        stage.Note("Phase 1: may I propose, and was anything accepted before?");
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Note("Phase 2: then accept this. Two of three are enough; a3 may be asleep.");
        stage.Phase2(1, 1, 2);
        return stage.End(title, "red");
    }

    public static Story Adopt(string title)
    {
        var stage = Stage(["red", "blue"]);
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Note("Only a2 hears the Accept. Is red chosen? Nobody can know yet.");
        stage.Accept(1, 2);
        stage.Begin(2);
        stage.Phase1(2, 2, 3);
        stage.Note("p2 wanted blue. But red may have been chosen, so it proposes red.");
        stage.Phase2(2, 2, 3);
        return stage.End(title, "red");
    }

    public static Story Duel(string title)
    {
        var stage = Stage(["red", "blue"]);
        stage.Note("Each proposer begins a higher ballot just before the other's Accept arrives.");
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        for (var round = 0; round < 2; round++)
        {
            stage.Begin(2);
            stage.Phase1(2, 1, 2);
            stage.Accept(1, 1);
            stage.Accept(1, 2);
            stage.Begin(1);
            stage.Phase1(1, 1, 2);
            stage.Accept(2, 1);
            stage.Accept(2, 2);
        }
        stage.Note(
            "This can go on for ever: nothing wrong is chosen, and nothing at all. The cure is that one waits a "
            + "random while, or that one leads.");
        stage.Phase2(1, 1, 2);
        return stage.End(title, "red");
    }

    public static Story LostPromise(string title)
    {
        var stage = Stage(["red"]);
        stage.Begin(1);
        stage.Phase1(1, 1);
        stage.Prepare(1, 2);
        stage.LoseFrom(2, "Promise 1.p1");
        stage.Note("p1 cannot tell a lost answer from a slow one. It asks the same again, and gets the same answer.");
        stage.Prepare(1, 2);
        stage.Promise(2, 1);
        stage.Promise(1, 1);
        stage.Note("a1's promise came twice and counts once: promises are a set of acceptors, not a number.");
        stage.Phase2(1, 1, 2);
        return stage.End(title, "red");
    }

    public static Story CrashBeforeAccepted(string title)
    {
        var stage = Stage(["red"]);
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Note("a2 crashes between its promise and the Accept. Its promise is on disk.");
        stage.CrashAcceptor(2);
        stage.Phase2(1, 2);
        stage.CrashAcceptor(2);
        stage.Note("And again after it: what it accepted is on disk too, and still counts.");
        stage.Phase2(1, 1);
        return stage.End(title, "red");
    }

    public static Story FlexibleQuorum(string title)
    {
        var stage = Stage(["red", "blue"], QuorumSystem.Flexible(4, phase1Size: 3, phase2Size: 2));
        stage.Note("Four acceptors. Two acceptances choose, because phase 1 asks three: 3 + 2 > 4, so it meets them.");
        stage.Begin(1);
        stage.Phase1(1, 1, 2, 3);
        stage.Phase2(1, 1, 2);
        stage.Note("Chosen by a1 and a2 alone. Whoever comes later must ask three, and so asks one of them.");
        stage.Begin(2);
        stage.Phase1(2, 3, 4, 2);
        stage.Phase2(2, 3, 4);
        return stage.End(title, "red");
    }

    private static PaxosStage Stage(IReadOnlyList<string> wishes, QuorumSystem? quorums = null) =>
        new(new StageCast { Wishes = wishes, Quorums = quorums ?? QuorumSystem.Majority(3) });
}
