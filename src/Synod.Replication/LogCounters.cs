namespace Synod.Replication;

/// <summary>Counters of a log host, for metrics; read from any thread, approximate.</summary>
public sealed class LogCounters
{
    /// <summary>Malformed packets dropped.</summary>
    public long MalformedPackets { get; internal set; }

    /// <summary>Packets that a peer's queue or link did not take.</summary>
    public long DroppedPackets { get; internal set; }

    /// <summary>Records handed to the journal.</summary>
    public long RecordsWritten { get; internal set; }

    /// <summary>Batches handed to the journal.</summary>
    public long BatchesWritten { get; internal set; }

    /// <summary>Write-and-sync operations reported by the journal.</summary>
    public long Syncs { get; internal set; }

    /// <summary>The last reported time of a write and sync, microseconds.</summary>
    public long LastSyncMicroseconds { get; internal set; }

    /// <summary>The longest reported time of a write and sync, microseconds.</summary>
    public long LongestSyncMicroseconds { get; internal set; }

    /// <summary>Sum of the reported times, microseconds.</summary>
    public long SyncMicroseconds { get; internal set; }
}
