using Synod.Explorer.Essential;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories.Wrong;

/// <summary>
/// A proposer as it is often written: right but for what a derived class gets wrong, and without a single check. The
/// real one stops with an alarm when it finds two values under one ballot; this one takes the first.
/// </summary>
internal abstract class UncheckedProposer(NodeId self, Configuration configuration) : IProposerRole
{
    private Ballot _highest;

    /// <inheritdoc/>
    public MemberSet Promises { get; private set; }

    /// <summary>The ballot under way.</summary>
    protected Ballot Ballot { get; private set; }

    /// <summary>What it will propose.</summary>
    protected Value? Value { get; private set; }

    /// <summary>Whether its Accept has left.</summary>
    protected bool HasSent { get; private set; }

    /// <inheritdoc/>
    public virtual Accept? Propose(Value value)
    {
        Value ??= value;
        return null;
    }

    /// <inheritdoc/>
    public virtual AfterWrite<BallotMark, Prepare> Prepare()
    {
        Ballot = Ballot.NextFor(self, incarnation: 1);
        (Promises, HasSent) = (MemberSet.Empty, false);
        return new(new BallotMark(Ballot), new Prepare(Ballot));
    }

    /// <inheritdoc/>
    public Accept? Step(in Promise promise)
    {
        if (promise.Ballot != Ballot || HasSent)
        {
            return null;
        }
        Promises = Promises.With(configuration.PlaceOf(promise.From));
        if (promise.AcceptedBallot > _highest)
        {
            (_highest, Value) = (promise.AcceptedBallot, promise.AcceptedValue);
        }
        if (!configuration.Quorums.IsPhase1Quorum(Promises) || Value is not { } value)
        {
            return null;
        }
        HasSent = true;
        return new Accept(Ballot, value);
    }

    /// <inheritdoc/>
    public virtual void Restart(BallotMark durable)
    {
        (Ballot, _highest, Value) = (durable.Ballot, Ballot.None, null);
        (Promises, HasSent) = (MemberSet.Empty, false);
    }

    /// <summary>For the next client: whatever it was asked for before is forgotten.</summary>
    protected Accept ProposeAgain(Value value)
    {
        Value = value;
        return new Accept(Ballot, value);
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer)
    {
        writer.Write(Ballot);
        writer.Write(_highest);
        writer.Write(Value);
        writer.Write(HasSent);
        writer.Write(Promises);
    }

    /// <inheritdoc/>
    public void Read(ref StateReader reader)
    {
        (Ballot, _highest, Value) = (reader.ReadBallot(), reader.ReadBallot(), reader.ReadOptionalValue());
        (HasSent, Promises) = (reader.ReadBool(), reader.ReadMemberSet());
    }
}
