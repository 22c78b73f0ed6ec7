using Synod.Paxos.Essential;

namespace Synod.Paxos.Fast;

/// <summary>
/// The acceptor of Fast Paxos (Lamport 2006, §3.1). It votes at most once in each ballot; in a fast one for whatever a
/// client proposes first, once the coordinator has said that any value will do.
/// </summary>
public sealed class FastAcceptor
{
    private readonly NodeId _self;

    // The fast ballot in which clients may propose. Not on disk: who has forgotten it does not vote, which is safe.
    private FastBallot _open;

    /// <summary>Starts an acceptor, for the first time or after a crash.</summary>
    /// <param name="self">Its number.</param>
    /// <param name="durable">What its disk holds.</param>
    public FastAcceptor(NodeId self, FastAcceptorState durable)
    {
        Check.That(durable.Promised >= durable.VotedBallot);
        Check.That(durable.VotedBallot.IsNone == !durable.VotedValue.HasValue);
        _self = self;
        State = durable;
    }

    /// <summary>What it has decided so far, which may be ahead of its disk.</summary>
    public FastAcceptorState State { get; private set; }

    /// <summary>Phase 1b. Null: no answer.</summary>
    public AfterWrite<FastAcceptorState, FastPromise>? Step(in FastPrepare prepare)
    {
        Check.That(!prepare.Ballot.IsNone);
        if (prepare.Ballot < State.Promised)
        {
            return null;
        }
        State = State with { Promised = prepare.Ballot };
        return new(State, new FastPromise(_self, prepare.Ballot, State.VotedBallot, State.VotedValue));
    }

    /// <summary>Phase 2b, at the word of the coordinator. Null: no vote, or not yet.</summary>
    public AfterWrite<FastAcceptorState, FastVote>? Step(in FastAccept accept)
    {
        Check.That(!accept.Ballot.IsNone);
        if (accept.Ballot < State.Promised)
        {
            return null;
        }
        if (accept.Value is { } value)
        {
            return Vote(accept.Ballot, value);
        }
        Check.That(accept.Ballot.IsFast);
        _open = accept.Ballot;
        State = State with { Promised = accept.Ballot };
        return null;
    }

    /// <summary>
    /// Phase 2b, at the word of a client: counts only in the fast ballot that is open, and only as its first vote
    /// there.
    /// </summary>
    public AfterWrite<FastAcceptorState, FastVote>? Step(in FastProposal proposal) =>
        _open.IsNone || _open != State.Promised ? null : Vote(_open, proposal.Value);

    private AfterWrite<FastAcceptorState, FastVote>? Vote(FastBallot ballot, Value value)
    {
        if (ballot == State.VotedBallot)
        {
            // In a classic ballot there is one value. In a fast one the first vote stands; it is told again.
            Check.That(ballot.IsFast || State.VotedValue == value);
            return new(State, new FastVote(_self, ballot, State.VotedValue!.Value));
        }
        State = new FastAcceptorState(ballot, ballot, value);
        return new(State, new FastVote(_self, ballot, value));
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        State.Promised.Write(writer);
        State.VotedBallot.Write(writer);
        writer.Write(State.VotedValue);
        _open.Write(writer);
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        State = new FastAcceptorState(
            FastBallot.Read(ref reader), FastBallot.Read(ref reader), reader.ReadOptionalValue());
        _open = FastBallot.Read(ref reader);
    }
}
