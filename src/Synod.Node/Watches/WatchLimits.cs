namespace Synod.Node;

/// <summary>Limits of the watch hub.</summary>
public sealed record WatchLimits
{
    /// <summary>The most watchers on one node.</summary>
    public int WatchersMax { get; init; } = 100_000;

    /// <summary>
    /// The most events that one turn looks at, for those who are up to date and again for those who are behind: between
    /// turns the apply actor has other things to do. A revision is never split, so a turn may look at one revision
    /// more.
    /// </summary>
    public int EventsPerTurnMax { get; init; } = 4_096;

    /// <summary>The most events that one watcher that is behind looks at before the next one gets its share.</summary>
    public int EventsPerShareMax { get; init; } = 512;

    /// <summary>A watcher that had events waiting and no room for them for this long is cut.</summary>
    public TimeSpan StallMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A watcher that asked for it hears after this much silence how far it has come.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMinutes(10);
}
