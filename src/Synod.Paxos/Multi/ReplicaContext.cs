namespace Synod.Paxos.Multi;

/// <summary>What the roles of one replica share: who they are, what is known of the log, and the turn at hand.</summary>
internal sealed class ReplicaContext(ReplicaOptions options, NodeId self, Configuration configuration)
{
    public ReplicaOptions Options { get; } = options;

    public NodeId Self { get; } = self;

    public ConfigurationHistory Configurations { get; } = new(configuration);

    /// <summary>The configuration in which this replica speaks.</summary>
    public Configuration Configuration => Configurations.Latest;

    public int Place { get; } = configuration.PlaceOf(self);

    public uint Incarnation { get; } = configuration.IncarnationOf(self);

    public SlotLog Log { get; } = new();

    /// <summary>The journal holds all records up to this one.</summary>
    public ulong PersistedUpTo { get; set; }

    /// <summary>The instant of the input at hand.</summary>
    public Instant Now { get; set; }

    /// <summary>The caller's buffer for the input at hand.</summary>
    public ReplicaOutput Output { get; set; } = null!;

    public IReadOnlyList<NodeId> Voters => Configuration.Voters;

    public QuorumSystem Quorums => Configuration.Quorums;

    public void Report(ReplicaEventKind kind, Ballot ballot, NodeId node) =>
        Output.Events.Add(new ReplicaEvent(kind, ballot, node));
}
