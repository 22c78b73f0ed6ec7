namespace Synod.Explorer.Stories;

/// <summary>Five bugs of well-known implementations, and the rule that prevents each.</summary>
internal static class BugStories
{
    public static Story BallotReuse()
    {
        var stage = new PaxosStage(["red", "blue"]);
        stage.Note("The bug: a proposer that restarts at ballot 1 binds a second value to a ballot it has used.");
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Accept(1, 2);
        stage.CrashProposer(1);
        stage.Note(
            "With 1.p1 again, a1 and a3 would take it for a repeated Prepare, and another value could be chosen "
            + "at 1.p1 while a2 holds red at 1.p1: two values, one ballot.");
        stage.Note("The rule: the highest ballot used is on disk before the Prepare leaves, and the next is above it.");
        stage.Begin(1);
        stage.Note("Answers to the earlier life do not count either.");
        stage.Promise(1, 1);
        stage.Phase1(1, 3, 2);
        stage.Phase2(1, 1, 3);
        return stage.End("Bug 1: a ballot used again after a restart", "red");
    }

    public static Story TimedOutAccept()
    {
        var stage = new PaxosStage(["red", "blue"]);
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Accept(1, 1);
        stage.LoseFrom(1, "Accepted 1.p1 red");
        stage.Note(
            "p1 hears nothing. The bug: to keep ballot 1.p1, which is still prepared, and send another value "
            + "under it. Then a1 holds red and others something else, all at 1.p1, and who comes later may read the "
            + "wrong one.");
        stage.Note(
            "The rule: an Accept whose end is unknown burns its ballot. A new one goes through phase 1, and finds "
            + "red.");
        stage.Begin(1);
        stage.Phase1(1, 1, 3);
        stage.Phase2(1, 1, 3);
        return stage.End("Bug 2: a ballot used again after a time-out", "red");
    }

    public static Story AnswerBeforeDisk()
    {
        var stage = new PaxosStage(["red", "blue"]);
        stage.Begin(1);
        stage.Prepare(1, 1, held: true);
        stage.Note(
            "p1 hears nothing yet and asks again. The bug: to answer the repeated Prepare at once, because the "
            + "promise is already in memory.");
        stage.Prepare(1, 1, held: true);
        stage.CrashAcceptor(1);
        stage.Note(
            "It crashed before the write ended, and has promised nothing. Had it answered, p1 would count on a "
            + "promise that no disk remembers.");
        stage.Prepare(1, 1, held: true);
        stage.Sync(1);
        stage.Promise(1, 1);
        stage.Note(
            "The rule: an answer is bound to its record, and leaves when that record is on disk, also the second "
            + "time.");
        stage.Phase1(1, 2);
        stage.Phase2(1, 1, 2);
        return stage.End("Bug 3: an answer that the disk would not swear to", "red");
    }

    public static Story PromiseRegression()
    {
        var stage = new PaxosStage(["red", "blue"]);
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Begin(2);
        stage.Phase1(2, 2, 3);
        stage.Note(
            "a1 promised 1.p1 and now accepts under 1.p2. The bug: to write the acceptance beside the old "
            + "promise.");
        stage.Phase2(2, 1);
        stage.CrashAcceptor(1);
        stage.Note(
            "The rule: to accept under a ballot is to have promised it, on disk too. A late Accept of p1 is "
            + "refused.");
        stage.Accept(1, 1);
        stage.Phase2(2, 3);
        return stage.End("Bug 4: an Accept that lowers the promise", "blue");
    }

    public static Story OnlyGoodCopy()
    {
        var stage = new PaxosStage(["red", "blue"]);
        stage.Begin(1);
        stage.Phase1(1, 1, 2);
        stage.Phase2(1, 1, 2);
        stage.Note(
            "red is chosen, by a1 and a2. a1 keeps its state in two files, written in turn, so that one is always "
            + "whole. The bug: to take turns before the write has succeeded; after one failed write the next goes "
            + "over the only good copy.");
        stage.Note(
            "The rule: the turn changes only after a write that is known to have reached the disk. So there is a "
            + "good copy after any crash:");
        stage.CrashAcceptor(1);
        stage.Begin(2);
        stage.Phase1(2, 1, 3);
        stage.Note("Without it a1 would say \"nothing accepted\", and p2 would have had blue chosen after red.");
        stage.Phase2(2, 1, 3);
        return stage.End("Bug 5: what it costs to lose the only good copy", "red");
    }
}
