using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation;

/// <summary>One process's end of all its links. It dies with the process.</summary>
internal sealed class SimulatedPeers(SimulatedNetwork network, int machine, DataIdentity identity, Action wake) : IPeers
{
    private readonly Queue<PeerEvent> _events = new();
    private readonly Instant[] _heldOffUntil = new Instant[network.Machines];

    /// <summary>Where the process runs.</summary>
    public int Machine => machine;

    /// <summary>What it shows in a handshake.</summary>
    public DataIdentity Identity => identity;

    /// <summary>The process is gone.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Events that nobody has taken.</summary>
    public int Waiting => _events.Count;

    public bool TrySend(NodeId to, PeerLane lane, ReadOnlySpan<byte> frame) =>
        !IsDead && network.Send(this, (int)to.Number - 1, lane, frame);

    public bool TryTakeEvent(out PeerEvent e) => _events.TryDequeue(out e);

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
            _events.Enqueue(e);
            wake();
        }
    }

    public void Die()
    {
        IsDead = true;
        _events.Clear();
    }

    private static readonly TimeSpan RefuseHoldOff = TimeSpan.FromSeconds(2);
}
