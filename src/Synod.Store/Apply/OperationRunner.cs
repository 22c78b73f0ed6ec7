namespace Synod.Store;

/// <summary>
/// Carries out single operations on the key space. Everything that can refuse was asked before: by then nothing fails.
/// </summary>
internal sealed class OperationRunner(KeySpace space, RangeReader ranges)
{
    private readonly VersionList _deleted = new();

    /// <summary>Whether a put must be refused, judged by what the store holds now.</summary>
    /// <param name="put">The put.</param>
    /// <param name="inTxn">
    /// Within a transaction a missing key is named before a missing lease; alone it is the other way round.
    /// </param>
    public StoreError Judge(in PutOperation put, bool inTxn)
    {
        StoreError lease = put.Lease != 0 && space.Leases.Find(put.Lease) == 0
            ? StoreError.LeaseNotFound
            : StoreError.None;
        StoreError key = (put.KeepValue || put.KeepLease) && space.FindNow(put.Key) == 0
            ? StoreError.KeyNotFound
            : StoreError.None;
        StoreError first = inTxn ? key : lease;
        return first != StoreError.None ? first : inTxn ? lease : key;
    }

    /// <summary>Whether a range within a transaction must be refused.</summary>
    public StoreError Judge(in RangeQuery query)
    {
        // Within a transaction only 0 means now.
        if (query.Revision != 0 && query.Revision < space.CompactedRevision)
        {
            return StoreError.Compacted;
        }
        return query.Revision > space.Revision ? StoreError.FutureRevision : StoreError.None;
    }

    /// <summary>Puts.</summary>
    public StoreOutcome? Put(in PutOperation put, bool wantOutcome)
    {
        ReadOnlySpan<byte> value = put.Value;
        long lease = put.Lease;
        if (put.KeepValue || put.KeepLease)
        {
            uint present = space.FindNow(put.Key);
            if (present != 0)
            {
                ref VersionRecord record = ref space.Versions[present];
                // A block stays where it is when its bytes are stored once more.
                value = put.KeepValue ? space.Bytes[record.Value] : value;
                lease = put.KeepLease ? record.Lease : lease;
            }
        }
        uint before = space.Put(put.Key, value, lease);
        if (!wantOutcome)
        {
            return null;
        }
        KeyValue? previous = put.WantPrevious && before != 0 ? Copy(before) : null;
        return new PutOutcome(space.VisibleRevision, previous);
    }

    /// <summary>Deletes.</summary>
    public StoreOutcome? Delete(in DeleteOperation delete, bool wantOutcome)
    {
        var interval = new KeyInterval(delete.Key, delete.RangeEnd);
        bool wantPrevious = wantOutcome && delete.WantPrevious;
        _deleted.Clear();
        long count = space.Delete(interval, wantPrevious ? _deleted : null);
        if (!wantOutcome)
        {
            return null;
        }
        IReadOnlyList<KeyValue> previous = [];
        if (wantPrevious)
        {
            var copies = new KeyValue[_deleted.Count];
            for (int index = 0; index < copies.Length; index++)
            {
                copies[index] = Copy(_deleted.All[index]);
            }
            previous = copies;
            _deleted.Clear();
        }
        return new DeleteOutcome(space.VisibleRevision, count, previous);
    }

    /// <summary>Reads.</summary>
    public StoreOutcome? Range(in RangeQuery query, bool wantOutcome)
    {
        if (!wantOutcome)
        {
            return null;
        }
        var found = new KeyValueList();
        RangeResult result = ranges.Read(in query, ref found);
        return result.Error != StoreError.None
            ? new ErrorOutcome(result.Revision, result.Error)
            : new RangeOutcome(result.Revision, found.All, result.Count, result.More);
    }

    private KeyValue Copy(uint version) => new(new KeyValueView(space.Bytes, in space.Versions[version]));
}
