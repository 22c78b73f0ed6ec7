using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation;

/// <summary>One lane between two machines: at most one connection at a time, dialled by the lower number.</summary>
internal sealed class Link(int low, int high, PeerLane lane)
{
    public int Low => low;

    public int High => high;

    public PeerLane Lane => lane;

    /// <summary>Counts connections: a frame knows which one it was sent on.</summary>
    public ulong Connection { get; set; }

    /// <summary>The process at the lower end that has the connection, or null.</summary>
    public SimulatedPeers? AtLow { get; set; }

    /// <summary>The process at the higher end that has the connection, or null.</summary>
    public SimulatedPeers? AtHigh { get; set; }

    /// <summary>Whether the dialler has a try under way or planned.</summary>
    public bool IsDialling { get; set; }

    /// <summary>How often in a row dialling failed.</summary>
    public int Failures { get; set; }

    /// <summary>When the last frame arrives, each way: the next one of the lane arrives after it.</summary>
    public Instant LastToLow { get; set; }

    /// <inheritdoc cref="LastToLow"/>
    public Instant LastToHigh { get; set; }

    public SimulatedPeers? EndAt(int machine) => machine == low ? AtLow : AtHigh;

    public int Other(int machine) => machine == low ? high : low;

    public void SetEnd(int machine, SimulatedPeers? peers)
    {
        if (machine == low)
        {
            AtLow = peers;
        }
        else
        {
            AtHigh = peers;
        }
    }
}
