namespace Synod.Doors.Etcd.Hosting;

/// <summary>How the door is opened. Every limit is refused with a clear status past it.</summary>
public sealed class EtcdDoorOptions
{
    /// <summary>
    /// Where to listen: <c>http://host:port</c>, host an address, <c>localhost</c> or <c>0.0.0.0</c>; port 0 takes any
    /// free one. HTTP/1.1 and HTTP/2 share each port.
    /// </summary>
    public IReadOnlyList<string> ListenUrls { get; init; } = ["http://127.0.0.1:2379"];

    /// <summary>The most connections at a time.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>The most connections at a time that are WebSockets; these are not counted among the others.</summary>
    public int WebSocketsMax { get; init; } = 1_000;

    /// <summary>
    /// Origins of web pages that may use the JSON gateway besides pages that came from this door, such as
    /// <c>https://console.example</c>; <c>*</c> for all, which lets any page that somebody looks at write here.
    /// </summary>
    public IReadOnlyList<string> OriginsAllowed { get; init; } = [];

    /// <summary>
    /// The most streams at a time on one connection; more are refused by HTTP/2 and retried by clients.
    /// </summary>
    public int StreamsPerConnectionMax { get; init; } = 1_000;

    /// <summary>The largest message taken off the wire, in bytes; a larger one is not even read.</summary>
    public int MessageBytesMax { get; init; } = 2 * 1024 * 1024;

    /// <summary>The largest request that may change the store, in bytes.</summary>
    public int WriteRequestBytesMax { get; init; } = 1536 * 1024;

    /// <summary>
    /// The most comparisons, or operations of one branch, of a transaction; nested ones share the budget.
    /// </summary>
    public int TransactionOperationsMax { get; init; } = 128;

    /// <summary>The most watchers on one stream.</summary>
    public int WatchersPerStreamMax { get; init; } = 10_000;

    /// <summary>
    /// How many bytes of events may wait for a watch stream's client. A watcher over it pauses until the client has
    /// read,
    /// and is cut if that takes too long.
    /// </summary>
    public int WatchBacklogBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many bytes of events may wait on behalf of one watcher.</summary>
    public int WatcherBacklogBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Above this size the answer to a watcher that asked for it is split.</summary>
    public int WatchFragmentBytes { get; init; } = 1536 * 1024;

    /// <summary>How long a stream that requires a leader lives on without one.</summary>
    public TimeSpan LeaderLossGrace { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long open calls may go on when the door closes.</summary>
    public TimeSpan CloseGrace { get; init; } = TimeSpan.FromSeconds(2);
}
