using Synod.Paxos.Commit;

namespace Synod.Explorer.Stories;

/// <summary>Stories of Paxos Commit.</summary>
internal static class CommitStories
{
    public static Story Commit(string title)
    {
        var stage = new CommitStage();
        stage.Note(
            "rm1 and rm2 must both commit, or both abort. What each wants is an instance of Paxos, and ballot 0 "
            + "of it is its own: no phase 1, no coordinator in between.");
        stage.Vote(1, Vote.Prepared);
        stage.Deliver(1, 1, 2);
        stage.Vote(2, Vote.Prepared);
        stage.Deliver(2, 2, 3);
        return stage.End(title, Outcome.Committed);
    }

    public static Story Abort(string title)
    {
        var stage = new CommitStage();
        stage.Vote(1, Vote.Prepared);
        stage.Deliver(1, 1, 2);
        stage.Die(2);
        stage.Note(
            "rm1 has locked its data and waits. In two-phase commit it could wait for ever. Here anybody may end "
            + "it: r runs phase 1 for both instances.");
        stage.Recover(2, 3);
        stage.Note(
            "rm2's instance is free: nobody can have chosen Prepared there, so r may propose Aborted. What it "
            + "found for rm1 it proposes again.");
        stage.Finish(2, 3);
        return stage.End(title, Outcome.Aborted);
    }

    public static Story Adopt(string title)
    {
        var stage = new CommitStage();
        stage.Vote(1, Vote.Prepared);
        stage.Deliver(1, 1, 2);
        stage.Vote(2, Vote.Prepared);
        stage.Deliver(2, 2);
        stage.Die(2);
        stage.Note("rm2's vote reached one acceptor only. Was it chosen? r cannot know, and need not.");
        stage.Recover(1, 2);
        stage.Finish(1, 2);
        return stage.End(title, Outcome.Committed);
    }
}
