using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation;

/// <summary>How a machine's disk behaves; it outlives the processes.</summary>
internal sealed class DiskConditions
{
    /// <summary>The quickest sync.</summary>
    public TimeSpan SyncLeast { get; set; } = TimeSpan.FromMicroseconds(100);

    /// <summary>The slowest sync, but for spikes.</summary>
    public TimeSpan SyncMost { get; set; } = TimeSpan.FromMilliseconds(3);

    /// <summary>How often a sync takes up to <see cref="SpikeMost"/>.</summary>
    public double Spikes { get; set; }

    /// <summary>The slowest sync of all.</summary>
    public TimeSpan SpikeMost { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Nothing completes before this instant.</summary>
    public Instant StalledUntil { get; set; }

    /// <summary>The next sync fails.</summary>
    public DiskFault NextFault { get; set; }

    /// <summary>A planted bug: completions come before the sync, which follows after a while.</summary>
    public bool CompletesBeforeSync { get; set; }

    /// <summary>Takes the fault for one request.</summary>
    public DiskFault TakeFault(in DiskRequest request)
    {
        if (NextFault == DiskFault.None || request.Operation is not (
            DiskOperation.WriteAndSync or DiskOperation.AppendAside or DiskOperation.FinishAside))
        {
            return DiskFault.None;
        }
        var fault = NextFault;
        NextFault = DiskFault.None;
        return fault;
    }

    /// <summary>When a request that is made now is done.</summary>
    public Instant DoneAt(Instant now, Chance chance)
    {
        var most = chance.Happens(Spikes) ? SpikeMost : SyncMost;
        var from = StalledUntil > now ? StalledUntil : now;
        return from + chance.Between(SyncLeast, most);
    }

    /// <summary>A quick disk without faults.</summary>
    public void MakePerfect()
    {
        SyncLeast = TimeSpan.FromMicroseconds(100);
        SyncMost = TimeSpan.FromMilliseconds(1);
        Spikes = 0;
        StalledUntil = default;
        NextFault = DiskFault.None;
    }
}
