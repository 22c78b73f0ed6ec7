using Synod.Wire;

namespace Synod.Store;

/// <summary>Builds a store from the slices that a <see cref="StoreCursor"/> wrote. It never throws on bad bytes.</summary>
public sealed class StoreInstaller
{
    private KeySpace _space = null!; // made by the head: what is refused before it costs nothing
    private StoreSlice _last;
    private ulong _storeTime;
    private byte[] _lastKey = [];
    private bool _hasKey;

    /// <summary>Leases, keys, events and alarms taken so far.</summary>
    public long Taken { get; private set; }

    /// <summary>Takes the next slice.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    public string? Take(ReadOnlyMemory<byte> slice)
    {
        var reader = new ByteReader(slice);
        var kind = (StoreSlice)reader.U8();
        bool inOrder = kind == StoreSlice.Head ? _last == 0 : _last != 0 && kind >= _last;
        if (!inOrder || kind > StoreSlice.Alarms)
        {
            return "its slices are not in their order, or of a kind that this version of Synod does not know";
        }
        _last = kind;
        bool taken = kind switch
        {
            StoreSlice.Head => TakeHead(ref reader),
            StoreSlice.Leases => TakeLeases(ref reader, slice),
            StoreSlice.Keys => TakeKeys(ref reader),
            StoreSlice.Events => TakeEvents(ref reader),
            _ => TakeAlarms(ref reader),
        };
        return taken && !reader.IsBad && reader.IsAtEnd ? null : "a slice of the store makes no sense";
    }

    /// <summary>The store, once all slices are taken; null if some are missing, or a key names a lease that is not there.</summary>
    public OrderedStore? Finish()
    {
        return _last is StoreSlice.Events or StoreSlice.Alarms && _space.EndInstall() ? new OrderedStore(_space, _storeTime) : null;
    }

    private bool TakeHead(ref ByteReader reader)
    {
        long revision = reader.I64();
        long compacted = reader.I64();
        ulong sum = reader.U64();
        long firstEvent = reader.I64();
        _storeTime = reader.U64();
        if (reader.IsBad || revision < 1 || compacted > revision || firstEvent < 0)
        {
            return false;
        }
        _space = new KeySpace();
        _space.InstallHead(revision, compacted, sum, firstEvent);
        return true;
    }

    private bool TakeLeases(ref ByteReader reader, ReadOnlyMemory<byte> slice)
    {
        int length = slice.Length - reader.Position;
        Taken += length / LeaseTable.RecordBytes;
        bool taken = _space.Leases.ReadFrom(slice.Span[reader.Position..]);
        reader.Skip(length);
        return taken;
    }

    private bool TakeKeys(ref ByteReader reader)
    {
        while (!reader.IsAtEnd)
        {
            var record = new VersionRecord
            {
                ModRevision = reader.I64(),
                CreateRevision = reader.I64(),
                Version = reader.I64(),
                Lease = reader.I64(),
            };
            ReadOnlySpan<byte> key = reader.Bytes().Span;
            ReadOnlySpan<byte> value = reader.Bytes().Span;
            bool inOrder = !_hasKey || key.SequenceCompareTo(_lastKey) > 0;
            if (reader.IsBad || !inOrder || IsTooLong(key, value) || !_space.InstallKey(in record, key, value))
            {
                return false;
            }
            _lastKey = key.ToArray();
            _hasKey = true;
            Taken++;
        }
        return true;
    }

    private bool TakeEvents(ref ByteReader reader)
    {
        while (!reader.IsAtEnd)
        {
            bool isDelete = reader.Flag();
            long revision = reader.I64();
            ReadOnlySpan<byte> key = reader.Bytes().Span;
            long lease = isDelete ? 0 : reader.I64();
            ReadOnlySpan<byte> value = isDelete ? default : reader.Bytes().Span;
            if (reader.IsBad || IsTooLong(key, value) ||
                !_space.InstallEvent(isDelete, revision, lease, key, value))
            {
                return false;
            }
            Taken++;
        }
        return true;
    }

    private bool TakeAlarms(ref ByteReader reader)
    {
        while (!reader.IsAtEnd)
        {
            var alarm = new Alarm(reader.U64(), (AlarmKind)reader.U8());
            if (reader.IsBad || alarm.Kind is not (AlarmKind.NoSpace or AlarmKind.Corrupt)
                || !_space.Alarms.Raise(alarm, out bool isNew) || !isNew)
            {
                return false;
            }
            Taken++;
        }
        return true;
    }

    private static bool IsTooLong(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        key.IsEmpty || key.Length > SlabRef.LengthMax || value.Length > SlabRef.LengthMax;
}
