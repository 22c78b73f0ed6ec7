using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;
using Synod.Wire;

namespace Synod.Node;

/// <summary>Gives this node's newest snapshot to peers that are too far behind for the journal.</summary>
internal sealed class SnapshotSource(NodeOptions options, IPeers peers, Mailbox<SnapshotRead> reads)
{
    private readonly ByteWriter _packet = new();

    /// <summary>The newest snapshot that is durable here.</summary>
    public SnapshotFile Newest { get; set; }

    /// <summary>A peer wants decrees that are only in snapshots.</summary>
    public void Offer(NodeId peer)
    {
        if (Newest.Slot != Slot.Zero)
        {
            Send(peer, SnapshotMessageKind.Offer, Newest, 0, default);
        }
    }

    /// <summary>A peer asks for bytes. What finds no room is not answered: it asks again.</summary>
    public void Fetch(NodeId peer, in SnapshotPacket packet) =>
        reads.TryPost(new SnapshotRead(peer, packet.Slot, packet.Offset, options.Snapshots.PieceBytes));

    /// <summary>The files have answered.</summary>
    public void Answer(in SnapshotEvent e)
    {
        var kind = e.Kind == SnapshotEventKind.Read && !e.Bytes.IsEmpty ? SnapshotMessageKind.Piece : SnapshotMessageKind.Gone;
        Send(e.Reader, kind, e.File, e.Offset, e.Bytes);
    }

    private void Send(NodeId peer, SnapshotMessageKind kind, in SnapshotFile file, long offset, ReadOnlyMemory<byte> bytes)
    {
        _packet.Clear();
        new SnapshotPacket(kind, options.ClusterId, file.Slot, offset, file.Bytes, bytes).Write(_packet);
        peers.TrySend(peer, PeerLane.Bulk, _packet.Span);
    }
}
