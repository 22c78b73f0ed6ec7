using Synod.Paxos;
using Synod.Store;

namespace Synod.Node;

/// <summary>Why a watcher ended without having been asked to.</summary>
public enum WatchEnding
{
    /// <summary>The events that it wants next are forgotten.</summary>
    Compacted,

    /// <summary>It had no room for its events for too long.</summary>
    TooSlow,

    /// <summary>The node has as many watchers as it may have.</summary>
    TooMany,

    /// <summary>The node stops.</summary>
    Stopped,
}

/// <summary>
/// One watcher, made by a door as a subclass. Events come in order of revision, without gap or repetition, whole
/// revisions at a time: some <see cref="Take"/>, then one <see cref="Send"/>. Everything here is called on the apply
/// actor: it must be short and must not block or throw.
/// </summary>
/// <param name="stream">The stream it belongs to.</param>
/// <param name="range">The keys it wants; not empty.</param>
/// <param name="startRevision">The first revision it wants; 0 for what comes after it was made.</param>
/// <param name="wantsProgress">Whether it wants to hear now and then how far it has come.</param>
public abstract class Watcher(WatchStream stream, WatchRange range, long startRevision, bool wantsProgress)
{
    /// <summary>The stream it belongs to.</summary>
    public WatchStream Stream { get; } = stream;

    /// <summary>The keys it wants.</summary>
    public WatchRange Range { get; } = range;

    /// <summary>The first revision it wants, or 0.</summary>
    public long StartRevision { get; } = startRevision;

    /// <summary>Whether it wants to hear now and then how far it has come.</summary>
    public bool WantsProgress { get; } = wantsProgress;

    /// <summary>Whether more events may be given now. Looked at before each revision.</summary>
    public abstract bool HasRoom { get; }

    /// <summary>
    /// It exists, and <paramref name="revision"/> is the store's present one. Called before anything else.
    /// </summary>
    public abstract void Created(long revision);

    /// <summary>One event that is in its range.</summary>
    public abstract void Take(in EventView e);

    /// <summary>Everything up to <paramref name="revision"/> was given: send what was taken.</summary>
    public abstract void Send(long revision);

    /// <summary>Nothing came for a while, and nothing up to <paramref name="revision"/> is missing.</summary>
    public abstract void Progress(long revision);

    /// <summary>It exists no longer.</summary>
    /// <param name="ending">Why.</param>
    /// <param name="compactedRevision">The lowest revision that can still be had.</param>
    public abstract void End(WatchEnding ending, long compactedRevision);

    /// <summary>The first revision that it has not been given, if it is behind or waits for the future.</summary>
    internal long Next { get; set; }

    /// <summary>Where in the history <see cref="Next"/> begins, if that is known.</summary>
    internal EventPosition? Position { get; set; }

    internal WatcherState State { get; set; }

    /// <summary>It took events in this run and must be told to send them.</summary>
    internal bool IsInRun { get; set; }

    /// <summary>The last revision for which it was found to have room.</summary>
    internal long RoomFor { get; set; }

    internal int PlaceInStream { get; set; }

    internal int PlaceInHub { get; set; }

    /// <summary>It stands in the queue of those behind, perhaps still from before it caught up or went.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Since when it has had no room, or <see cref="Instant.Never"/>.</summary>
    internal Instant StalledSince { get; set; } = Instant.Never;

    /// <summary>When it was last told anything.</summary>
    internal Instant LastTold { get; set; }
}

/// <summary>Where the hub keeps a watcher.</summary>
internal enum WatcherState
{
    /// <summary>Not, or no longer.</summary>
    Gone,

    /// <summary>It gets each event as it happens.</summary>
    UpToDate,

    /// <summary>It is read to from history.</summary>
    Behind,
}
