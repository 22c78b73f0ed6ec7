namespace Synod.Node;

/// <summary>How much history is kept when nobody compacts by hand. At most one of the two counts; none keeps everything.</summary>
public sealed record CompactionOptions
{
    /// <summary>
    /// Keep this many revisions; 0 for no such limit. The default bounds memory whatever the load, and still lets a watcher
    /// that was away for ten seconds of fifty thousand writes each come back without reading everything anew.
    /// </summary>
    public long Revisions { get; init; } = 500_000;

    /// <summary>Keep what was written within this time; zero for no such limit.</summary>
    public TimeSpan Period { get; init; }

    /// <summary>Keep everything.</summary>
    public static CompactionOptions Off { get; } = new() { Revisions = 0 };
}
