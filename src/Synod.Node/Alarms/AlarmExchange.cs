using Synod.Paxos;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Node;

/// <summary>
/// Tells the peers when this node's disk is full and when it is not any more, and knows the same of them. While all is
/// well nothing is sent.
/// </summary>
internal sealed class AlarmExchange(NodeOptions options, IPeers peers)
{
    /// <summary>How often an alarm that stands is said again: a frame may be lost.</summary>
    public static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    /// <summary>So often the end of an alarm is said, for the same reason.</summary>
    private const int TellsOfTheEnd = 3;

    private readonly ByteWriter _packet = new(16);
    private bool _hasNoSpace;
    private int _tellsLeft;
    private Instant _nextTell = Instant.Never;

    /// <summary>
    /// Peers whose last word was that their disk is full; replaced as a whole. A peer that is gone keeps its last word until
    /// it is back.
    /// </summary>
    public IReadOnlyList<NodeId> FullPeers { get; private set; } = [];

    /// <summary>When the next turn is due.</summary>
    public Instant Next => _nextTell;

    /// <summary>One turn.</summary>
    public void Turn(Instant now, bool hasNoSpace)
    {
        if (hasNoSpace != _hasNoSpace)
        {
            _hasNoSpace = hasNoSpace;
            _tellsLeft = TellsOfTheEnd;
            _nextTell = now;
        }
        if (now < _nextTell)
        {
            return;
        }
        foreach (var member in options.Members)
        {
            if (member.Id != options.Self)
            {
                Tell(member.Id);
            }
        }
        _tellsLeft -= hasNoSpace ? 0 : 1;
        _nextTell = _tellsLeft > 0 ? now + TellEvery : Instant.Never;
    }

    /// <summary>A peer is there again: it may be another life of it, whose disk is not full; if it is, it says so.</summary>
    public void LinkUp(NodeId peer)
    {
        Note(peer, hasNoSpace: false);
        if (_hasNoSpace)
        {
            Tell(peer);
        }
    }

    /// <summary>Takes a peer's word.</summary>
    public void Take(NodeId from, ReadOnlyMemory<byte> packet)
    {
        if (AlarmPacket.TryRead(packet, options.ClusterId, out var hasNoSpace) && options.Members.Any(m => m.Id == from))
        {
            Note(from, hasNoSpace);
        }
    }

    private void Note(NodeId peer, bool hasNoSpace)
    {
        if (FullPeers.Contains(peer) != hasNoSpace)
        {
            FullPeers = hasNoSpace ? [.. FullPeers, peer] : [.. FullPeers.Where(full => full != peer)];
        }
    }

    private void Tell(NodeId peer)
    {
        _packet.Clear();
        AlarmPacket.Write(_packet, options.ClusterId, _hasNoSpace);
        peers.TrySend(peer, PeerLane.Control, _packet.Span);
    }
}
