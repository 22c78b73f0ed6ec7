using Synod.Paxos;
using Synod.Ports;
using Synod.Replication;
using Synod.Storage;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// The core's part in snapshots: gives them to peers, takes them from peers, and lets the journal go behind them.
/// </summary>
internal sealed class SnapshotExchange
{
    private readonly NodeOptions _options;
    private readonly LogHost _host;
    private readonly SessionBoard _sessions;
    private readonly SnapshotBoard _board;
    private readonly SnapshotMailboxes _files;
    private readonly INodeObserver _observer;
    private readonly SnapshotSource _source;
    private readonly SnapshotTarget _target;
    private Slot _installed;

    public SnapshotExchange(
        NodeOptions options, LogHost host, SessionBoard sessions, SnapshotBoard board, SnapshotMailboxes files,
        IPeers peers, INodeObserver observer, SnapshotFile newest)
    {
        _options = options;
        _host = host;
        _sessions = sessions;
        _board = board;
        _files = files;
        _observer = observer;
        _source = new SnapshotSource(options, peers, files.Reads) { Newest = newest };
        _target = new SnapshotTarget(options, peers, observer, files.Pieces, board.Building);
    }

    /// <summary>A peer's snapshot is on its way: the log need not be asked for what is in it.</summary>
    public bool IsReceiving => _target.IsActive;

    /// <summary>A packet about snapshots.</summary>
    /// <returns>False if it is malformed.</returns>
    public bool Take(Instant now, NodeId from, ReadOnlyMemory<byte> frame)
    {
        if (!SnapshotPacket.TryRead(frame, _options.ClusterId, out var packet))
        {
            return false;
        }
        switch (packet.Kind)
        {
            case SnapshotMessageKind.Offer:
                // Until the last one is in force, what the apply actor has built must not be built over.
                if (packet.Slot > _host.Replica.ChosenUpTo && _sessions.AppliedUpTo >= _installed.Number)
                {
                    _target.Offered(now, from, packet);
                }
                break;
            case SnapshotMessageKind.Fetch:
                _source.Fetch(from, packet);
                break;
            case SnapshotMessageKind.Piece:
                _target.Take(now, from, packet);
                break;
            default:
                _target.Lost(now, from, packet.Slot, "the peer does not have it any more");
                break;
        }
        return true;
    }

    /// <summary>The bulk lane to a peer was lost.</summary>
    public void LinkDown(Instant now, NodeId peer) => _target.Lost(now, peer, Slot.Zero, "the link was lost");

    /// <summary>Once a turn, before the replica ends its own.</summary>
    /// <returns>When it wants a turn.</returns>
    public Instant Turn(Instant now, ApplyBatch batch, bool isHeard)
    {
        while (_files.Events.TryTake(out var e))
        {
            Take(now, e);
        }
        while (_board.Built.TryTake(out var report))
        {
            _target.Built(now, report);
        }
        _target.Turn(now, _host.Replica.ChosenUpTo, isHeard);
        if (_target.Ready is var slot && slot != Slot.Zero && _host.Replica.InstallSnapshot(now, slot, _host.Output))
        {
            _installed = slot;
            batch.Install = slot;
            _target.Installed(now);
        }
        return _target.Next(now);
    }

    /// <summary>After the turn: peers whose questions only a snapshot can answer.</summary>
    public void Offer()
    {
        foreach (var peer in _host.SnapshotsWanted)
        {
            _source.Offer(peer);
        }
        _host.SnapshotsWanted.Clear();
    }

    private void Take(Instant now, in SnapshotEvent e)
    {
        switch (e.Kind)
        {
            case SnapshotEventKind.Durable:
                Durable(e);
                break;
            case SnapshotEventKind.Failed when e.Origin == SnapshotOrigin.Own:
                _observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.Failed, e.File.Slot, e.File.Bytes, Text: e.Text));
                _board.OwnEnded = e.File.Slot;
                break;
            case SnapshotEventKind.Failed:
                _target.FileFailed(now, e.File.Slot, e.Text!);
                break;
            case SnapshotEventKind.Damaged:
                _source.Newest = e.Newest;
                _observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.Rotten, e.File.Slot, e.File.Bytes, Text: e.Text));
                _board.NewestSound = e.Newest.Slot;
                _board.IsOwnWanted = true;
                break;
            default:
                _source.Answer(e);
                break;
        }
    }

    private void Durable(in SnapshotEvent e)
    {
        if (e.File.Slot > _source.Newest.Slot)
        {
            _source.Newest = e.File;
        }
        if (e.Origin == SnapshotOrigin.Own)
        {
            _observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.Taken, e.File.Slot, e.File.Bytes, e.Took));
            _board.OwnDurable = e.File.Slot;
            _board.OwnEnded = e.File.Slot;
        }
        else
        {
            _target.FileIsDurable(e.File.Slot);
        }
        var upTo = LetGoUpTo(_options.Snapshots, e.CoveredUpTo, _source.Newest.Slot);
        if (upTo > _host.LetGoUpTo)
        {
            _host.LetGo(upTo);
            _observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.JournalLetGo, upTo));
        }
    }

    /// <summary>
    /// Up to where the journal may go: two snapshots are past it, and members that lag a little find their tail.
    /// </summary>
    public static Slot LetGoUpTo(SnapshotOptions options, Slot coveredUpTo, Slot newest) =>
        Slot.Min(coveredUpTo, new Slot(newest.Number - Math.Min(newest.Number, options.TailDecrees)));
}
