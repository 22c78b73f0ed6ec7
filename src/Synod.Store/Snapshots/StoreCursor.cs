using Synod.Paxos;
using Synod.Wire;

namespace Synod.Store;

/// <summary>What a slice of a store's snapshot holds; the numbers are on disk.</summary>
internal enum StoreSlice : byte
{
    /// <summary>Revisions and effect sum: the first slice.</summary>
    Head = 1,

    /// <summary>Leases, by id: they have no past, and were copied when the cursor was opened.</summary>
    Leases = 2,

    /// <summary>Keys as they were just below the compacted revision, in key order.</summary>
    Keys = 3,

    /// <summary>Every event from the compacted revision on, in order.</summary>
    Events = 4,

    /// <summary>Alarms, in their order: there only if there are any, so that without them the bytes are as they always were.</summary>
    Alarms = 5,
}

/// <summary>
/// Writes a store out as it was when the cursor was opened, slice by slice, while commands go on in between. What is
/// written depends on the commands alone: not on how far reclaiming had come, nor on when the slices were taken.
/// </summary>
/// <remarks>
/// Any state is the alarms, the leases, the keys just below the compacted revision and all events from there on; versions, creations and
/// previous versions follow from these.
/// </remarks>
public sealed class StoreCursor
{
    /// <summary>So many versions are looked at for one slice at most, whatever is written of them.</summary>
    public const int VisitsPerSlice = 8192;

    private readonly KeySpace _space;
    private readonly ulong _storeTime;
    private readonly LeaseRecord[] _leases;
    private readonly Alarm[] _alarms;
    private readonly long _endOfEvents;
    private readonly ulong _effectSum;
    private StoreSlice _next = StoreSlice.Head;
    private int _lease;
    private byte[] _from = [];
    private long _event;
    private bool _isOpen = true;

    internal StoreCursor(KeySpace space, ulong storeTimeMicroseconds)
    {
        _space = space;
        CompactedRevision = space.Pin();
        Revision = space.Revision;
        _effectSum = space.EffectSum;
        _storeTime = storeTimeMicroseconds;
        _leases = new LeaseRecord[space.Leases.Count];
        _alarms = space.Alarms.All;
        ReadOnlySpan<uint> all = space.Leases.All;
        for (int at = 0; at < all.Length; at++)
        {
            _leases[at] = space.Leases[all[at]];
        }
        _event = space.Events.Find(CompactedRevision);
        _endOfEvents = space.Events.End;
    }

    /// <summary>The revision that it writes.</summary>
    public long Revision { get; }

    /// <summary>The compacted revision when it was opened.</summary>
    public long CompactedRevision { get; }

    /// <summary>Leases, keys, events and alarms written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Writes one slice.</summary>
    /// <param name="into">Gets it.</param>
    /// <param name="bytesMax">The slice ends with the record that reaches this.</param>
    /// <returns>False after the last one.</returns>
    public bool WriteSlice(ByteWriter into, int bytesMax)
    {
        Check.That(_isOpen);
        into.U8((byte)_next);
        switch (_next)
        {
            case StoreSlice.Head:
                into.I64(Revision);
                into.I64(CompactedRevision);
                into.U64(_effectSum);
                into.I64(_event);
                into.U64(_storeTime);
                _next = StoreSlice.Leases;
                return true;
            case StoreSlice.Leases:
                _next = WriteLeases(into, bytesMax) ? StoreSlice.Leases
                    : CompactedRevision > 0 ? StoreSlice.Keys
                    : StoreSlice.Events;
                return true;
            case StoreSlice.Keys:
                _next = WriteKeys(into, bytesMax) ? StoreSlice.Keys : StoreSlice.Events;
                return true;
            case StoreSlice.Events:
                if (WriteEvents(into, bytesMax))
                {
                    return true;
                }
                _next = StoreSlice.Alarms;
                return _alarms.Length > 0;
            default:
                WriteAlarms(into);
                return false;
        }
    }

    /// <summary>Ends it, also before its end; what it kept may be forgotten from now on.</summary>
    public void Close()
    {
        if (_isOpen)
        {
            _isOpen = false;
            _space.Unpin(CompactedRevision);
        }
    }

    private bool WriteLeases(ByteWriter into, int bytesMax)
    {
        if (_lease == 0)
        {
            Array.Sort(_leases, static (left, right) => left.Id.CompareTo(right.Id));
        }
        for (; _lease < _leases.Length && into.Length < bytesMax; _lease++)
        {
            into.I64(_leases[_lease].Id);
            into.I64(_leases[_lease].TtlSeconds);
            into.U64(_leases[_lease].Deadline);
            Written++;
        }
        return _lease < _leases.Length;
    }

    private void WriteAlarms(ByteWriter into)
    {
        foreach (Alarm alarm in _alarms)
        {
            into.U64(alarm.Member);
            into.U8((byte)alarm.Kind);
            Written++;
        }
    }

    private bool WriteKeys(ByteWriter into, int bytesMax)
    {
        int visits = 0;
        KeyPosition position = _space.Index.Seek(_from);
        while (position.Leaf != 0)
        {
            ref LeafNode leaf = ref _space.Index.Leaf(position.Leaf);
            for (int slot = position.Slot; slot < leaf.Count; slot++)
            {
                if (into.Length >= bytesMax || visits >= VisitsPerSlice)
                {
                    // The index may change before the next slice: go on from the key, not from the place.
                    _from = _space.Bytes[leaf.Keys[slot]].ToArray();
                    return true;
                }
                visits++;
                WriteKey(into, _space.Before(leaf.Newest[slot], CompactedRevision, ref visits));
            }
            position = new KeyPosition(leaf.Next, 0, false);
        }
        return false;
    }

    private void WriteKey(ByteWriter into, uint number)
    {
        if (number == 0 || _space.Versions[number].IsDeleted)
        {
            return;
        }
        ref VersionRecord record = ref _space.Versions[number];
        into.I64(record.ModRevision);
        into.I64(record.CreateRevision);
        into.I64(record.Version);
        into.I64(record.Lease);
        into.Bytes(_space.Bytes[record.Key]);
        into.Bytes(record.Value.IsNone ? default : _space.Bytes[record.Value]);
        Written++;
    }

    private bool WriteEvents(ByteWriter into, int bytesMax)
    {
        for (int visits = 0; _event < _endOfEvents && into.Length < bytesMax && visits < VisitsPerSlice; visits++)
        {
            ref VersionRecord record = ref _space.Versions[_space.Events[_event++]];
            into.U8(record.IsDeleted ? (byte)1 : (byte)0);
            into.I64(record.ModRevision);
            into.Bytes(_space.Bytes[record.Key]);
            if (!record.IsDeleted)
            {
                into.I64(record.Lease);
                into.Bytes(record.Value.IsNone ? default : _space.Bytes[record.Value]);
            }
            Written++;
        }
        return _event < _endOfEvents;
    }
}
