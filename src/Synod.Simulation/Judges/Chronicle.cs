using System.Runtime.InteropServices;
using Synod.Ports;
using Synod.Replication;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>One change of one key, as it was chosen.</summary>
/// <param name="Revision">Its revision.</param>
/// <param name="Key">Its key, as a number.</param>
/// <param name="Number">The number in its value; 0 of a deletion.</param>
/// <param name="IsDelete">The key was deleted.</param>
/// <param name="Lease">The lease that it hangs on, or 0.</param>
/// <param name="Previous">The number that stood there before, or 0.</param>
/// <param name="PreviousLease">The lease that this hung on, or 0.</param>
internal readonly record struct ChosenEvent(
    long Revision, ulong Key, ulong Number, bool IsDelete, long Lease, ulong Previous, long PreviousLease);

/// <summary>
/// Everything that was chosen, event for event: written down when the first node applies it, before any compaction can
/// take it. That all nodes do the same is for the judges of agreement and of effects; here is what others compare with.
/// </summary>
internal sealed class Chronicle(Verdicts verdicts, Scheduler scheduler, LeaseJudge leases, LoadMix load) : IEventSink
{
    private readonly record struct Value(ulong Number, long Lease);

    private readonly List<ChosenEvent> _events = [];
    private readonly Dictionary<ulong, Value> _now = [];
    private readonly SortedDictionary<ulong, List<int>> _byKey = [];
    private EventPosition _position;
    private ulong _slot;
    private long _compactionAsked;

    /// <summary>The last revision written down.</summary>
    public long Revision { get; private set; } = 1;

    /// <summary>Below this some node can read nothing any more.</summary>
    public long CompactedRevision { get; private set; } = -1;

    public IReadOnlyList<ChosenEvent> Events => _events;

    /// <summary>Looks at a node's life from now on.</summary>
    public void Watch(Life life)
    {
        var state = life.Node!.State;
        state.OnApplied += learned =>
        {
            Look(life);
            life.LastCommand = KindOf(learned.Decree);
        };
        state.OnInstalled += _ => life.WasInstalled = true;
    }

    /// <summary>A client asks for a compaction.</summary>
    public void CompactionAsked(long revision) => _compactionAsked = Math.Max(_compactionAsked, revision);

    /// <summary>Whether everything below a revision may have been forgotten when the store stood at another.</summary>
    public bool MayBeCompacted(long revision, long storeRevision) =>
        revision <= _compactionAsked || (load.RevisionsKept > 0 && revision <= storeRevision - load.RevisionsKept);

    /// <summary>A node has applied something, perhaps more than any other before it.</summary>
    public void Look(Life life)
    {
        var state = life.Node!.State;
        if (state.AppliedUpTo.Number <= _slot)
        {
            return;
        }
        _slot = state.AppliedUpTo.Number;
        var firstOfSlot = _events.Count;
        var store = state.Store;
        if (store.CurrentRevision > Revision)
        {
            var sink = this;
            if (!store.TryReadEvents(ref _position, ref sink, int.MaxValue) || Revision != store.CurrentRevision)
            {
                verdicts.Add("past", $"{life.Machine.Name} does not show what slot {_slot} did at {Revision} to {store.CurrentRevision}");
            }
        }
        if (store.CompactedRevision > CompactedRevision)
        {
            CompactedRevision = store.CompactedRevision;
            if (!MayBeCompacted(CompactedRevision, store.CurrentRevision))
            {
                verdicts.Add("past", $"compacted at {CompactedRevision}, which nobody wanted; the highest wish was {_compactionAsked}");
            }
        }
        leases.Applied(
            life.LastCommand, store, state.StoreTimeMicroseconds, scheduler.Now,
            CollectionsMarshal.AsSpan(_events)[firstOfSlot..]);
    }

    /// <inheritdoc/>
    public void Take(in EventView e)
    {
        var view = e.KeyValue;
        if (view.ModRevision != Revision && view.ModRevision != Revision + 1)
        {
            verdicts.Add("past", $"revision {view.ModRevision} follows {Revision}");
        }
        Revision = view.ModRevision;
        var key = KeyCode.Of(view.Key);
        var number = e.IsDelete ? 0 : ClientWrite.ValueOf(view.Value);
        var before = _now.GetValueOrDefault(key);
        _events.Add(new ChosenEvent(view.ModRevision, key, number, e.IsDelete, view.Lease, before.Number, before.Lease));
        if (!_byKey.TryGetValue(key, out var places))
        {
            _byKey.Add(key, places = []);
        }
        places.Add(_events.Count - 1);
        _now[key] = new Value(number, e.IsDelete ? 0 : view.Lease);
    }

    /// <summary>The place of the first event at or after a revision.</summary>
    public int Find(long revision)
    {
        var (low, high) = (0, _events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _events[middle].Revision < revision ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    /// <summary>What a key held at a revision; default if it did not exist.</summary>
    public ChosenEvent At(ulong key, long revision)
    {
        if (!_byKey.TryGetValue(key, out var places))
        {
            return default;
        }
        for (var i = places.Count - 1; i >= 0; i--)
        {
            if (_events[places[i]].Revision <= revision)
            {
                return _events[places[i]].IsDelete ? default : _events[places[i]];
            }
        }
        return default;
    }

    /// <summary>All keys that ever were, in their order.</summary>
    public IEnumerable<ulong> Keys => _byKey.Keys;

    private static CommandKind KindOf(in Paxos.Multi.Decree decree)
    {
        if (decree.Kind != Paxos.Multi.DecreeKind.Command ||
            !CommandEnvelope.TryRead(decree.Value.Span, out var envelope, out var command) ||
            envelope.Kind == EnvelopeKind.OpenSession)
        {
            return CommandKind.None;
        }
        return new CommandReader(command).Begin();
    }
}
