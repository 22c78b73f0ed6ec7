using Synod.Store;

namespace Synod.Node;

/// <summary>Giving new events to those who are up to date.</summary>
public sealed partial class WatchHub
{
    private readonly List<Watcher> _found = [];
    private readonly List<Watcher> _run = [];

    private bool GiveNew(OrderedStore store)
    {
        if (_given == store.CurrentRevision)
        {
            return false;
        }
        if (_upToDate.Count == 0)
        {
            _given = store.CurrentRevision;
            _position = store.HistoryEnd;
            return false;
        }
        var sink = new NewEvents(this);
        if (!store.TryReadEvents(ref _position, ref sink, _limits.EventsPerTurnMax))
        {
            FallBehind(store);
            return false;
        }
        var isAll = _position == store.HistoryEnd;
        _given = isAll ? store.CurrentRevision : sink.Revision;
        EndRun();
        return !isAll;
    }

    private void TakeNew(in EventView e)
    {
        var revision = e.KeyValue.ModRevision;
        _found.Clear();
        _upToDate.Find(e.KeyValue.Key, _found);
        foreach (var watcher in _found)
        {
            if (watcher.Next > revision)
            {
                continue; // It waits for a later one.
            }
            // Revisions are given whole: room is looked at once for each.
            if (watcher.RoomFor != revision)
            {
                if (!watcher.HasRoom)
                {
                    Pause(watcher, revision);
                    continue;
                }
                watcher.RoomFor = revision;
            }
            if (!watcher.IsInRun)
            {
                watcher.IsInRun = true;
                _run.Add(watcher);
            }
            EventsGiven++;
            watcher.Take(e);
        }
    }

    /// <summary>It has no room for this revision: history keeps it until there is.</summary>
    private void Pause(Watcher watcher, long revision)
    {
        if (watcher.IsInRun)
        {
            SendRun(watcher, revision - 1);
        }
        _upToDate.Remove(watcher);
        watcher.Next = revision;
        PutBehind(watcher);
    }

    private void EndRun()
    {
        foreach (var watcher in _run)
        {
            if (watcher.IsInRun)
            {
                SendRun(watcher, _given);
            }
        }
        _run.Clear();
    }

    private void SendRun(Watcher watcher, long revision)
    {
        watcher.IsInRun = false;
        watcher.LastTold = _now;
        watcher.Send(revision);
    }

    /// <summary>
    /// What comes next for those who were up to date has been forgotten already. Each goes to history, which knows who
    /// has lost something by it.
    /// </summary>
    private void FallBehind(OrderedStore store)
    {
        var next = _given + 1;
        _given = store.CurrentRevision;
        _position = store.HistoryEnd;
        _upToDate.Clear();
        foreach (var watcher in _all)
        {
            if (watcher.State != WatcherState.UpToDate)
            {
                continue;
            }
            watcher.Next = Math.Max(watcher.Next, next);
            if (watcher.Next > _given)
            {
                _upToDate.Add(watcher);
            }
            else
            {
                PutBehind(watcher);
            }
        }
    }

    private struct NewEvents(WatchHub hub) : IEventSink
    {
        public long Revision { get; private set; }

        public void Take(in EventView e)
        {
            Revision = e.KeyValue.ModRevision;
            hub.TakeNew(e);
        }
    }
}
