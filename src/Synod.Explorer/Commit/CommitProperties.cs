using Synod.Paxos;
using Synod.Paxos.Commit;

namespace Synod.Explorer.Commit;

/// <summary>
/// What must hold of Paxos Commit (Gray and Lamport 2006, §2), counted by the properties themselves and not by the code
/// that they judge.
/// </summary>
public static class CommitProperties
{
    /// <summary>Consistency (§2): one participant committed and another aborted must never be.</summary>
    public static Property<CommitWorld> NeverBoth { get; } =
        Property.Always<CommitWorld>("never both committed and aborted", world => world.HasOneOutcome());

    /// <summary>Stability's other half (§2): a commit only after all that are needed were prepared.</summary>
    public static Property<CommitWorld> CommitOnlyIfPrepared { get; } = Property.Always<CommitWorld>(
        "commit only if all are prepared", world => world.CommitsOnlyPrepared());

    /// <summary>The world is not one in which nothing ever commits.</summary>
    public static Property<CommitWorld> Commits { get; } =
        Property.Sometimes<CommitWorld>("commits", world => world.CountOutcome() == Outcome.Committed);

    /// <summary>Nor one in which nothing ever aborts.</summary>
    public static Property<CommitWorld> Aborts { get; } =
        Property.Sometimes<CommitWorld>("aborts", world => world.CountOutcome() == Outcome.Aborted);

    /// <summary>A recovery finds a vote and commits by it, though it began so as to abort.</summary>
    public static Property<CommitWorld> RecoveryCommits { get; } = Property.Sometimes<CommitWorld>(
        "a recovery proposes a Prepared that it found", world => world.SomebodyRecoversPrepared());

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Property<CommitWorld>> All { get; } =
        [NeverBoth, CommitOnlyIfPrepared, Commits, Aborts, RecoveryCommits];
}

public sealed partial class CommitWorld
{
    private const int BallotsMax = 6;
    private const int VotesMax = 3;

    /// <summary>What became of the transaction, as far as acceptances tell; of two outcomes the commit.</summary>
    internal Outcome? CountOutcome()
    {
        CountChosen(out var prepared, out var aborted);
        return _transaction.OutcomeOf(prepared, Math.Min(aborted, _participants.Length - prepared));
    }

    internal bool HasOneOutcome()
    {
        CountChosen(out var prepared, out var aborted);
        return prepared < _transaction.PreparedNeeded || aborted <= _participants.Length - _transaction.PreparedNeeded;
    }

    internal bool CommitsOnlyPrepared()
    {
        if (CountOutcome() != Outcome.Committed)
        {
            return true;
        }
        var prepared = 0;
        foreach (var vote in _votesOnDisk)
        {
            prepared += vote == Vote.Prepared ? 1 : 0;
        }
        return prepared >= _transaction.PreparedNeeded;
    }

    internal bool SomebodyRecoversPrepared()
    {
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            if (CommitCodes.Kind(code) == CommitCodes.Accept
                && CommitCodes.BallotCode(code) > CommitCodes.ParticipantBallot
                && CommitCodes.VoteIn(code, 0) == Vote.Prepared)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>In how many instances some quorum has accepted Prepared, and in how many Aborted, under one
    /// ballot.</summary>
    private void CountChosen(out int prepared, out int aborted)
    {
        Span<MemberSet> voters = stackalloc MemberSet[4 * BallotsMax * VotesMax];
        voters.Clear();
        for (var i = 0; i < _pool.Count; i++)
        {
            var code = _pool[i];
            for (var place = 0; CommitCodes.Kind(code) == CommitCodes.Accepted && place < _participants.Length; place++)
            {
                if (CommitCodes.VoteIn(code, place) is { } vote)
                {
                    ref var set = ref voters[
                        (((place * BallotsMax) + CommitCodes.BallotCode(code)) * VotesMax) + (int)vote];
                    set = set.With(CommitCodes.Acceptor(code) - 1);
                }
            }
        }
        (prepared, aborted) = (0, 0);
        for (var place = 0; place < _participants.Length; place++)
        {
            prepared += IsChosen(voters, place, Vote.Prepared) ? 1 : 0;
            aborted += IsChosen(voters, place, Vote.Aborted) ? 1 : 0;
        }
    }

    private bool IsChosen(ReadOnlySpan<MemberSet> voters, int place, Vote vote)
    {
        for (var ballot = 0; ballot < BallotsMax; ballot++)
        {
            if (_options.Configuration.Quorums.IsPhase2Quorum(
                voters[(((place * BallotsMax) + ballot) * VotesMax) + (int)vote]))
            {
                return true;
            }
        }
        return false;
    }
}
