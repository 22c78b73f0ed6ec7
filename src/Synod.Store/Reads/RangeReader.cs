namespace Synod.Store;

/// <summary>Range reads over a key space.</summary>
internal sealed class RangeReader(KeySpace space)
{
    private readonly VersionList _gathered = new();

    /// <summary>Reads; see <see cref="OrderedStore.Range"/>.</summary>
    public RangeResult Read<TSink>(in RangeQuery query, ref TSink sink)
        where TSink : IKeyValueSink, allows ref struct
    {
        long now = space.VisibleRevision;
        StoreError error = Judge(query.Revision, now);
        if (error != StoreError.None)
        {
            return new RangeResult(error, now, 0, false);
        }
        var interval = new KeyInterval(query.Key, query.RangeEnd);
        bool past = query.Revision > 0 && query.Revision != now;
        long revision = past ? query.Revision : long.MaxValue;
        if (interval.IsPoint)
        {
            return ReadPoint(in query, revision, now, ref sink);
        }
        if (interval.IsEmpty)
        {
            return new RangeResult(StoreError.None, now, 0, false);
        }
        if (query.CountOnly && !past)
        {
            return new RangeResult(StoreError.None, now, CountNow(interval), false);
        }
        return query.CountOnly || (!query.IsSorted && !query.IsFiltered)
            ? ReadInOrder(in query, interval, revision, now, ref sink)
            : ReadGathered(in query, interval, revision, now, ref sink);
    }

    /// <summary>Whether a revision can be read.</summary>
    public StoreError Judge(long revision, long now)
    {
        if (revision <= 0)
        {
            return StoreError.None;
        }
        if (revision > now)
        {
            return StoreError.FutureRevision;
        }
        return revision < space.CompactedRevision ? StoreError.Compacted : StoreError.None;
    }

    private RangeResult ReadPoint<TSink>(in RangeQuery query, long revision, long now, ref TSink sink)
        where TSink : IKeyValueSink, allows ref struct
    {
        uint number = space.Find(query.Key, revision);
        if (number != 0 && !query.CountOnly && Passes(in query, in space.Versions[number]))
        {
            Hand(in query, number, ref sink);
        }
        return new RangeResult(StoreError.None, now, number != 0 ? 1 : 0, false);
    }

    private RangeResult ReadInOrder<TSink>(
        in RangeQuery query, KeyInterval interval, long revision, long now, ref TSink sink)
        where TSink : IKeyValueSink, allows ref struct
    {
        bool past = revision != long.MaxValue;
        long limit = query.CountOnly ? 0 : query.Limit > 0 ? query.Limit : long.MaxValue;
        long count = 0;
        var walk = new IntervalWalk(space, interval, revision);
        while (walk.Next(out uint number))
        {
            if (count < limit)
            {
                Hand(in query, number, ref sink);
            }
            else if (!past)
            {
                // Now, unlike in the past, the rest need not be walked to be counted.
                count = CountNow(interval);
                break;
            }
            count++;
        }
        return new RangeResult(StoreError.None, now, count, !query.CountOnly && count > limit);
    }

    private RangeResult ReadGathered<TSink>(
        in RangeQuery query, KeyInterval interval, long revision, long now, ref TSink sink)
        where TSink : IKeyValueSink, allows ref struct
    {
        _gathered.Clear();
        long count = 0;
        var walk = new IntervalWalk(space, interval, revision);
        while (walk.Next(out uint number))
        {
            count++;
            if (Passes(in query, in space.Versions[number]))
            {
                _gathered.Add(number);
            }
        }
        if (query.IsSorted)
        {
            _gathered.All.Sort(new VersionOrder(space, query.SortTarget, query.SortOrder == SortOrder.Descending));
        }
        bool more = query.Limit > 0 && _gathered.Count > query.Limit;
        int handed = more ? (int)query.Limit : _gathered.Count;
        for (int index = 0; index < handed; index++)
        {
            Hand(in query, _gathered.All[index], ref sink);
        }
        _gathered.Clear();
        return new RangeResult(StoreError.None, now, count, more);
    }

    private long CountNow(KeyInterval interval)
    {
        long before = space.Index.LiveBefore(interval.Key);
        long upTo = interval.IsUnbounded ? space.Index.LiveKeys : space.Index.LiveBefore(interval.RangeEnd);
        return upTo - before;
    }

    private void Hand<TSink>(in RangeQuery query, uint number, ref TSink sink)
        where TSink : IKeyValueSink, allows ref struct
    {
        var view = new KeyValueView(space.Bytes, in space.Versions[number], query.KeysOnly);
        sink.Take(in view);
    }

    private static bool Passes(in RangeQuery query, in VersionRecord record) =>
        (query.MinModRevision == 0 || record.ModRevision >= query.MinModRevision)
        && (query.MaxModRevision == 0 || record.ModRevision <= query.MaxModRevision)
        && (query.MinCreateRevision == 0 || record.CreateRevision >= query.MinCreateRevision)
        && (query.MaxCreateRevision == 0 || record.CreateRevision <= query.MaxCreateRevision);
}
