using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Practical;

/// <summary>
/// Practical Paxos as a world: the real <see cref="Member"/> and <see cref="Outbox{TRecord, TMessage}"/>, a network
/// that reorders, doubles and loses, disks on which each write takes a while, members that crash between write and
/// reply.
/// </summary>
/// <remarks>
/// Messages stay in the network and can arrive any number of times; one that is lost is one that never arrives. A crash
/// and the start after it are one step.
/// </remarks>
public sealed partial class PracticalWorld : IWorld
{
    private const int Start = 1;
    private const int Sync = 2;
    private const int Deliver = 3;
    private const int Crash = 4;

    private readonly PracticalWorldOptions _options;
    private readonly PracticalCodes _codes;
    private readonly MemberProcess[] _members;
    private readonly MessagePool _pool = new(keepsCopies: true);
    private readonly Func<Promise, ulong> _ofPromise;
    private readonly Func<Accepted, ulong> _ofAccepted;
    private readonly StateWriter[] _before;
    private readonly StateWriter _after = new();
    private int _crashes;

    /// <summary>Makes the world.</summary>
    public PracticalWorld(PracticalWorldOptions options)
    {
        Check.That(options.BallotsPerProposer is >= 1 and <= 15);
        Check.That(options.Proposers >= 1 && options.Proposers <= options.Configuration.Voters.Count);
        Check.That(options.Learners >= 0 && options.Learners <= options.Configuration.Voters.Count);
        _options = options;
        _codes = new PracticalCodes(options.Configuration.Voters);
        (_ofPromise, _ofAccepted) = (_codes.Of, _codes.Of);
        _members = new MemberProcess[options.Configuration.Voters.Count];
        _before = [.. _members.Select(static _ => new StateWriter())];
        Lanes = [.. Enumerable.Range(1, _members.Length).Select(i => $"m{i}")];
        Reset(0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Lanes { get; }

    /// <inheritdoc/>
    public void Reset(int initial)
    {
        Check.That(initial == 0);
        for (var i = 0; i < _members.Length; i++)
        {
            var role = _options.MakeMember(_options.Configuration.Voters[i], _options.Configuration);
            _members[i] = new MemberProcess(role, _options.SyncIsAStep);
            if (i < _options.Proposers)
            {
                Check.That(role.Propose(_codes.Wish(i, 0)) is null);
            }
        }
        _pool.Clear();
        _crashes = 0;
    }

    /// <inheritdoc/>
    public void Write(StateWriter writer)
    {
        foreach (var member in _members)
        {
            member.Write(writer);
        }
        writer.WriteByte((byte)_crashes);
        _pool.Write(writer);
    }

    /// <inheritdoc/>
    public void Read(ref StateReader reader)
    {
        foreach (var member in _members)
        {
            member.Read(ref reader);
        }
        _crashes = reader.ReadByte();
        _pool.Read(ref reader);
        foreach (var before in _before)
        {
            before.Clear();
        }
    }

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
        switch (PracticalCodes.Kind(code))
        {
            case PracticalCodes.Promise or PracticalCodes.Nack:
                actions.Add(new WorldAction(Deliver, PracticalCodes.Owner(code), code));
                break;
            case PracticalCodes.Accepted:
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
        var member = _members[action.Process];
        switch (action.Kind)
        {
            case Start:
                member.BallotsUsed++;
                member.Hold(null, Coded(member.Role.Prepare()), _pool);
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
                if (action.Process < _options.Proposers)
                {
                    Send(member.Role.Propose(_codes.Wish(action.Process, member.Life)));
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
        switch (PracticalCodes.Kind(code))
        {
            case PracticalCodes.Prepare:
                var promise = member.Role.Step(_codes.AsPrepare(code));
                member.Hold(promise.Record, promise.Reply?.Within(promise.Reply.Value.Record, _ofPromise), _pool);
                Send(promise.Nack);
                break;
            case PracticalCodes.Accept:
                var accepted = member.Role.Step(_codes.AsAccept(code));
                member.Hold(accepted.Record, accepted.Reply?.Within(accepted.Reply.Value.Record, _ofAccepted), _pool);
                Send(accepted.Nack);
                break;
            case PracticalCodes.Promise:
                Send(member.Role.Step(_codes.AsPromise(code)));
                break;
            case PracticalCodes.Nack:
                member.Role.Step(_codes.AsNack(code));
                break;
            default:
                member.Role.Step(_codes.AsAccepted(code));
                break;
        }
    }

    private AfterWrite<MemberState, ulong>? Coded(AfterWrite<MemberState, Prepare>? prepare) =>
        prepare?.Within(prepare.Value.Record, _codes.Of);

    private void Send(Accept? accept)
    {
        if (accept is { } message)
        {
            _pool.Send(_codes.Of(message));
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
                var isAnswer = PracticalCodes.Kind(action.Argument) >= PracticalCodes.Promise;
                var from = isAnswer ? PracticalCodes.From(action.Argument) : PracticalCodes.Owner(action.Argument);
                return new WorldEvent(_codes.Tell(action.Argument), action.Process, EventMark.Receives, from);
            default:
                var kept = !_members[action.Process].IsWriting ? ""
                    : action.Argument == 1 ? ", its write still reached the disk"
                    : ", its write did not reach the disk";
                return new WorldEvent($"crashes and restarts{kept}", action.Process, EventMark.Crashes);
        }
    }
}
