using Synod.Explorer.Decision;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Essential;

public sealed partial class PaxosWorld
{
    private const int Start = 1;
    private const int SyncProposer = 2;
    private const int SyncAcceptor = 3;
    private const int DeliverToProposer = 4;
    private const int DeliverToAcceptor = 5;
    private const int DeliverToLearner = 6;
    private const int Lose = 7;
    private const int Duplicate = 8;
    private const int CrashProposer = 9;
    private const int CrashAcceptor = 10;

    /// <inheritdoc/>
    public void ListActions(ActionList actions)
    {
        for (var i = 0; i < _proposers.Length; i++)
        {
            if (_proposers[i].IsWriting)
            {
                actions.Add(new WorldAction(SyncProposer, i, 0));
            }
            else if (!_proposers[i].IsOver && _proposers[i].BallotsUsed < _options.BallotsPerProposer)
            {
                actions.Add(new WorldAction(Start, i, 0));
            }
        }
        for (var place = 0; place < _acceptors.Length; place++)
        {
            if (_acceptors[place].WritesUnderWay > 0)
            {
                actions.Add(new WorldAction(SyncAcceptor, place, 0));
            }
        }
        for (var i = 0; i < _pool.Count; i++)
        {
            if (_pool.CopiesOf(i) > 0)
            {
                ListDeliveries(actions, _pool[i]);
            }
        }
        ListCrashes(actions);
    }

    private void ListDeliveries(ActionList actions, ulong code)
    {
        switch (DecisionCodes.Kind(code))
        {
            case DecisionCodes.Promise:
                actions.Add(new WorldAction(DeliverToProposer, DecisionCodes.Proposer(code), code));
                break;
            case DecisionCodes.Accepted:
                if (_learner is not null)
                {
                    actions.Add(new WorldAction(DeliverToLearner, 0, code));
                }
                break;
            default:
                for (var place = 0; place < _acceptors.Length; place++)
                {
                    if (IsFor(DecisionCodes.Acceptor(code), place)
                        && _acceptors[place].WritesUnderWay < _options.WritesUnderWayMax)
                    {
                        actions.Add(new WorldAction(DeliverToAcceptor, place, code));
                    }
                }
                break;
        }
        if (!_options.MessagesStay)
        {
            if (_losses < _options.LossesMax)
            {
                actions.Add(new WorldAction(Lose, 0, code));
            }
            if (_duplications < _options.DuplicationsMax)
            {
                actions.Add(new WorldAction(Duplicate, 0, code));
            }
        }
    }

    private static bool IsFor(int to, int place) => to == DecisionCodes.Everyone || to == place + 1;

    private void ListCrashes(ActionList actions)
    {
        if (_proposerCrashes < _options.ProposerCrashesMax)
        {
            for (var i = 0; i < _proposers.Length; i++)
            {
                actions.Add(new WorldAction(CrashProposer, i, 0));
                if (_proposers[i].IsWriting)
                {
                    actions.Add(new WorldAction(CrashProposer, i, 1));
                }
            }
        }
        if (_acceptorCrashes < _options.AcceptorCrashesMax)
        {
            for (var place = 0; place < _acceptors.Length; place++)
            {
                for (var kept = 0; kept <= _acceptors[place].WritesUnderWay; kept++)
                {
                    actions.Add(new WorldAction(CrashAcceptor, place, (ulong)kept));
                }
            }
        }
    }

    /// <inheritdoc/>
    public bool Apply(WorldAction action)
    {
        _wentBack = false;
        var changed = Do(action);
        if (changed && _options.ForgetsTheDead)
        {
            ForgetTheDead();
        }
        return changed;
    }

    private bool Do(WorldAction action)
    {
        switch (action.Kind)
        {
            case Start:
                Begin(_proposers[action.Process]);
                return true;
            case SyncProposer:
                SendPrepare(_proposers[action.Process], _proposers[action.Process].Sync());
                return true;
            case SyncAcceptor:
                _acceptors[action.Process].Sync(_pool);
                return true;
            case DeliverToProposer:
                _pool.Arrive(action.Argument);
                return StepProposer(_proposers[action.Process], action.Argument) || !_options.MessagesStay;
            case DeliverToAcceptor:
                _pool.Arrive(action.Argument);
                return StepAcceptor(_acceptors[action.Process], action.Argument) || !_options.MessagesStay;
            case DeliverToLearner:
                _pool.Arrive(action.Argument);
                _learner!.Step(_codes.AsAccepted(action.Argument));
                return true;
            case Lose:
                _losses++;
                _pool.Lose(action.Argument);
                return true;
            case Duplicate:
                _duplications++;
                _pool.Duplicate(action.Argument);
                return true;
            case CrashProposer:
                _proposerCrashes++;
                var proposer = _proposers[action.Process];
                proposer.CrashAndRestart(writeKept: action.Argument == 1);
                _network.Send(proposer.Role.Propose(_codes.Wish(action.Process, proposer.Life)));
                _wentBack = CountsPromisesOf(proposer, proposer.HighestSent);
                return true;
            default:
                Check.That(action.Kind == CrashAcceptor);
                _acceptorCrashes++;
                _acceptors[action.Process].CrashAndRestart((int)action.Argument);
                _wentBack = !_acceptors[action.Process].UpholdsDisk;
                return true;
        }
    }

    private void Begin(ProposerProcess proposer)
    {
        var prepare = proposer.Role.Prepare();
        Check.That(prepare.TryRelease(prepare.Record, out var message));
        var coded = new AfterWrite<BallotMark, ulong>(prepare.Record, _codes.Of(message));
        proposer.Ask(_codes.CodeOf(message.Ballot));
        if (!coded.TryRelease(proposer.Disk, out var code))
        {
            if (_options.SyncIsAStep)
            {
                proposer.BeginWrite(coded);
                return;
            }
            proposer.WriteNow(coded.Record);
            Check.That(coded.TryRelease(proposer.Disk, out code));
        }
        SendPrepare(proposer, code);
    }

    private void SendPrepare(ProposerProcess proposer, ulong code)
    {
        var ballot = DecisionCodes.BallotCode(code);
        _wentBack |= ballot <= proposer.HighestSent || CountsPromisesOf(proposer, proposer.HighestSent);
        proposer.HighestSent = Math.Max(proposer.HighestSent, ballot);
        _network.SendToAll(code);
    }

    private bool StepProposer(ProposerProcess proposer, ulong code)
    {
        var before = proposer.Role.Promises;
        var accept = proposer.Role.Step(_codes.AsPromise(code));
        proposer.IsBound |= accept.HasValue;
        _network.Send(accept);
        var changed = accept.HasValue || proposer.Role.Promises != before;
        _wentBack |= changed && (proposer.IsBound
            ? CountsPromisesOf(proposer, proposer.Asking)
            : Counts(proposer, proposer.Asking, proposer.Role.Promises));
        return changed;
    }

    /// <summary>Whether promises of a ballot that is not asked for any more would still be taken in.</summary>
    private bool CountsPromisesOf(ProposerProcess proposer, int ballot) =>
        Counts(proposer, ballot, MemberSet.First(_acceptors.Length));

    private bool Counts(ProposerProcess proposer, int ballot, MemberSet from) => _probe.IsHeeded(
        ballot, from, promise => proposer.Role.Step(promise).HasValue, proposer.Role.Write, proposer.Role.Read);

    /// <summary>Whether a right one would ignore what this one does not.</summary>
    private bool HeedsTheDead(AcceptorProcess acceptor) => _probe.IsHeeded(
        _codes.CodeOf(acceptor.Role.State.Promised), prepare => acceptor.Role.Step(prepare).HasValue,
        accept => acceptor.Role.Step(accept).HasValue, acceptor.Role.Write, acceptor.Role.Read);

    private bool StepAcceptor(AcceptorProcess acceptor, ulong code)
    {
        var before = acceptor.Role.State;
        AfterWrite<AcceptorState, ulong>? answer = null;
        if (DecisionCodes.Kind(code) == DecisionCodes.Prepare)
        {
            if (acceptor.Role.Step(_codes.AsPrepare(code)) is { } promise)
            {
                promise.TryRelease(promise.Record, out var message);
                answer = new(promise.Record, _codes.Of(message));
            }
        }
        else if (acceptor.Role.Step(_codes.AsAccept(code)) is { } accepted)
        {
            accepted.TryRelease(accepted.Record, out var message);
            answer = new(accepted.Record, _codes.Of(message));
        }
        var changed = answer is { } some && Answer(acceptor, some);
        changed |= acceptor.Role.State != before;
        _wentBack = !acceptor.UpholdsDisk || (changed && HeedsTheDead(acceptor));
        return changed;
    }

    private bool Answer(AcceptorProcess acceptor, in AfterWrite<AcceptorState, ulong> answer)
    {
        if (answer.TryRelease(acceptor.Disk, out var message))
        {
            return _pool.Send(message);
        }
        if (_options.SyncIsAStep)
        {
            return acceptor.BeginWrite(answer);
        }
        acceptor.WriteNow(answer.Record);
        Check.That(answer.TryRelease(acceptor.Disk, out message));
        _pool.Send(message);
        return true;
    }

    /// <inheritdoc/>
    public WorldEvent Describe(WorldAction action)
    {
        var acceptorLane = _proposers.Length + action.Process;
        switch (action.Kind)
        {
            case Start:
                return new WorldEvent("begins a ballot", action.Process);
            case SyncProposer:
                return new WorldEvent("mark is on disk, Prepare leaves", action.Process);
            case SyncAcceptor:
                return new WorldEvent("oldest write is on disk, its answer leaves", acceptorLane);
            case DeliverToProposer:
            case DeliverToLearner:
                var to = action.Kind == DeliverToProposer ? action.Process : _proposers.Length + _acceptors.Length;
                var from = _proposers.Length + DecisionCodes.Acceptor(action.Argument) - 1;
                return new WorldEvent(_codes.Tell(action.Argument), to, EventMark.Receives, from);
            case DeliverToAcceptor:
                var proposer = DecisionCodes.Proposer(action.Argument);
                return new WorldEvent(_codes.Tell(action.Argument), acceptorLane, EventMark.Receives, proposer);
            case Lose:
                return new WorldEvent($"lost: {_codes.Tell(action.Argument)}", 0, EventMark.Loses);
            case Duplicate:
                return new WorldEvent($"doubled: {_codes.Tell(action.Argument)}", 0, EventMark.Loses);
            case CrashProposer:
                var mark = action.Argument == 1 ? ", its write still reached the disk" : "";
                return new WorldEvent($"crashes and restarts{mark}", action.Process, EventMark.Crashes);
            default:
                var underWay = _acceptors[action.Process].WritesUnderWay;
                var kept = underWay == 0 ? "" : $", {action.Argument} of {underWay} writes reached the disk";
                return new WorldEvent($"crashes and restarts{kept}", acceptorLane, EventMark.Crashes);
        }
    }
}
