using Synod.Paxos.Essential;

namespace Synod.Paxos.Commit;

/// <summary>
/// Ends a transaction that does not get on: any node may, and several may at once. It runs phase 1 for every open
/// instance under one ballot; what it finds it proposes again, and where no value can have been chosen it proposes
/// Aborted (Gray and Lamport 2006, §4.2). It never proposes Prepared of its own.
/// </summary>
public sealed class Recovery
{
    private readonly Transaction _transaction;
    private readonly OutcomeLearner _learner;
    private readonly Proposer[] _proposers;

    /// <summary>Starts, for the first time or after a crash.</summary>
    /// <param name="self">Who recovers; it needs to be neither participant nor acceptor.</param>
    /// <param name="incarnation">Which life of its storage this is.</param>
    /// <param name="configuration">The acceptors.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="learner">What is known already; instances that have chosen are left alone.</param>
    /// <param name="durable">The mark on its disk for this transaction.</param>
    public Recovery(
        NodeId self, uint incarnation, Configuration configuration, Transaction transaction,
        OutcomeLearner learner, BallotMark durable)
    {
        _transaction = transaction;
        _learner = learner;
        // All ballots of a recovery lie above the participants' own.
        var mark = new BallotMark(
            Ballot.Max(durable.Ballot, new Ballot(Transaction.ParticipantRound, self, incarnation)));
        _proposers = [.. transaction.Participants.Select(_ => new Proposer(self, incarnation, configuration, mark))];
        foreach (var proposer in _proposers)
        {
            Check.That(proposer.Propose(Votes.ValueOf(Vote.Aborted)) is null);
        }
    }

    /// <summary>The ballot it is working on, for all instances the same.</summary>
    public Ballot Ballot => _proposers[0].Ballot;

    /// <summary>The instances whose choice is not known: to these the Prepare goes.</summary>
    public IReadOnlyList<InstanceId> OpenInstances =>
    [
        .. Enumerable.Range(0, _proposers.Length).Where(place => _learner.ChosenAt(place) is null)
            .Select(_transaction.InstanceOf),
    ];

    /// <summary>Begins phase 1 under a new ballot; the message goes to all acceptors for each open instance.</summary>
    public AfterWrite<BallotMark, Prepare> Begin()
    {
        Check.That(_learner.Outcome is null);
        var prepare = _proposers[0].Prepare();
        for (var place = 1; place < _proposers.Length; place++)
        {
            Check.That(_proposers[place].Prepare().Record == prepare.Record);
        }
        return prepare;
    }

    /// <summary>Counts a promise; returns the Accept of its instance at the one step that completes phase 1
    /// there.</summary>
    public InInstance<Accept>? Step(in InInstance<Promise> promise)
    {
        var place = promise.Instance.Transaction == _transaction.Id
            ? _transaction.PlaceOf(promise.Instance.Participant)
            : -1;
        return place >= 0 && _proposers[place].Step(promise.Message) is { } accept
            ? new InInstance<Accept>(promise.Instance, accept)
            : null;
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        foreach (var proposer in _proposers)
        {
            proposer.Write(writer);
        }
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        foreach (var proposer in _proposers)
        {
            proposer.Read(ref reader);
        }
    }
}
