namespace Synod.Paxos.Essential;

/// <summary>
/// The acceptor of single-decree Paxos (Lamport 2001, §2.2). It obeys a request unless it has promised to hear only
/// higher ballots; what it does not obey it leaves unanswered, which costs no safety.
/// </summary>
public sealed class Acceptor
{
    private readonly NodeId _self;

    /// <summary>Starts an acceptor, for the first time or after a crash.</summary>
    /// <param name="self">Its number.</param>
    /// <param name="durable">What its disk holds; the default for a disk that was never written.</param>
    public Acceptor(NodeId self, AcceptorState durable)
    {
        // A promise below what was accepted is a disk written by a wrong program: the acceptor would
        // take Accepts that it has promised to refuse.
        Check.That(durable.Promised >= durable.AcceptedBallot);
        Check.That(durable.AcceptedBallot.IsNone == !durable.AcceptedValue.HasValue);
        _self = self;
        State = durable;
    }

    /// <summary>What it has decided so far, which may be ahead of its disk.</summary>
    public AcceptorState State { get; private set; }

    /// <summary>
    /// "If an acceptor receives a prepare request with number n greater than that of any prepare request to which it
    /// has already responded, then it responds with a promise not to accept any more proposals numbered less than n
    /// and with the highest-numbered proposal (if any) that it has accepted" (§2.2, phase 1b). Null: no answer.
    /// </summary>
    public AfterWrite<AcceptorState, Promise>? Step(in Prepare prepare)
    {
        if (AcceptorRule.Judge(State.Promised, answered: State.Promised, prepare.Ballot) == Verdict.Refuse)
        {
            return null;
        }
        // A repeated Prepare changes nothing, and its answer waits for the same record as the first one's.
        State = State with { Promised = prepare.Ballot };
        return new(State, new Promise(_self, prepare.Ballot, State.AcceptedBallot, State.AcceptedValue));
    }

    /// <summary>
    /// "If an acceptor receives an accept request for a proposal numbered n, it accepts the proposal unless it has
    /// already responded to a prepare request having a number greater than n" (§2.2, phase 2b). Null: no answer.
    /// </summary>
    public AfterWrite<AcceptorState, Accepted>? Step(in Accept accept)
    {
        var verdict = AcceptorRule.Judge(State.Promised, answered: State.AcceptedBallot, accept.Ballot);
        if (verdict == Verdict.Refuse)
        {
            return null;
        }
        // A ballot is bound to one value; to overwrite it with a second one could undo a choice.
        Check.That(verdict == Verdict.Take || State.AcceptedValue == accept.Value);
        // Accepting raises the promise: to accept under n is to have heard of n.
        State = new AcceptorState(accept.Ballot, accept.Ballot, accept.Value);
        return new(State, new Accepted(_self, accept.Ballot, accept.Value));
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer) => State.Write(writer);

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader) => State = AcceptorState.Read(ref reader);
}
