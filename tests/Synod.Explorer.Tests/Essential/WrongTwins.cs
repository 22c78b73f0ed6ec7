using Synod.Explorer.Essential;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Tests.Essential;

// Each class here is the real role with one rule broken. Each rule was broken for real somewhere.

/// <summary>P1: starts again with what an acceptor would remember, at round 1.</summary>
internal sealed class BallotReusingProposer(NodeId self, Configuration configuration)
    : EssentialProposer(self, configuration)
{
    public override void Restart(BallotMark durable) => base.Restart(default);
}

/// <summary>Goes on with the ballot of its earlier life, whose value it has forgotten.</summary>
internal sealed class ResumingProposer(NodeId self, Configuration configuration)
    : EssentialProposer(self, configuration)
{
    public override void Restart(BallotMark durable)
    {
        base.Restart(durable);
        if (!durable.Ballot.IsNone)
        {
            var writer = new StateWriter();
            Write(writer);
            var bytes = writer.Written.ToArray();
            var mark = new StateWriter();
            mark.Write(durable.Ballot);
            bytes[mark.Length] = 1; // "a ballot is under way"
            var reader = new StateReader(bytes);
            Read(ref reader);
        }
    }
}

/// <summary>Lets the Prepare leave before the mark is on disk.</summary>
internal sealed class HastyProposer(NodeId self, Configuration configuration)
    : EssentialProposer(self, configuration)
{
    public override AfterWrite<BallotMark, Prepare> Prepare()
    {
        var right = base.Prepare();
        right.TryRelease(right.Record, out var prepare);
        return new(default, prepare);
    }
}

/// <summary>Does not care what was accepted before.</summary>
internal sealed class StubbornProposer(NodeId self, Configuration configuration)
    : EssentialProposer(self, configuration)
{
    public override Accept? Step(in Promise promise) =>
        base.Step(promise with { AcceptedBallot = Ballot.None, AcceptedValue = null });
}

/// <summary>Counts answers instead of voters: the same one twice makes two.</summary>
internal sealed class CountingProposer(NodeId self, Configuration configuration)
    : EssentialProposer(self, configuration)
{
    private readonly Configuration _configuration = configuration;

    public override Accept? Step(in Promise promise) =>
        base.Step(promise with { From = _configuration.Voters[Promises.Count % _configuration.Voters.Count] });
}

/// <summary>P3: answers, and never writes.</summary>
internal sealed class UnsyncedAcceptor(NodeId self) : EssentialAcceptor(self)
{
    public override AfterWrite<AcceptorState, Promise>? Step(in Prepare prepare) => AtOnce(base.Step(prepare));

    public override AfterWrite<AcceptorState, Accepted>? Step(in Accept accept) => AtOnce(base.Step(accept));

    internal static AfterWrite<AcceptorState, TMessage>? AtOnce<TMessage>(AfterWrite<AcceptorState, TMessage>? right)
        where TMessage : struct
    {
        if (right is not { } some)
        {
            return null;
        }
        some.TryRelease(some.Record, out var message);
        return new(default, message);
    }
}

/// <summary>
/// P3: writes before the first answer, but answers a duplicate at once, though the first write may be under way.
/// </summary>
internal sealed class HastyDuplicateAcceptor(NodeId self) : EssentialAcceptor(self)
{
    public override AfterWrite<AcceptorState, Promise>? Step(in Prepare prepare) =>
        prepare.Ballot == State.Promised ? UnsyncedAcceptor.AtOnce(base.Step(prepare)) : base.Step(prepare);

    public override AfterWrite<AcceptorState, Accepted>? Step(in Accept accept) =>
        accept.Ballot == State.AcceptedBallot ? UnsyncedAcceptor.AtOnce(base.Step(accept)) : base.Step(accept);
}

/// <summary>P3: the completion of one write releases the answer that speaks of a newer state.</summary>
internal sealed class NewerThanWrittenAcceptor(NodeId self) : EssentialAcceptor(self)
{
    public override AfterWrite<AcceptorState, Accepted>? Step(in Accept accept)
    {
        var before = State;
        if (base.Step(accept) is not { } right)
        {
            return null;
        }
        right.TryRelease(right.Record, out var message);
        return new(before, message);
    }
}

/// <summary>
/// P4: saves the old promise beside the newer accepted ballot, and believes the disk when it starts again.
/// </summary>
internal sealed class PromiseRegressingAcceptor(NodeId self) : EssentialAcceptor(self)
{
    private readonly NodeId _self = self;
    private AcceptorState _state;

    public override AcceptorState State => _state;

    public override AfterWrite<AcceptorState, Promise>? Step(in Prepare prepare)
    {
        if (prepare.Ballot < _state.Promised)
        {
            return null;
        }
        _state = _state with { Promised = prepare.Ballot };
        return new(_state, new Promise(_self, prepare.Ballot, _state.AcceptedBallot, _state.AcceptedValue));
    }

    public override AfterWrite<AcceptorState, Accepted>? Step(in Accept accept)
    {
        if (accept.Ballot < _state.Promised)
        {
            return null;
        }
        var saved = new AcceptorState(_state.Promised, accept.Ballot, accept.Value);
        _state = saved with { Promised = accept.Ballot };
        return new(saved, new Accepted(_self, accept.Ballot, accept.Value));
    }

    public override void Restart(AcceptorState durable) => _state = durable;

    public override void Write(StateWriter writer) => _state.Write(writer);

    public override void Read(ref StateReader reader) => _state = AcceptorState.Read(ref reader);
}

/// <summary>Starts again with an empty memory: a wiped disk that is taken for a new one.</summary>
internal sealed class ForgetfulAcceptor(NodeId self) : EssentialAcceptor(self)
{
    public override void Restart(AcceptorState durable) => base.Restart(default);
}

/// <summary>Takes whatever it is told to accept, however low.</summary>
internal sealed class ObligingAcceptor(NodeId self) : EssentialAcceptor(self)
{
    private readonly NodeId _self = self;

    public override AfterWrite<AcceptorState, Accepted>? Step(in Accept accept)
    {
        if (accept.Ballot >= State.Promised)
        {
            return base.Step(accept);
        }
        Restart(new AcceptorState(accept.Ballot, accept.Ballot, accept.Value));
        return new(State, new Accepted(_self, accept.Ballot, accept.Value));
    }
}

/// <summary>Overwrites what it has accepted under the same ballot, without a word.</summary>
internal sealed class OverwritingAcceptor(NodeId self) : EssentialAcceptor(self)
{
    private readonly NodeId _self = self;

    public override AfterWrite<AcceptorState, Accepted>? Step(in Accept accept)
    {
        if (accept.Ballot != State.AcceptedBallot || State.Promised != accept.Ballot)
        {
            return base.Step(accept);
        }
        Restart(new AcceptorState(accept.Ballot, accept.Ballot, accept.Value));
        return new(State, new Accepted(_self, accept.Ballot, accept.Value));
    }
}

/// <summary>
/// A proposer without a single check, which may forget its mark when it crashes (P1), or use the ballot of an accept that
/// has timed out again, with the promises that it had and for what its client wishes next (P2).
/// </summary>
internal sealed class UncheckedProposer(
    NodeId self, Configuration configuration, bool keepsMark, bool keepsBallot = false) : IProposerRole
{
    private Ballot _ballot;
    private Ballot _highest;
    private Value? _value;
    private bool _sent;

    public MemberSet Promises { get; private set; }

    public Accept? Propose(Value value)
    {
        _value ??= value;
        return null;
    }

    public AfterWrite<BallotMark, Prepare> Prepare()
    {
        if (keepsBallot && _sent)
        {
            (_value, _sent) = (Value.FromText(_value + "'"), false);
            return new(new BallotMark(_ballot), new Prepare(_ballot));
        }
        _ballot = _ballot.NextFor(self, 1);
        (Promises, _sent) = (default, false);
        return new(new BallotMark(_ballot), new Prepare(_ballot));
    }

    public Accept? Step(in Promise promise)
    {
        if (promise.Ballot != _ballot || _sent)
        {
            return null;
        }
        Promises = Promises.With(configuration.PlaceOf(promise.From));
        if (promise.AcceptedBallot > _highest)
        {
            (_highest, _value) = (promise.AcceptedBallot, promise.AcceptedValue);
        }
        if (!configuration.Quorums.IsPhase1Quorum(Promises))
        {
            return null;
        }
        _sent = true;
        return new Accept(_ballot, _value!.Value);
    }

    public void Restart(BallotMark durable)
    {
        _ballot = keepsMark ? durable.Ballot : Ballot.None;
        (_highest, _value, _sent, Promises) = (Ballot.None, null, false, default);
    }

    public void Write(StateWriter writer)
    {
        writer.Write(_ballot);
        writer.Write(_highest);
        writer.Write(_value);
        writer.Write(_sent);
        writer.Write(Promises);
    }

    public void Read(ref StateReader reader)
    {
        _ballot = reader.ReadBallot();
        _highest = reader.ReadBallot();
        _value = reader.ReadOptionalValue();
        _sent = reader.ReadBool();
        Promises = reader.ReadMemberSet();
    }
}
