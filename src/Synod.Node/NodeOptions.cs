using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;

namespace Synod.Node;

/// <summary>A member as the initial cluster lists it.</summary>
/// <param name="Id">Its number: its place among all names in ordinal order, from 1.</param>
/// <param name="Name">Its name.</param>
/// <param name="PeerUrls">Where other members reach it.</param>
public sealed record InitialMember(NodeId Id, string Name, IReadOnlyList<string> PeerUrls);

/// <summary>Who a node is, and its limits.</summary>
public sealed record NodeOptions
{
    /// <summary>This node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>The id of the cluster.</summary>
    public required ulong ClusterId { get; init; }

    /// <summary>The identity of this node's data directory.</summary>
    public required DataIdentity Identity { get; init; }

    /// <summary>All members of the first configuration, in order of their numbers.</summary>
    public required IReadOnlyList<InitialMember> Members { get; init; }

    /// <summary>Where clients reach this node.</summary>
    public IReadOnlyList<string> ClientUrls { get; init; } = [];

    /// <summary>Limits and times of the replica.</summary>
    public ReplicaOptions Replica { get; init; } = new();

    /// <summary>Limits of watches.</summary>
    public WatchLimits Watches { get; init; } = new();

    /// <summary>How much history is kept.</summary>
    public CompactionOptions Compaction { get; init; } = new();

    /// <summary>When snapshots are taken.</summary>
    public SnapshotOptions Snapshots { get; init; } = new();

    /// <summary>After this a client is told that its request failed, or that its outcome is unknown.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>A command that was given to a leader and not heard of again is given to it once more after this.</summary>
    public TimeSpan ForwardRetry { get; init; } = TimeSpan.FromMilliseconds(750);

    /// <summary>Commands of this node under way at a time.</summary>
    public int OutstandingMax { get; init; } = 16384;

    /// <summary>
    /// Bytes of such commands, those included that still wait for a place among them; past this the next one is refused as
    /// one too many. The last one taken may exceed it.
    /// </summary>
    public long OutstandingBytesMax { get; init; } = 128L << 20;

    /// <summary>Reads of this node that wait at a time.</summary>
    public int WaitingReadsMax { get; init; } = 65536;

    /// <summary>
    /// Decrees that may be chosen and not applied yet. Past this the node takes no data from peers and lets no command of
    /// its own go, until the state machine has caught up; heartbeats go on. What is under way already may exceed it.
    /// </summary>
    public int UnappliedSlotsMax { get; init; } = 65536;

    /// <summary>Bytes of such decrees; past this the same happens.</summary>
    public long UnappliedBytesMax { get; init; } = 64L << 20;

    /// <summary>A sync that takes longer than this makes the node not electable until it ends.</summary>
    public TimeSpan StalledSync { get; init; } = TimeSpan.FromSeconds(3);
}
