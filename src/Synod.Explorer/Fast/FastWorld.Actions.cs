using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Fast;

namespace Synod.Explorer.Fast;

public sealed partial class FastWorld
{
    private const int Begin = 1;
    private const int Propose = 2;
    private const int Deliver = 3;

    /// <inheritdoc/>
    public void ListActions(ActionList actions)
    {
        for (var i = 0; i < _coordinators.Length; i++)
        {
            if (_ballots[i].IsNone)
            {
                actions.Add(new WorldAction(Begin, i, 0));
            }
        }
        for (var place = 0; place < _acceptors.Length; place++)
        {
            for (var value = 1; value <= Values.Length; value++)
            {
                actions.Add(new WorldAction(Propose, place, (ulong)value));
            }
        }
        for (var i = 0; i < _pool.Count; i++)
        {
            switch (KindOf(_pool[i]))
            {
                case Promise:
                    actions.Add(new WorldAction(Deliver, CoordinatorOf(_pool[i]), _pool[i]));
                    break;
                case Prepare or Accept:
                    for (var place = 0; place < _acceptors.Length; place++)
                    {
                        actions.Add(new WorldAction(Deliver, place, _pool[i]));
                    }
                    break;
                default:
                    // The properties count votes; a learner would add nothing that they do not see.
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public bool Apply(WorldAction action)
    {
        var code = action.Argument;
        switch (action.Kind)
        {
            case Begin:
                BeginBallot(action.Process);
                return true;
            case Propose:
                return SendVote(
                    action.Process, _acceptors[action.Process].Step(new FastProposal(Values[(int)code - 1])));
            default:
                Check.That(action.Kind == Deliver);
                break;
        }
        switch (KindOf(code))
        {
            case Prepare:
                if (_acceptors[action.Process].Step(new FastPrepare(_ballots[CoordinatorOf(code)])) is { } answer)
                {
                    Check.That(answer.TryRelease(answer.Record, out var promise));
                    _pool.Send(Code(
                        Promise, CoordinatorOf(code), CodeOf(promise.VotedValue), action.Process,
                        promise.VotedBallot.IsNone ? 0 : CoordinatorOf(promise.VotedBallot) + 1));
                }
                return true;
            case Accept:
                var value = ValueOf(code) == 0 ? (Value?)null : Values[ValueOf(code) - 1];
                SendVote(action.Process, _acceptors[action.Process].Step(
                    new FastAccept(_ballots[CoordinatorOf(code)], value)));
                return true;
            default:
                StepCoordinator(action.Process, code);
                return true;
        }
    }

    private void BeginBallot(int coordinator)
    {
        // The coordinator in place n takes the n-th ballot of its kind: nobody else has it.
        var begun = _coordinators[coordinator].Prepare(_options.Ballots[coordinator]);
        for (var i = 0; i < coordinator; i++)
        {
            begun = _coordinators[coordinator].Prepare(_options.Ballots[coordinator]);
        }
        Check.That(begun.TryRelease(begun.Record, out var prepare));
        _ballots[coordinator] = prepare.Ballot;
        _pool.Send(Code(Prepare, coordinator));
    }

    private void StepCoordinator(int coordinator, ulong code)
    {
        var promise = new FastPromise(
            _voters[AcceptorOf(code)], _ballots[coordinator],
            VotedOf(code) == 0 ? FastBallot.None : _ballots[VotedOf(code) - 1],
            ValueOf(code) == 0 ? null : Values[ValueOf(code) - 1]);
        if (_coordinators[coordinator].Step(promise) is { } accept)
        {
            _pool.Send(Code(Accept, coordinator, CodeOf(accept.Value)));
        }
    }

    private bool SendVote(int acceptor, AfterWrite<FastAcceptorState, FastVote>? vote)
    {
        if (vote is not { } some)
        {
            return false;
        }
        Check.That(some.TryRelease(some.Record, out var message));
        return _pool.Send(Code(Vote, CoordinatorOf(message.Ballot), CodeOf(message.Value), acceptor));
    }

    /// <inheritdoc/>
    public WorldEvent Describe(WorldAction action)
    {
        var code = action.Argument;
        var acceptorLane = _coordinators.Length + action.Process;
        switch (action.Kind)
        {
            case Begin:
                var kind = _options.Ballots[action.Process] ? "fast" : "classic";
                return new WorldEvent($"begins a {kind} ballot", action.Process);
            case Propose:
                return new WorldEvent($"hears a client propose {Values[(int)code - 1]}", acceptorLane);
        }
        var value = ValueOf(code) == 0 ? "nothing" : Values[ValueOf(code) - 1].ToString();
        var ballot = _ballots[CoordinatorOf(code)];
        return KindOf(code) switch
        {
            Prepare => new WorldEvent($"Prepare {ballot}", acceptorLane, EventMark.Receives, CoordinatorOf(code)),
            Accept => new WorldEvent(
                $"Accept {ballot} {(ValueOf(code) == 0 ? "any" : value)}",
                acceptorLane, EventMark.Receives, CoordinatorOf(code)),
            _ => new WorldEvent(
                $"Promise {ballot}, voted for {value}",
                action.Process, EventMark.Receives, _coordinators.Length + AcceptorOf(code)),
        };
    }
}
