namespace Synod.Store;

/// <summary>A put.</summary>
public readonly ref struct PutOperation
{
    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>The lease to attach the key to, or 0.</summary>
    public long Lease { get; init; }

    /// <summary>Whether the outcome carries what was there before.</summary>
    public bool WantPrevious { get; init; }

    /// <summary>Keep the value that is there.</summary>
    public bool KeepValue { get; init; }

    /// <summary>Keep the lease that is there.</summary>
    public bool KeepLease { get; init; }
}

/// <summary>A deletion of all keys in an interval.</summary>
public readonly ref struct DeleteOperation
{
    /// <summary>The first key.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The end, in the forms that <see cref="KeyInterval"/> explains.</summary>
    public ReadOnlySpan<byte> RangeEnd { get; init; }

    /// <summary>Whether the outcome carries what was there before.</summary>
    public bool WantPrevious { get; init; }
}

/// <summary>A new lease.</summary>
/// <param name="Id">Its id; not 0.</param>
/// <param name="TtlSeconds">Seconds that it gets now and at each renewal.</param>
public readonly record struct LeaseGrant(long Id, long TtlSeconds);

/// <summary>How many parts of a transaction follow: comparisons, then the one list of operations, then the other.</summary>
/// <param name="Comparisons">The number of comparisons.</param>
/// <param name="Success">Operations if all comparisons hold.</param>
/// <param name="Failure">Operations if one does not.</param>
public readonly record struct TxnShape(int Comparisons, int Success, int Failure)
{
    /// <summary>What counts against the limit: the longest of the three lists.</summary>
    public int Operations => Math.Max(Comparisons, Math.Max(Success, Failure));
}

/// <summary>How the two sides of a comparison must stand to each other.</summary>
public enum ComparisonResult : byte
{
    /// <summary>What the store has is what the comparison names.</summary>
    Equal = 0,

    /// <summary>What the store has is greater.</summary>
    Greater = 1,

    /// <summary>What the store has is less.</summary>
    Less = 2,

    /// <summary>What the store has is another.</summary>
    NotEqual = 3,
}

/// <summary>What of a key is compared.</summary>
public enum ComparisonTarget : byte
{
    /// <summary>Puts since the key came to be.</summary>
    Version = 0,

    /// <summary>The revision at which it came to be.</summary>
    CreateRevision = 1,

    /// <summary>The revision of its last put.</summary>
    ModRevision = 2,

    /// <summary>Its value.</summary>
    Value = 3,

    /// <summary>Its lease.</summary>
    Lease = 4,
}

/// <summary>A comparison: every key of the interval must stand like this to the operand.</summary>
public readonly ref struct Comparison
{
    /// <summary>The first key.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The end, in the forms that <see cref="KeyInterval"/> explains.</summary>
    public ReadOnlySpan<byte> RangeEnd { get; init; }

    /// <summary>What is compared.</summary>
    public ComparisonTarget Target { get; init; }

    /// <summary>How it must stand.</summary>
    public ComparisonResult Result { get; init; }

    /// <summary>The operand, for <see cref="ComparisonTarget.Value"/>.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>The operand, for all other targets.</summary>
    public long Number { get; init; }
}
