using Synod.Paxos;
using Synod.Store;

namespace Synod.Node;

/// <summary>Reading history to those who are behind: in shares, in turn.</summary>
public sealed partial class WatchHub
{
    private bool GiveHistory(OrderedStore store)
    {
        var left = _limits.EventsPerTurnMax;
        var more = false;
        for (var visits = _behind.Count; visits > 0; visits--)
        {
            if (left <= 0)
            {
                return true;
            }
            var watcher = _behind.Dequeue();
            if (watcher.State == WatcherState.Behind)
            {
                if (watcher.HasRoom)
                {
                    watcher.StalledSince = Instant.Never;
                    left -= GiveShare(watcher, store, Math.Min(left, _limits.EventsPerShareMax));
                    more |= watcher.State == WatcherState.Behind && watcher.Position is not null;
                }
                else
                {
                    Stall(watcher);
                }
            }
            if (watcher.State == WatcherState.Behind)
            {
                _behind.Enqueue(watcher);
            }
            else
            {
                watcher.IsQueued = false;
            }
        }
        return more;
    }

    /// <summary>Gives one watcher its share.</summary>
    /// <returns>How many events were looked at.</returns>
    private int GiveShare(Watcher watcher, OrderedStore store, int eventsMax)
    {
        EventPosition position;
        if (watcher.Position is not null)
        {
            position = watcher.Position.Value;
        }
        else if (!store.TryFindEvents(watcher.Next, out position))
        {
            Cut(watcher, WatchEnding.Compacted, store.CompactedRevision);
            return 1;
        }
        var sink = new History(watcher, _given);
        if (!store.TryReadEvents(ref position, ref sink, eventsMax))
        {
            Cut(watcher, WatchEnding.Compacted, store.CompactedRevision);
            return 1;
        }
        EventsGiven += sink.Taken;
        var isAll = position.Number >= _position.Number && !sink.IsFull;
        watcher.Next = isAll ? _given + 1 : sink.Next;
        watcher.Position = sink.IsFull ? null : position;
        if (sink.Taken > 0)
        {
            watcher.LastTold = _now;
            watcher.Send(watcher.Next - 1);
        }
        if (isAll)
        {
            watcher.State = WatcherState.UpToDate;
            watcher.Stream.Behind--;
            WatchersBehind--;
            _upToDate.Add(watcher);
        }
        return Math.Max(1, sink.Seen);
    }

    private void Stall(Watcher watcher)
    {
        if (watcher.StalledSince == Instant.Never)
        {
            watcher.StalledSince = _now;
        }
        else if (_now - watcher.StalledSince >= _limits.StallMax)
        {
            WatchersCut++;
            Cut(watcher, WatchEnding.TooSlow, 0);
        }
    }

    private struct History(Watcher watcher, long upTo) : IEventSink
    {
        private long _revision;

        /// <summary>Events looked at.</summary>
        public int Seen { get; private set; }

        /// <summary>Events that the watcher took.</summary>
        public int Taken { get; private set; }

        /// <summary>The watcher had no room for the revision <see cref="Next"/>.</summary>
        public bool IsFull { get; private set; }

        /// <summary>The first revision that was not looked at.</summary>
        public long Next { get; private set; } = watcher.Next;

        public void Take(in EventView e)
        {
            Seen++;
            var revision = e.KeyValue.ModRevision;
            if (IsFull || revision > upTo)
            {
                return; // What is newer than that comes when it is up to date.
            }
            if (revision != _revision)
            {
                _revision = revision;
                // Revisions are given whole: room is looked at once for each.
                if (!watcher.HasRoom)
                {
                    IsFull = true;
                    Next = revision;
                    return;
                }
                Next = revision + 1;
            }
            if (watcher.Range.Contains(e.KeyValue.Key))
            {
                Taken++;
                watcher.Take(e);
            }
        }
    }
}
