using Synod.Paxos.Essential;

namespace Synod.Paxos.Commit;

/// <summary>
/// Finds out what became of a transaction: one learner for each instance. "The transaction is committed iff each RM's
/// instance of the Paxos algorithm chooses Prepared" (Gray and Lamport 2006, §4), or as many as the threshold says.
/// </summary>
public sealed class OutcomeLearner
{
    private readonly Transaction _transaction;
    private readonly Learner[] _learners;

    /// <summary>Starts knowing nothing; everything can be learned again.</summary>
    /// <param name="configuration">The acceptors.</param>
    /// <param name="transaction">The transaction.</param>
    public OutcomeLearner(Configuration configuration, Transaction transaction)
    {
        _transaction = transaction;
        _learners = [.. transaction.Participants.Select(_ => new Learner(configuration))];
    }

    /// <summary>What became of it, once it is known.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>What the instance of the participant at a place has chosen, once it is known.</summary>
    public Vote? ChosenAt(int place) => _learners[place].Chosen is { } value ? Votes.Of(value) : null;

    /// <summary>Counts one acceptance. Returns the news at the one step that decides the transaction.</summary>
    public Finished? Step(in InInstance<Accepted> accepted)
    {
        var place = accepted.Instance.Transaction == _transaction.Id
            ? _transaction.PlaceOf(accepted.Instance.Participant)
            : -1;
        if (place < 0 || _learners[place].Step(accepted.Message) is null || Outcome is not null)
        {
            return null;
        }
        int prepared = 0, aborted = 0;
        for (var i = 0; i < _learners.Length; i++)
        {
            prepared += ChosenAt(i) == Vote.Prepared ? 1 : 0;
            aborted += ChosenAt(i) == Vote.Aborted ? 1 : 0;
        }
        Outcome = _transaction.OutcomeOf(prepared, aborted);
        return Outcome is null ? null : new Finished(_transaction.Id, Outcome);
    }

    /// <summary>Takes the word of somebody who knows.</summary>
    public void Step(in Finished finished)
    {
        if (finished.Transaction == _transaction.Id && finished.Outcome is { } outcome)
        {
            // Committed here and aborted there is the one thing that must never be.
            Check.That(Outcome is null || Outcome == outcome);
            Outcome = outcome;
        }
    }
}
