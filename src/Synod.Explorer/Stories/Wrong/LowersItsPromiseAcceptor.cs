using Synod.Explorer.Essential;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories.Wrong;

/// <summary>
/// Bug 4: it saves the old promise beside the newer acceptance, and believes the disk when it starts again.
/// </summary>
internal sealed class LowersItsPromiseAcceptor(NodeId self) : IAcceptorRole
{
    /// <inheritdoc/>
    public AcceptorState State { get; private set; }

    /// <inheritdoc/>
    public AfterWrite<AcceptorState, Promise>? Step(in Prepare prepare)
    {
        if (prepare.Ballot < State.Promised)
        {
            return null;
        }
        State = State with { Promised = prepare.Ballot };
        return new(State, new Promise(self, prepare.Ballot, State.AcceptedBallot, State.AcceptedValue));
    }

    /// <inheritdoc/>
    public AfterWrite<AcceptorState, Accepted>? Step(in Accept accept)
    {
        if (accept.Ballot < State.Promised)
        {
            return null;
        }
        var saved = new AcceptorState(State.Promised, accept.Ballot, accept.Value);
        State = saved with { Promised = accept.Ballot };
        return new(saved, new Accepted(self, accept.Ballot, accept.Value));
    }

    /// <inheritdoc/>
    public void Restart(AcceptorState durable) => State = durable;

    /// <inheritdoc/>
    public void Write(StateWriter writer) => State.Write(writer);

    /// <inheritdoc/>
    public void Read(ref StateReader reader) => State = AcceptorState.Read(ref reader);
}
