using Synod.Ports;

namespace Synod.Store;

/// <summary>What a command came to. Holds copies only: it may be kept.</summary>
public abstract class StoreOutcome(long revision) : Outcome
{
    /// <summary>The store's revision right after the command, or right after this operation of a transaction.</summary>
    public long Revision { get; } = revision;
}

/// <summary>The command was refused and changed nothing.</summary>
public sealed class ErrorOutcome(long revision, StoreError error) : StoreOutcome(revision)
{
    /// <summary>Why.</summary>
    public StoreError Error { get; } = error;
}

/// <summary>A put was carried out.</summary>
public sealed class PutOutcome(long revision, KeyValue? previous) : StoreOutcome(revision)
{
    /// <summary>What was there before, if it was asked for and was there.</summary>
    public KeyValue? Previous { get; } = previous;
}

/// <summary>A deletion was carried out.</summary>
public sealed class DeleteOutcome(long revision, long deleted, IReadOnlyList<KeyValue> previous)
    : StoreOutcome(revision)
{
    /// <summary>How many keys were deleted.</summary>
    public long Deleted { get; } = deleted;

    /// <summary>What they were, in key order, if it was asked for.</summary>
    public IReadOnlyList<KeyValue> Previous { get; } = previous;
}

/// <summary>A range within a transaction was read.</summary>
public sealed class RangeOutcome(long revision, IReadOnlyList<KeyValue> keyValues, long count, bool more)
    : StoreOutcome(revision)
{
    /// <summary>The keys found.</summary>
    public IReadOnlyList<KeyValue> KeyValues { get; } = keyValues;

    /// <summary>Keys in the interval, whatever limit and filters say.</summary>
    public long Count { get; } = count;

    /// <summary>Whether the limit cut off keys.</summary>
    public bool More { get; } = more;
}

/// <summary>A transaction was carried out.</summary>
public sealed class TxnOutcome(long revision, bool succeeded, IReadOnlyList<StoreOutcome> responses)
    : StoreOutcome(revision)
{
    /// <summary>Whether all comparisons held, and so the success list was carried out.</summary>
    public bool Succeeded { get; } = succeeded;

    /// <summary>One outcome for each operation of the list that was carried out.</summary>
    public IReadOnlyList<StoreOutcome> Responses { get; } = responses;
}

/// <summary>A compaction was carried out.</summary>
public sealed class CompactOutcome(long revision) : StoreOutcome(revision);
