using Synod.Node;

namespace Synod.Simulation;

/// <summary>What a world does besides putting, getting and comparing. Nothing, unless asked for.</summary>
internal sealed record LoadMix
{
    /// <summary>Clients that watch.</summary>
    public int Watchers { get; init; }

    /// <summary>Clients that hold leases and hang keys on them.</summary>
    public int LeaseHolders { get; init; }

    /// <summary>Clients that read the past.</summary>
    public int Historians { get; init; }

    /// <summary>Historians compact, too.</summary>
    public bool Compacts { get; init; }

    /// <summary>The cluster compacts by itself and keeps so many revisions; 0: it does not.</summary>
    public long RevisionsKept { get; init; }

    /// <summary>The nodes' limits of watches.</summary>
    public WatchLimits Watches { get; init; } = new();

    /// <summary>As it comes.</summary>
    public static LoadMix Draw(Chance chance)
    {
        var compaction = chance.Below(4);
        return new LoadMix
        {
            Watchers = chance.OneIn(5) ? 0 : chance.Between(1, 4),
            LeaseHolders = chance.OneIn(4) ? 0 : chance.Between(1, 2),
            Historians = chance.OneIn(4) ? 0 : 1,
            Compacts = compaction < 2,
            RevisionsKept = compaction == 2 ? chance.Between(10, 200) : 0,
            Watches = chance.OneIn(2) ? Limits(chance, new WatchLimits()) : Limits(chance, TinyWatches(chance)),
        };
    }

    private static WatchLimits TinyWatches(Chance chance) => new()
    {
        EventsPerTurnMax = chance.Between(1, 32),
        EventsPerShareMax = chance.Between(1, 16),
        StallMax = chance.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2)),
    };

    private static WatchLimits Limits(Chance chance, WatchLimits limits) => limits with
    {
        ProgressInterval = chance.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(600)),
    };
}
