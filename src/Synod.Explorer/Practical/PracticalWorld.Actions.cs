using Synod.Explorer.Decision;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Practical;

public sealed partial class PracticalWorld
{
    private const int Start = 1;
    private const int Sync = 2;
    private const int Deliver = 3;
    private const int Crash = 4;

    /// <inheritdoc/>
    public void ListActions(ActionList actions)
    {
        for (var i = 0; i < _members.Length; i++)
        {
            if (i < _options.Proposers && _members[i].BallotsUsed < _options.BallotsPerProposer)
            {
                actions.Add(new WorldAction(Start, i, 0));
            }
            if (_members[i].IsWriting)
            {
                actions.Add(new WorldAction(Sync, i, 0));
            }
            if (_crashes < _options.CrashesMax)
            {
                actions.Add(new WorldAction(Crash, i, 0));
                if (_members[i].IsWriting)
                {
                    actions.Add(new WorldAction(Crash, i, 1));
                }
            }
        }
        for (var i = 0; i < _pool.Count; i++)
        {
            ListDeliveries(actions, _pool[i]);
        }
    }

    private void ListDeliveries(ActionList actions, ulong code)
    {
        switch (DecisionCodes.Kind(code))
        {
            case DecisionCodes.Promise or DecisionCodes.Nack:
                actions.Add(new WorldAction(Deliver, DecisionCodes.Proposer(code), code));
                break;
            case DecisionCodes.Accepted:
                ListDeliveries(actions, code, _options.Learners);
                break;
            default:
                ListDeliveries(actions, code, _members.Length);
                break;
        }
    }

    private static void ListDeliveries(ActionList actions, ulong code, int members)
    {
        for (var i = 0; i < members; i++)
        {
            actions.Add(new WorldAction(Deliver, i, code));
        }
    }

    /// <inheritdoc/>
    public bool Apply(WorldAction action)
    {
        _wentBack = false;
        if (!Do(action))
        {
            return false;
        }
        _wentBack |= HeedsTheDead(_members[action.Process].Role);
        if (_options.ForgetsTheDead)
        {
            ForgetTheDead();
        }
        return true;
    }

    private void ForgetTheDead()
    {
        NoteStandings().RememberChosen();
        for (var i = 0; i < _members.Length; i++)
        {
            if (_network.Proposers[i].IsLast)
            {
                // Who begins no ballot any more may as well have heard of all there are.
                _members[i].Role.Observe(_highest);
            }
            _members[i].ForgetTheDead(_network);
        }
        _network.ForgetTheDead();
    }

    /// <summary>Whether a right member would ignore what this one does not; a refusal is no heed.</summary>
    private bool HeedsTheDead(IMemberRole role)
    {
        var all = MemberSet.First(_members.Length);
        var (mark, ballot) = (_codes.CodeOf(role.State.Mark.Ballot), _codes.CodeOf(role.Ballot));
        return Counts(ballot, role.Stage == ProposerStage.Preparing ? role.Promises : all)
            || (mark != ballot && Counts(mark, all))
            || _probe.IsHeeded(
                _codes.CodeOf(role.State.Acceptor.Promised), prepare => Answers(role.Step(prepare)),
                accept => Answers(role.Step(accept)), role.Write, role.Read);

        bool Counts(int of, MemberSet from) =>
            _probe.IsHeeded(of, from, promise => role.Step(promise).HasValue, role.Write, role.Read);

        static bool Answers<TReply>(in Answer<MemberState, TReply> answer)
            where TReply : struct => answer.Record.HasValue || answer.Reply.HasValue;
    }

    private bool Do(WorldAction action)
    {
        var member = _members[action.Process];
        switch (action.Kind)
        {
            case Start:
                var before = _codes.CodeOf(member.Disk.Mark.Ballot);
                member.Begin(_codes, _pool);
                _wentBack = _codes.CodeOf(member.Role.Ballot) <= before;
                break;
            case Sync:
                member.Sync(_pool);
                break;
            case Deliver:
                return Take(action.Process, action.Argument);
            default:
                Check.That(action.Kind == Crash);
                _crashes++;
                member.CrashAndRestart(writeKept: action.Argument == 1);
                _wentBack = !member.UpholdsDisk;
                if (action.Process < _options.Proposers)
                {
                    _network.Send(member.Role.Propose(_codes.Wish(action.Process, member.Life)));
                }
                break;
        }
        return true;
    }

    /// <summary>
    /// Most deliveries repeat earlier ones: whether this one did anything saves the explorer much work.
    /// </summary>
    private bool Take(int place, ulong code)
    {
        var member = _members[place];
        var before = _before[place];
        if (before.Length == 0)
        {
            // Once for all deliveries that are tried in one state.
            member.Write(before);
        }
        var sent = _pool.Count;
        Take(member, code);
        _after.Clear();
        member.Write(_after);
        return _pool.Count != sent || !_after.Written.SequenceEqual(before.Written);
    }

    private void Take(MemberProcess member, ulong code)
    {
        switch (DecisionCodes.Kind(code))
        {
            case DecisionCodes.Prepare:
                var promise = member.Role.Step(_codes.AsPrepare(code));
                member.Hold(promise.Record, promise.Reply?.Within(promise.Reply.Value.Record, _ofPromise), _pool);
                Send(promise.Nack);
                break;
            case DecisionCodes.Accept:
                var accepted = member.Role.Step(_codes.AsAccept(code));
                member.Hold(accepted.Record, accepted.Reply?.Within(accepted.Reply.Value.Record, _ofAccepted), _pool);
                Send(accepted.Nack);
                break;
            case DecisionCodes.Promise:
                _network.Send(member.Role.Step(_codes.AsPromise(code)));
                break;
            case DecisionCodes.Nack:
                member.Role.Step(_codes.AsNack(code));
                break;
            default:
                member.Role.Step(_codes.AsAccepted(code));
                break;
        }
    }

    private void Send(Nack? nack)
    {
        if (nack is { } message && _options.Nacks)
        {
            _pool.Send(_codes.Of(message));
        }
    }

    /// <inheritdoc/>
    public WorldEvent Describe(WorldAction action)
    {
        switch (action.Kind)
        {
            case Start:
                return new WorldEvent("begins a ballot", action.Process);
            case Sync:
                return new WorldEvent("write is on disk, what waits for it leaves", action.Process);
            case Deliver:
                var isAnswer = DecisionCodes.Kind(action.Argument) >= DecisionCodes.Promise;
                var from = isAnswer ? DecisionCodes.Acceptor(action.Argument) - 1 : DecisionCodes.Proposer(action.Argument);
                return new WorldEvent(_codes.Tell(action.Argument), action.Process, EventMark.Receives, from);
            default:
                var kept = !_members[action.Process].IsWriting ? ""
                    : action.Argument == 1 ? ", its write still reached the disk"
                    : ", its write did not reach the disk";
                return new WorldEvent($"crashes and restarts{kept}", action.Process, EventMark.Crashes);
        }
    }
}
