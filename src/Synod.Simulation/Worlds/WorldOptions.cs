using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Storage;

namespace Synod.Simulation;

/// <summary>Everything about a world but its luck.</summary>
internal sealed record WorldOptions
{
    public required ulong Seed { get; init; }

    public int Nodes { get; init; } = 3;

    public int Clients { get; init; } = 4;

    public int Keys { get; init; } = 4;

    /// <summary>The longest that a client thinks between two requests, as a rule.</summary>
    public TimeSpan ThinkMost { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The longest value.</summary>
    public int ValueBytesMost { get; init; } = 8;

    /// <summary>Faults from the very first moment, while the cluster is formed.</summary>
    public bool FaultyGenesis { get; init; }

    /// <summary>How long faults happen.</summary>
    public TimeSpan Chaos { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Which faults, and how many.</summary>
    public FaultMix Faults { get; init; } = new();

    public ReplicaOptions Replica { get; init; } = new();

    public JournalOptions Journal { get; init; } = SmallJournal;

    public SnapshotOptions Snapshots { get; init; } = new();

    /// <summary>What clients do besides.</summary>
    public LoadMix Load { get; init; } = new();

    /// <summary>How long a node lets a request wait.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Requests under way on one node.</summary>
    public int OutstandingMax { get; init; } = 1024;

    /// <summary>How far clocks may be off.</summary>
    public int ClockDriftPartsPerMillion { get; init; } = 300;

    /// <summary>The longest that a busy machine lets an actor wait.</summary>
    public TimeSpan TurnLatencyMost { get; init; } = TimeSpan.FromMilliseconds(2);

    public bool SyncsAreLies { get; init; }

    /// <summary>A planted bug: what a machine does to its disk when the power fails.</summary>
    public Action<Machine>? AfterPowerLoss { get; init; }

    public DoorBugs Doors { get; init; } = new();

    /// <summary>A bug is planted: strange messages are no news.</summary>
    public bool IsPlanted { get; init; }

    /// <summary>A journal whose segments fill within seconds.</summary>
    public static JournalOptions SmallJournal => new()
    {
        SegmentBytes = 64 << 10,
        BatchBytesMax = 16 << 10,
        WriteBytesMax = 32 << 10,
        CarryBytesMax = 1 << 10,
    };
}
