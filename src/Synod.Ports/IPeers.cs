using Synod.Paxos;

namespace Synod.Ports;

/// <summary>Peers have three connections, so that a snapshot cannot delay a heartbeat.</summary>
public enum PeerLane : byte
{
    /// <summary>Heartbeats, phase 1, read confirmations.</summary>
    Control = 0,

    /// <summary>Phase 2, forwarded commands.</summary>
    Data = 1,

    /// <summary>Catch-up, snapshots.</summary>
    Bulk = 2,
}

/// <summary>What happened on a link.</summary>
public enum PeerEventKind
{
    /// <summary>A whole frame arrived.</summary>
    Frame,

    /// <summary>The lane is connected; the peer has shown its identity.</summary>
    LinkUp,

    /// <summary>The lane was lost: reset, closed, refused or silent. A reset control lane is suspicion at once.</summary>
    LinkDown,
}

/// <summary>One event of the network.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="From">The peer, as proven by the connection's handshake.</param>
/// <param name="Lane">Which connection.</param>
/// <param name="Frame">The frame's bytes, owned by the receiver for ever: nobody writes to them again.</param>
/// <param name="Identity">In a LinkUp: the identity of the peer's data directory.</param>
/// <param name="Reason">In a LinkDown: what the peer or the network said, for the log.</param>
/// <param name="Incarnation">In a LinkUp: the peer's incarnation, as it says.</param>
public readonly record struct PeerEvent(
    PeerEventKind Kind, NodeId From, PeerLane Lane, ReadOnlyMemory<byte> Frame, DataIdentity Identity, string? Reason,
    uint Incarnation = 0);

/// <summary>
/// Links to all other members. Sending never blocks: what does not fit into a peer's bounded queue, or finds no link, is
/// dropped, as a network may do. Nothing calls back: the owner polls events.
/// </summary>
public interface IPeers
{
    /// <summary>Queues a copy of the frame; false when it was dropped.</summary>
    bool TrySend(NodeId to, PeerLane lane, ReadOnlySpan<byte> frame);

    /// <summary>
    /// A hint that <see cref="Flush"/> will follow soon: until then frames may be gathered, so that what one turn has to
    /// say to a peer leaves as one. Without it every frame starts on its way at once.
    /// </summary>
    void Hold()
    {
    }

    /// <summary>Ends a <see cref="Hold"/>: whatever waits starts on its way.</summary>
    void Flush()
    {
    }

    /// <summary>
    /// Takes the next event; the order within a lane of a peer is kept. An owner that has no room for more data leaves
    /// it where it is, and the network makes the sender wait, but goes on hearing the control lane: a heartbeat that is
    /// not answered because a disk stalls would look like a dead node.
    /// </summary>
    /// <param name="e">The event.</param>
    /// <param name="upTo">Only events of this lane and the more urgent ones.</param>
    bool TryTakeEvent(out PeerEvent e, PeerLane upTo = PeerLane.Bulk);

    /// <summary>Tells the peer why, and closes its three lanes; it may try again later.</summary>
    void Refuse(NodeId peer, string reason);
}
