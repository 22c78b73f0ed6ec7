namespace Synod.Node;

/// <summary>
/// A client's stream of watchers, made by a door as a subclass. Everything here is called on the apply actor: it must
/// be
/// short and must not block or throw.
/// </summary>
public abstract class WatchStream
{
    private readonly List<Watcher> _watchers = [];

    /// <summary>Watchers of the stream that have not been given everything yet.</summary>
    internal int Behind { get; set; }

    /// <summary>The revision up to which progress was asked for and not yet told; 0 for none.</summary>
    internal long ProgressAskedAt { get; set; }

    /// <summary>The stream's watchers, in no order.</summary>
    internal IReadOnlyList<Watcher> Watchers => _watchers;

    /// <summary>All watchers of the stream have been given every event up to this revision.</summary>
    public abstract void Progress(long revision);

    internal void Add(Watcher watcher)
    {
        watcher.PlaceInStream = _watchers.Count;
        _watchers.Add(watcher);
    }

    internal void Remove(Watcher watcher)
    {
        var last = _watchers[^1];
        _watchers[watcher.PlaceInStream] = last;
        last.PlaceInStream = watcher.PlaceInStream;
        _watchers.RemoveAt(_watchers.Count - 1);
    }
}
