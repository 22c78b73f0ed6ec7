namespace Synod.Server.Serving;

/// <summary>One setting of <c>synod serve</c>: its name on the command line and in the file, and what help says.</summary>
/// <param name="Name">Its name, etcd's where the meaning is etcd's.</param>
/// <param name="ValueName">What help calls the value.</param>
/// <param name="Description">One sentence of help.</param>
internal sealed record ServeSetting(string Name, string ValueName, string Description)
{
    /// <summary>The name of its environment variable.</summary>
    public string Variable => "SYNOD_" + Name.ToUpperInvariant().Replace('-', '_');
}

/// <summary>All settings of <c>synod serve</c>.</summary>
internal static class ServeSettings
{
    public const string Name = "name";
    public const string DataDirectory = "data-dir";
    public const string ListenClientUrls = "listen-client-urls";
    public const string AdvertiseClientUrls = "advertise-client-urls";
    public const string ListenPeerUrls = "listen-peer-urls";
    public const string InitialAdvertisePeerUrls = "initial-advertise-peer-urls";
    public const string InitialCluster = "initial-cluster";
    public const string InitialClusterState = "initial-cluster-state";
    public const string InitialClusterToken = "initial-cluster-token";
    public const string HeartbeatInterval = "heartbeat-interval";
    public const string ElectionTimeout = "election-timeout";
    public const string AutoCompactionMode = "auto-compaction-mode";
    public const string AutoCompactionRetention = "auto-compaction-retention";
    public const string SnapshotCount = "snapshot-count";
    public const string Cors = "cors";
    public const string Level = "log-level";
    public const string Format = "log-format";

    /// <summary>The setting that names the file; it cannot stand in the file itself.</summary>
    public static readonly ServeSetting ConfigFile = new("config-file", "FILE",
        "A JSON file with these names as keys, e.g. {\"name\": \"n1\"}. Flags and SYNOD_* variables come first.");

    /// <summary>The settings that may come from flag, variable and file, in the order help shows them.</summary>
    public static readonly IReadOnlyList<ServeSetting> All =
    [
        new(Name, "NAME", "This node's name, unique in the cluster. [default: default]"),
        new(DataDirectory, "DIR", "This node's own directory. [default: NAME.synod]"),
        new(ListenClientUrls, "URLS", "Where to listen for clients, comma-separated. [default: http://localhost:2379]"),
        new(AdvertiseClientUrls, "URLS", "Where clients reach this node. [default: the listen-client-urls]"),
        new(ListenPeerUrls, "URL", "Where to listen for the other nodes. [default: http://localhost:2380]"),
        new(InitialAdvertisePeerUrls, "URL",
            "Where the other nodes reach this one. [default: its entry in initial-cluster, or listen-peer-urls]"),
        new(InitialCluster, "NAME=URL,...",
            "All first members with their peer URLs, the same list on every node. [default: this node alone]"),
        new(InitialClusterState, "new|existing", "Only the first start of a cluster needs it. [default: new]"),
        new(InitialClusterToken, "TEXT", "Tells clusters with equal addresses apart. [default: synod-cluster]"),
        new(HeartbeatInterval, "MS", "Milliseconds between a leader's heartbeats. [default: 100]"),
        new(ElectionTimeout, "MS",
            "Milliseconds of silence after which a new leader is sought; at least 5 heartbeats. [default: 1000]"),
        new(AutoCompactionMode, "revision|periodic",
            "Whether history is kept by number of revisions or by time. [default: revision; periodic if only a retention is given]"),
        new(AutoCompactionRetention, "N|TIME",
            "How much history is kept: revisions, or hours or a time like 30m; 0 for all. [default: 500000 revisions, or 1h]"),
        new(SnapshotCount, "N",
            "A snapshot is taken after so many writes, and the journal goes behind the one before it. "
            + "[default: 100000, and not before they have twice the last one's bytes]"),
        new(Cors, "ORIGINS",
            "Web pages of other origins that may use the JSON gateway, comma-separated, or * for all. [default: none]"),
        new(Level, "debug|info|warn|error", "The least level that is logged. [default: info]"),
        new(Format, "text|json", "How log lines look. [default: text]"),
    ];
}
