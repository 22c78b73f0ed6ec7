using Synod.Paxos.Essential;

namespace Synod.Paxos.Commit;

/// <summary>
/// A resource manager (Gray and Lamport 2006, §4). It alone may say that it is prepared: it proposes under a ballot of
/// its own, straight to the acceptors, without a phase 1 and without a coordinator in between.
/// </summary>
public sealed class Participant
{
    private readonly Transaction _transaction;
    private readonly NodeId _self;
    private Vote? _vote;

    /// <summary>Joins a transaction, for the first time or after a crash.</summary>
    /// <param name="self">Its number; one of the transaction's participants.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="durable">What its disk holds; the default for a disk that was never written.</param>
    public Participant(NodeId self, Transaction transaction, VoteRecord durable)
    {
        Check.That(transaction.PlaceOf(self) >= 0);
        _self = self;
        _transaction = transaction;
        _vote = durable.Vote;
    }

    /// <summary>Its vote, which may be ahead of its disk.</summary>
    public Vote? Vote => _vote;

    /// <summary>What became of the transaction, once it is told.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>
    /// Votes. The first vote stands: cast again, also after a crash, it sends the same vote again. The vote leaves when
    /// it is on disk, or a participant that has forgotten it could send another under the same ballot.
    /// </summary>
    public AfterWrite<VoteRecord, InInstance<Accept>> Cast(Vote vote)
    {
        _vote ??= vote;
        var accept = new Accept(Transaction.BallotOf(_self), Votes.ValueOf(_vote.Value));
        return new(new VoteRecord(_vote), new(new InstanceId(_transaction.Id, _self), accept));
    }

    /// <summary>Hears what became of it.</summary>
    public void Step(in Finished finished)
    {
        if (finished.Transaction != _transaction.Id || finished.Outcome is not { } outcome)
        {
            return;
        }
        Check.That(Outcome is null || Outcome == outcome);
        // Where all are needed, nothing commits past a participant that has not said it is prepared.
        Check.That(outcome == Commit.Outcome.Aborted || _vote == Commit.Vote.Prepared
            || _transaction.PreparedNeeded < _transaction.Participants.Count);
        Outcome = outcome;
    }
}
