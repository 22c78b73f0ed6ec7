using Microsoft.Extensions.Logging;
using Synod.Node;

namespace Synod.Server.Serving;

/// <summary>One member of the initial cluster, as given on every node alike.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PeerUrl">Where the other members reach it.</param>
internal sealed record InitialMember(string Name, NodeUrl PeerUrl);

/// <summary>How log lines look.</summary>
internal enum LogFormat
{
    /// <summary>One line for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>Everything that a node is started with: parsed and validated, so that the composition cannot meet a bad value.</summary>
internal sealed record ServeOptions
{
    /// <summary>The node's name, unique in the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>The node's own directory.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where clients are listened for; at least one.</summary>
    public required IReadOnlyList<NodeUrl> ListenClientUrls { get; init; }

    /// <summary>Where clients are told to go; at least one.</summary>
    public required IReadOnlyList<NodeUrl> AdvertiseClientUrls { get; init; }

    /// <summary>Where the other members are listened for.</summary>
    public required NodeUrl ListenPeerUrl { get; init; }

    /// <summary>Where the other members reach this one; equal to its entry in <see cref="InitialCluster"/>.</summary>
    public required NodeUrl AdvertisePeerUrl { get; init; }

    /// <summary>All first members including this one, in order of their names.</summary>
    public required IReadOnlyList<InitialMember> InitialCluster { get; init; }

    /// <summary>Tells clusters with equal addresses apart.</summary>
    public required string InitialClusterToken { get; init; }

    /// <summary>The user says that the cluster exists already: an empty data directory is then a mistake, not a first start.</summary>
    public required bool ExpectsExistingCluster { get; init; }

    /// <summary>How often a leader is heard of.</summary>
    public required TimeSpan HeartbeatInterval { get; init; }

    /// <summary>How long silence is borne before another leader is sought.</summary>
    public required TimeSpan ElectionTimeout { get; init; }

    /// <summary>How much history is kept.</summary>
    public required CompactionOptions Compaction { get; init; }

    /// <summary>After how many decrees a snapshot is taken; null for what is standard.</summary>
    public required ulong? SnapshotCount { get; init; }

    /// <summary>Origins of web pages from elsewhere that may use the JSON gateway.</summary>
    public required IReadOnlyList<string> OriginsAllowed { get; init; }

    /// <summary>The least level that is logged.</summary>
    public required LogLevel LogLevel { get; init; }

    /// <summary>How log lines look.</summary>
    public required LogFormat LogFormat { get; init; }

    /// <summary>Stop when standard input ends: the parent that started this node is gone.</summary>
    public bool StopsWithStandardInput { get; init; }
}
