using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Replication;
using Synod.Store;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// The core actor: drains what has come, steps the replica, and hands on one batch to the journal, one packet per peer
/// and one batch to the apply actor. It never waits and never runs a command.
/// </summary>
internal sealed class CoreActor
{
    private readonly NodeOptions _options;
    private readonly LogHost _host;
    private readonly IPeers _peers;
    private readonly Genesis _genesis;
    private readonly Divergence _divergence;
    private readonly AlarmExchange _alarms;
    private readonly Commands _commands;
    private readonly SessionBoard _board;
    private readonly LeaseDriver _leases;
    private readonly ReadBatcher _reads;
    private readonly Draws _draws;
    private readonly INodeObserver _observer;
    private readonly Mailbox<ApplyBatch> _batches;
    private readonly Mailbox<ApplyBatch> _spent;
    private readonly WriteInbox _writeInbox;
    private readonly Mailbox<ReadRequest> _readInbox;
    private readonly Mailbox<NodeId> _handOvers;
    private readonly SnapshotExchange _snapshots;
    private ApplyBatch _batch = new();
    private string? _space;
    private string? _damage;
    private long _decidedBytes;
    private long _readsHandedOn;

    public CoreActor(
        NodeOptions options, LogHost host, IPeers peers, Genesis genesis, Divergence divergence, Commands commands,
        SessionBoard board, LeaseDriver leases, Draws draws, INodeObserver observer, Mailbox<ApplyBatch> batches, Mailbox<ApplyBatch> spent,
        WriteInbox writeInbox, Mailbox<ReadRequest> readInbox, Mailbox<NodeId> handOvers,
        SnapshotExchange snapshots)
    {
        _snapshots = snapshots;
        _options = options;
        _host = host;
        _peers = peers;
        _genesis = genesis;
        _divergence = divergence;
        _alarms = new AlarmExchange(options, peers);
        _commands = commands;
        _board = board;
        _leases = leases;
        _draws = draws;
        _observer = observer;
        _batches = batches;
        _spent = spent;
        _writeInbox = writeInbox;
        _readInbox = readInbox;
        _handOvers = handOvers;
        _reads = new ReadBatcher(draws.Next());
    }

    /// <summary>Why the node must stop, or null.</summary>
    public string? Fault => _host.Fault ?? _genesis.Fault ?? _divergence.Fault;

    /// <summary>Genesis is over.</summary>
    public bool IsActive => _genesis.IsActive;

    /// <summary>Peers that say that their disk is full.</summary>
    public IReadOnlyList<NodeId> FullPeers => _alarms.FullPeers;

    /// <summary>Requests under way.</summary>
    public int Waiting => _commands.Count + _reads.Count;

    /// <summary>Reads that wait here for the leader's answer, and with the apply actor for decrees.</summary>
    private long WaitingReads => _reads.Count + _readsHandedOn - _board.ReadsEnded;

    private bool HasRoom => _host.CanTakeInput && !_commands.IsHeld;

    private bool IsApplyBehind =>
        _host.Replica.ChosenUpTo.Number >= _board.AppliedUpTo + (ulong)_options.UnappliedSlotsMax
        || _decidedBytes - _board.AppliedBytes >= _options.UnappliedBytesMax;

    /// <summary>One turn.</summary>
    /// <returns>When the next is due without input.</returns>
    public Instant Turn(Instant now)
    {
        _host.TakeJournalEvents(now);
        if (Fault is not null)
        {
            return Instant.Never;
        }
        _commands.IsHeld = IsApplyBehind;
        var more = TakePeerEvents(now);
        _genesis.Turn(now);
        _divergence.Turn();
        _alarms.Turn(now, _host.NoSpace is not null);
        TakeRequests(now);
        var next = Instant.Min(_genesis.Next, _alarms.Next);
        if (_genesis.IsActive)
        {
            next = Instant.Min(next, TurnReplica(now));
        }
        else
        {
            _commands.ExpireUnnumbered(now);
        }
        _reads.Expire(now, _options.RequestTimeout, Failure.NoLeader);
        _host.EndTurn(now);
        _snapshots.Offer();
        PostBatch();
        _writeInbox.BytesTaken = _commands.Bytes;
        ReportAlarms();
        next = Instant.Min(next, _commands.Next(now));
        next = _reads.Count > 0 ? Instant.Min(next, now + ReadTick) : next;
        return more || !_batch.IsEmpty || _readInbox.Count > 0 ? Instant.Min(next, now + BusyTick) : next;
    }

    /// <summary>
    /// The node stops. Whoever the apply actor was not told of is told here; handing the rest over could find its
    /// mailbox full, and nobody would look again.
    /// </summary>
    public void Stop()
    {
        _commands.Stop();
        _reads.Stop(Failure.NotServing);
        while (_writeInbox.TryTake(out var write))
        {
            write.Fail(Failure.NotServing);
        }
        while (_readInbox.TryTake(out var read))
        {
            read.Fail(Failure.NotServing);
        }
        _batch.FailAll(Failure.Stopped);
    }

    private Instant TurnReplica(Instant now)
    {
        var replica = _host.Replica;
        replica.SetElectable(now - _host.OldestUnsynced < _options.StalledSync || _host.OldestUnsynced > now);
        var snapshotsNext = _snapshots.Turn(now, _batch, HasRoom);
        replica.CatchUpPaused = _batches.Count > _batches.Limit / 2 || _snapshots.IsReceiving;
        _commands.Turn(now, _batch);
        while (_handOvers.TryTake(out var to))
        {
            replica.HandOver(now, to, _host.Output);
        }
        var leasesNext = _leases.Turn(now);
        if (_reads.TryBegin(now, out var request))
        {
            replica.RequestRead(now, request, _host.Output);
        }
        var next = Instant.Min(Instant.Min(_host.Finish(now, _draws.Next()), leasesNext), snapshotsNext);
        HearEvents(now);
        _batch.Decrees.AddRange(_host.Output.Decrees);
        foreach (var decree in _host.Output.Decrees)
        {
            _decidedBytes += decree.Decree.Value.Length;
        }
        foreach (var ready in _host.Output.Reads)
        {
            if (_reads.TryEnd(ready.Request, out var reads, out var since))
            {
                _batch.Reads.Add(new ReadBatch(ready.Index, reads, since));
                _readsHandedOn += reads.Count;
            }
        }
        return _reads.CanBegin ? now : next;
    }

    private void HearEvents(Instant now)
    {
        var leaderChanged = false;
        foreach (var e in _host.Output.Events)
        {
            _observer.Replica(e);
            leaderChanged |= e.Kind is ReplicaEventKind.LeadershipTaken or ReplicaEventKind.FollowingLeader;
        }
        if (leaderChanged)
        {
            _commands.LeaderChanged(now);
        }
    }

    private bool TakePeerEvents(Instant now)
    {
        for (var i = 0; i < PeerEventsPerTurn; i++)
        {
            // A stalled disk or a busy state machine makes peers wait with their data; it must not make this node deaf
            // to heartbeats.
            var hasRoom = HasRoom;
            if (!_peers.TryTakeEvent(out var e, hasRoom ? PeerLane.Bulk : PeerLane.Control))
            {
                return !hasRoom;
            }
            Take(now, e);
        }
        return true;
    }

    private void Take(Instant now, in PeerEvent e)
    {
        switch (e.Kind)
        {
            case PeerEventKind.LinkUp:
                if (_genesis.Admit(e.From, e.Identity) && _genesis.IsActive)
                {
                    _host.Replica.LinkUp(now, e.From, _host.Output);
                }
                if (e.Lane == PeerLane.Control)
                {
                    _alarms.LinkUp(e.From);
                    _observer.Link(e.From, true, null);
                }
                break;
            case PeerEventKind.LinkDown:
                if (e.Lane == PeerLane.Control)
                {
                    _host.Replica.LinkDown(now, e.From, _host.Output);
                    _observer.Link(e.From, false, e.Reason);
                }
                else if (e.Lane == PeerLane.Bulk)
                {
                    _snapshots.LinkDown(now, e.From);
                }
                break;
            default:
                if (MembershipPacket.IsOne(e.Frame.Span))
                {
                    _genesis.Take(e.From, e.Frame);
                }
                else if (EffectSumPacket.IsOne(e.Frame.Span))
                {
                    _divergence.Take(e.From, e.Frame);
                }
                else if (AlarmPacket.IsOne(e.Frame.Span))
                {
                    _alarms.Take(e.From, e.Frame);
                }
                else if (_genesis.IsActive && SnapshotPacket.IsOne(e.Frame.Span))
                {
                    TakeSnapshotPacket(now, e);
                }
                else if (_genesis.IsActive)
                {
                    _host.TakePacket(now, e.From, e.Frame);
                }
                break;
        }
    }

    private void TakeSnapshotPacket(Instant now, in PeerEvent e)
    {
        if (!_snapshots.Take(now, e.From, e.Frame))
        {
            _peers.Refuse(e.From, "malformed packet about a snapshot: the peer speaks another format or is of another cluster");
        }
    }

    private void TakeRequests(Instant now)
    {
        while (_commands.HasRoom && _writeInbox.TryTake(out var write))
        {
            // What gives space back goes on its way: others may have the room that it takes to be chosen.
            if (_host.NoSpace is not null && CommandGrowth.TakesSpace(write.Command.Span))
            {
                write.Fail(Failure.NoSpace);
            }
            else
            {
                _commands.Add(write, now, _batch);
            }
        }
        while (WaitingReads < _options.WaitingReadsMax && _readInbox.TryTake(out var read))
        {
            _reads.Add(read, now);
        }
    }

    private void PostBatch()
    {
        if (!_batch.IsEmpty && _batches.TryPost(_batch))
        {
            _batch = _spent.TryTake(out var spent) ? spent : new ApplyBatch();
        }
    }

    private void ReportAlarms()
    {
        if (_host.NoSpace != _space)
        {
            _space = _host.NoSpace;
            _observer.Space(_space);
        }
        if (_host.Damaged is { } damage && damage != _damage)
        {
            _damage = damage;
            _observer.Damage(damage);
        }
    }

    private static readonly TimeSpan ReadTick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BusyTick = TimeSpan.FromMilliseconds(1);
    private const int PeerEventsPerTurn = 512;
}
