using Synod.Store;

namespace Synod.Simulation;

/// <summary>
/// Reads of the past are right or refused, and refused only if somebody wanted the past forgotten; and in the end the
/// whole history that a node still shows is the one that was chosen.
/// </summary>
internal sealed class PastJudge(Verdicts verdicts, Chronicle chronicle, World world)
{
    /// <summary>Reads that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Reads that were refused as forgotten.</summary>
    public int Refused { get; private set; }

    /// <summary>Reads a key, or with -1 all, as at a revision that some node had reached before the call.</summary>
    public void Read(Life life, OrderedStore store, long revision, int key, bool linearizable)
    {
        var who = $"{life.Machine.Name} in life {life.Number}, at {store.CurrentRevision} from {store.CompactedRevision},";
        var found = new Found(world.Options.Doors.DropsVisible ? store : null, revision);
        var query = key < 0
            ? new RangeQuery { Key = "\0"u8, RangeEnd = "\0"u8, Revision = revision }
            : new RangeQuery { Key = ClientWrite.KeyOf(key), Revision = revision };
        var result = store.Range(query, ref found);
        switch (result.Error)
        {
            case StoreError.None:
                Answered++;
                Compare(who, found, revision, key < 0 ? null : KeyCode.Of(ClientWrite.KeyOf(key)));
                break;
            case StoreError.Compacted:
                Refused++;
                if (!chronicle.MayBeCompacted(revision + 1, store.CurrentRevision))
                {
                    verdicts.Add("past", $"{who} has forgotten {revision}, and nobody wanted that");
                }
                break;
            case StoreError.FutureRevision when !linearizable:
                break;
            default:
                verdicts.Add("past", $"{who} was asked for {revision}, which was reached: {result.Error}");
                break;
        }
    }

    /// <summary>All that a node still shows.</summary>
    public void Close()
    {
        foreach (var machine in world.Machines.Where(m => m.IsWell && world.Core.Contains(m.Index)))
        {
            var store = machine.Life!.Node!.State.Store;
            var from = Math.Max(2, store.CompactedRevision);
            var sink = new Replay(verdicts, chronicle, machine, chronicle.Find(from));
            if (!store.TryFindEvents(from, out var position) ||
                !store.TryReadEvents(ref position, ref sink, int.MaxValue))
            {
                verdicts.Add("past", $"{machine.Name} does not show its history from {from} on");
            }
            sink.Close(store.CurrentRevision);
            Read(machine.Life, store, Math.Max(1, store.CompactedRevision), -1, true);
            Read(machine.Life, store, 0, -1, true);
        }
    }

    private void Compare(string who, Found found, long revision, ulong? key)
    {
        var at = revision == 0 ? long.MaxValue : revision;
        var place = 0;
        foreach (var code in key is { } one ? [one] : chronicle.Keys)
        {
            var chosen = chronicle.At(code, at);
            if (chosen.Revision == 0)
            {
                continue;
            }
            var got = place < found.All.Count ? found.All[place] : default;
            place++;
            if (got != (code, chosen.Number, chosen.Revision))
            {
                verdicts.Add("past", $"{who} shows {got} where {chosen} stood at revision {revision}");
                return;
            }
        }
        if (place < found.All.Count)
        {
            verdicts.Add("past", $"{who} shows {found.All[place]}, which did not exist at revision {revision}");
        }
    }

    private struct Found(OrderedStore? dropping, long revision) : IKeyValueSink
    {
        public readonly List<(ulong Key, ulong Number, long Revision)> All = [];

        public readonly void Take(in KeyValueView view)
        {
            if (dropping is not null && view.ModRevision < dropping.CompactedRevision && revision > 0)
            {
                // Planted: what has been overwritten by now was taken for unreadable.
                var newest = default(ClientRead.OneKey);
                dropping.Range(new RangeQuery { Key = view.Key }, ref newest);
                if (newest.Revision != view.ModRevision)
                {
                    return;
                }
            }
            All.Add((KeyCode.Of(view.Key), ClientWrite.ValueOf(view.Value), view.ModRevision));
        }
    }

    private struct Replay(Verdicts verdicts, Chronicle chronicle, Machine machine, int place) : IEventSink
    {
        private int _place = place;
        private bool _isWrong;

        public void Take(in EventView e)
        {
            var view = e.KeyValue;
            var chosen = _place < chronicle.Events.Count ? chronicle.Events[_place] : default;
            _place++;
            var isSame = chosen.Revision == view.ModRevision && chosen.Key == KeyCode.Of(view.Key) &&
                chosen.IsDelete == e.IsDelete && chosen.Lease == view.Lease && (e.IsDelete || chosen.Number == ClientWrite.ValueOf(view.Value));
            if (!isSame && !_isWrong)
            {
                _isWrong = true;
                verdicts.Add("past", $"{machine.Name} shows revision {view.ModRevision} where {chosen} was chosen");
            }
        }

        public readonly void Close(long revision)
        {
            if (!_isWrong && _place != chronicle.Find(revision + 1))
            {
                verdicts.Add("past", $"{machine.Name} shows fewer events up to {revision} than were chosen");
            }
        }
    }
}
