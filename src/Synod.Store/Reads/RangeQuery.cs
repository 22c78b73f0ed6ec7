namespace Synod.Store;

/// <summary>In which direction results are sorted.</summary>
public enum SortOrder : byte
{
    /// <summary>By key, ascending; by anything else, ascending too.</summary>
    None = 0,

    /// <summary>Least first.</summary>
    Ascending = 1,

    /// <summary>Greatest first.</summary>
    Descending = 2,
}

/// <summary>By what results are sorted. Keys that are alike in it come in ascending order of key.</summary>
public enum SortTarget : byte
{
    /// <summary>The key.</summary>
    Key = 0,

    /// <summary>Puts since the key came to be.</summary>
    Version = 1,

    /// <summary>The revision at which the key came to be.</summary>
    CreateRevision = 2,

    /// <summary>The revision of its last put.</summary>
    ModRevision = 3,

    /// <summary>The value.</summary>
    Value = 4,
}

/// <summary>A read of an interval.</summary>
public readonly ref struct RangeQuery
{
    /// <summary>The first key.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The end, in the forms that <see cref="KeyInterval"/> explains.</summary>
    public ReadOnlySpan<byte> RangeEnd { get; init; }

    /// <summary>The most keys to hand out; 0 or less: all.</summary>
    public long Limit { get; init; }

    /// <summary>The revision to read at; 0 or less: now.</summary>
    public long Revision { get; init; }

    /// <summary>Direction of sorting; it is done before the limit.</summary>
    public SortOrder SortOrder { get; init; }

    /// <summary>What is sorted by.</summary>
    public SortTarget SortTarget { get; init; }

    /// <summary>Hand out keys without their values.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Count only: hand out nothing.</summary>
    public bool CountOnly { get; init; }

    /// <summary>Unless 0: leave out keys last put before this revision. Filters work before the limit.</summary>
    public long MinModRevision { get; init; }

    /// <summary>Unless 0: leave out keys last put after this revision.</summary>
    public long MaxModRevision { get; init; }

    /// <summary>Unless 0: leave out keys made before this revision.</summary>
    public long MinCreateRevision { get; init; }

    /// <summary>Unless 0: leave out keys made after this revision.</summary>
    public long MaxCreateRevision { get; init; }

    /// <summary>Whether a filter is set.</summary>
    public bool IsFiltered =>
        (MinModRevision | MaxModRevision | MinCreateRevision | MaxCreateRevision) != 0;

    /// <summary>Whether results come in another order than that of the keys.</summary>
    public bool IsSorted => SortTarget != SortTarget.Key || SortOrder == SortOrder.Descending;
}

/// <summary>What a range read came to, besides the keys handed out.</summary>
/// <param name="Error">None; or Compacted or FutureRevision, and then nothing was handed out.</param>
/// <param name="Revision">The store's revision now, also when an older one was read.</param>
/// <param name="Count">Keys in the interval at the revision read, whatever limit and filters say.</param>
/// <param name="More">Whether the limit cut off keys that had passed the filters.</param>
public readonly record struct RangeResult(StoreError Error, long Revision, long Count, bool More);
