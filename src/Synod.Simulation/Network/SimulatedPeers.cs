using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation;

/// <summary>One process's end of all its links. It dies with the process.</summary>
internal sealed class SimulatedPeers(SimulatedNetwork network, int machine, DataIdentity identity, Action wake) : IPeers
{
    private readonly record struct Waits(ulong Number, PeerEvent Event);

    // One queue per lane; numbers keep the order of arrival among those that may be taken.
    private readonly Queue<Waits>[] _events = [new(), new(), new()];
    private ulong _posted;
    private readonly Instant[] _heldOffUntil = new Instant[network.Machines];

    /// <summary>Where the process runs.</summary>
    public int Machine => machine;

    /// <summary>What it shows in a handshake.</summary>
    public DataIdentity Identity => identity;

    /// <summary>The process is gone.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Events that nobody has taken.</summary>
    public int Waiting => _events.Sum(lane => lane.Count);

    public bool TrySend(NodeId to, PeerLane lane, ReadOnlySpan<byte> frame) =>
        !IsDead && network.Send(this, (int)to.Number - 1, lane, frame);

    public bool TryTakeEvent(out PeerEvent e, PeerLane upTo = PeerLane.Bulk)
    {
        Queue<Waits>? oldest = null;
        for (var lane = 0; lane <= (int)upTo; lane++)
        {
            if (_events[lane].TryPeek(out var next) && (oldest is null || next.Number < oldest.Peek().Number))
            {
                oldest = _events[lane];
            }
        }
        e = oldest is null ? default : oldest.Dequeue().Event;
        return oldest is not null;
    }

    public void Refuse(NodeId peer, string reason)
    {
        _heldOffUntil[peer.Number - 1] = network.Now + RefuseHoldOff;
        network.Refuse(this, (int)peer.Number - 1, reason);
    }

    /// <summary>Whether a machine is being held off after a refusal.</summary>
    public bool HoldsOff(int other) => network.Now < _heldOffUntil[other];

    public void Post(in PeerEvent e)
    {
        if (!IsDead)
        {
            _events[(int)e.Lane].Enqueue(new Waits(++_posted, e));
            wake();
        }
    }

    public void Die()
    {
        IsDead = true;
        Array.ForEach(_events, lane => lane.Clear());
    }

    private static readonly TimeSpan RefuseHoldOff = TimeSpan.FromSeconds(2);
}
