using Synod.Node;

namespace Synod.Simulation;

/// <summary>What a watcher wants, said twice: as the node understands it, and as the judge does.</summary>
internal sealed record WatchedRange(string Name, WatchRange Asked, ulong First, ulong Last)
{
    public bool Contains(ulong code) => code >= First && code <= Last;

    public static WatchedRange Draw(Chance chance, int keys)
    {
        var key = ClientWrite.KeyOf(chance.Below(keys));
        var code = KeyCode.Of(key);
        switch (chance.Below(5))
        {
            case 0:
                return new WatchedRange("one key", WatchRange.Single(key), code, code);
            case 1:
                var leased = WatchRange.Below("l"u8.ToArray(), "m"u8.ToArray());
                return new WatchedRange("leased keys", leased, KeyCode.Of("l"u8), KeyCode.Of("m"u8) - 1);
            case 2:
                var end = ClientWrite.KeyOf(keys);
                return new WatchedRange("some keys", WatchRange.Below(key, end), code, KeyCode.Of(end) - 1);
            case 3:
                return new WatchedRange("from a key on", WatchRange.From(key), code, ulong.MaxValue);
            default:
                return new WatchedRange("all keys", WatchRange.From(new byte[1]), 0, ulong.MaxValue);
        }
    }
}

/// <summary>An event as a watcher got it.</summary>
internal readonly record struct WatchedEvent(long Revision, ulong Key, ulong Number, bool IsDelete, ulong Previous);

/// <summary>A stretch of history that a watcher claims to know without a gap.</summary>
internal sealed class WatchSegment(long from)
{
    /// <summary>The first revision of it.</summary>
    public long From { get; } = from;

    /// <summary>The last.</summary>
    public long Covered { get; set; } = from - 1;

    public List<WatchedEvent> Events { get; } = [];
}
