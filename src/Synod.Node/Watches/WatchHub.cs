using Synod.Paxos;
using Synod.Store;

namespace Synod.Node;

/// <summary>
/// Gives every watcher each event of its range once, in order of revision. It belongs to the apply actor, which calls
/// <see cref="Turn"/> after each batch of commands and at ticks. A watcher is either up to date and gets what the last
/// batch did, or behind and gets shares of the store's history until it has caught up; the border between both is one
/// revision, so nothing is missed or repeated in between. Memory is bounded by what watchers have room for: who has
/// none falls behind, and history waits for it in the store.
/// </summary>
public sealed partial class WatchHub
{
    private readonly WatcherIndex _upToDate = new();
    private readonly Queue<Watcher> _behind = new();
    private readonly List<Watcher> _all = [];
    private readonly List<WatchStream> _progressAsked = [];
    private readonly WatchLimits _limits;

    // Every watcher that is up to date was given everything up to this revision, which ends at this position; who is
    // behind wants something at or below it.
    private long _given;
    private EventPosition _position;

    private Instant _now;
    private Instant _nextProgress;

    /// <summary>A hub without watchers.</summary>
    /// <param name="limits">Its limits.</param>
    /// <param name="store">The store whose history it will read: always this one.</param>
    public WatchHub(WatchLimits limits, OrderedStore store)
    {
        _limits = limits;
        _given = store.CurrentRevision;
        _position = store.HistoryEnd;
    }

    /// <summary>Watchers there are.</summary>
    public int Watchers => _all.Count;

    /// <summary>Watchers that have not caught up.</summary>
    public int WatchersBehind { get; private set; }

    /// <summary>Events given to watchers so far; an event counts for each watcher.</summary>
    public long EventsGiven { get; private set; }

    /// <summary>Watchers that were cut for being too slow.</summary>
    public long WatchersCut { get; private set; }

    /// <summary>Takes a watcher in, and tells it the present revision or why it cannot be.</summary>
    public void Add(Watcher watcher, OrderedStore store)
    {
        Check.That(watcher.State == WatcherState.Gone && !watcher.Range.IsEmpty && watcher.StartRevision >= 0);
        watcher.Created(store.CurrentRevision);
        if (_all.Count >= _limits.WatchersMax)
        {
            watcher.End(WatchEnding.TooMany, 0);
            return;
        }
        watcher.PlaceInHub = _all.Count;
        _all.Add(watcher);
        watcher.Stream.Add(watcher);
        watcher.LastTold = _now;
        watcher.Next = watcher.StartRevision == 0 ? store.CurrentRevision + 1 : watcher.StartRevision;
        if (watcher.Next > _given)
        {
            watcher.State = WatcherState.UpToDate;
            _upToDate.Add(watcher);
        }
        else
        {
            PutBehind(watcher);
        }
    }

    /// <summary>Lets a watcher go; it hears nothing more.</summary>
    /// <returns>False if it was gone already.</returns>
    public bool Remove(Watcher watcher)
    {
        if (watcher.State == WatcherState.Gone)
        {
            return false;
        }
        if (watcher.State == WatcherState.UpToDate)
        {
            _upToDate.Remove(watcher);
        }
        else
        {
            // Its place in the queue stays until its turn comes.
            WatchersBehind--;
            watcher.Stream.Behind--;
        }
        watcher.State = WatcherState.Gone;
        watcher.Stream.Remove(watcher);
        var last = _all[^1];
        _all[watcher.PlaceInHub] = last;
        last.PlaceInHub = watcher.PlaceInHub;
        _all.RemoveAt(_all.Count - 1);
        return true;
    }

    /// <summary>Lets all watchers of a stream go.</summary>
    public void Remove(WatchStream stream)
    {
        while (stream.Watchers.Count > 0)
        {
            Remove(stream.Watchers[^1]);
        }
        stream.ProgressAskedAt = 0;
        _progressAsked.Remove(stream);
    }

    /// <summary>
    /// Tells the stream how far it has come, as soon as all its watchers were given everything up to the present
    /// revision: an answer that overtook an event would say that the event never was.
    /// </summary>
    public void AskProgress(WatchStream stream, OrderedStore store)
    {
        if (stream.ProgressAskedAt == 0)
        {
            _progressAsked.Add(stream);
        }
        stream.ProgressAskedAt = store.CurrentRevision;
    }

    /// <summary>Gives watchers a bounded share of what they have not been given.</summary>
    /// <param name="store">The store after the last command.</param>
    /// <param name="now">The host's instant.</param>
    /// <returns>True if another turn could do more at once, without a new event, room or time.</returns>
    public bool Turn(OrderedStore store, Instant now)
    {
        _now = now;
        var more = GiveNew(store);
        more |= GiveHistory(store);
        AnswerProgress();
        TellProgress();
        return more;
    }

    /// <summary>
    /// Gives those who are up to date all that is new. To be called before a compaction is applied: it may forget what
    /// the commands before it in the same batch did, and nobody who has kept up shall lose that.
    /// </summary>
    public void GiveAllNew(OrderedStore store)
    {
        while (GiveNew(store))
        {
            // Each round is bounded; there are as many as the batch is long.
        }
    }

    private void PutBehind(Watcher watcher)
    {
        watcher.State = WatcherState.Behind;
        watcher.Position = null;
        watcher.StalledSince = Instant.Never;
        watcher.Stream.Behind++;
        WatchersBehind++;
        if (!watcher.IsQueued)
        {
            watcher.IsQueued = true;
            _behind.Enqueue(watcher);
        }
    }

    private void Cut(Watcher watcher, WatchEnding ending, long compactedRevision)
    {
        Remove(watcher);
        watcher.End(ending, compactedRevision);
    }

    /// <summary>The node stops: every watcher ends.</summary>
    public void Stop()
    {
        while (_all.Count > 0)
        {
            Cut(_all[^1], WatchEnding.Stopped, 0);
        }
    }

    private void AnswerProgress()
    {
        for (var i = _progressAsked.Count - 1; i >= 0; i--)
        {
            var stream = _progressAsked[i];
            if (stream.Behind == 0 && stream.ProgressAskedAt <= _given)
            {
                stream.ProgressAskedAt = 0;
                _progressAsked.RemoveAt(i);
                stream.Progress(_given);
            }
        }
    }

    private void TellProgress()
    {
        if (_now < _nextProgress)
        {
            return;
        }
        var soonest = _now + _limits.ProgressInterval;
        foreach (var watcher in _all)
        {
            if (!watcher.WantsProgress)
            {
                continue;
            }
            var due = watcher.LastTold + _limits.ProgressInterval;
            if (due <= _now && watcher.State == WatcherState.UpToDate && watcher.HasRoom)
            {
                watcher.LastTold = _now;
                watcher.Progress(_given);
            }
            else if (due > _now)
            {
                soonest = Instant.Min(soonest, due);
            }
        }
        _nextProgress = soonest;
    }
}
