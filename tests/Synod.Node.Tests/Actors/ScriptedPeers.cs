using Synod.Paxos;
using Synod.Ports;

namespace Synod.Node.Tests;

/// <summary>Links on which happens what a test says; what is sent is lost.</summary>
internal sealed class ScriptedPeers : IPeers
{
    public List<PeerEvent> Events { get; } = [];

    /// <summary>What taking an event throws, if it shall.</summary>
    public Exception? Broken { get; set; }

    public bool TrySend(NodeId to, PeerLane lane, ReadOnlySpan<byte> frame) => true;

    public bool TryTakeEvent(out PeerEvent e, PeerLane upTo = PeerLane.Bulk)
    {
        if (Broken is not null)
        {
            throw Broken;
        }
        var at = Events.FindIndex(waiting => waiting.Lane <= upTo);
        e = at < 0 ? default : Events[at];
        if (at >= 0)
        {
            Events.RemoveAt(at);
        }
        return at >= 0;
    }

    public void Refuse(NodeId peer, string reason)
    {
        // Nobody is there.
    }

    /// <summary>Says that a lane of the second node went down.</summary>
    public void Post(PeerLane lane) => Events.Add(
        new PeerEvent(PeerEventKind.LinkDown, new NodeId(2), lane, default, DataIdentity.None, "a test says so"));
}
