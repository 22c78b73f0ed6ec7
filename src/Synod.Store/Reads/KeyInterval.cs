namespace Synod.Store;

/// <summary>
/// The keys that a key and a range end name. No range end: that key alone. A single zero byte: all keys from that key
/// on. Else: from that key on, up to the range end and without it; none if the range end is not after the key.
/// </summary>
/// <param name="key">The first key.</param>
/// <param name="rangeEnd">The range end.</param>
public readonly ref struct KeyInterval(ReadOnlySpan<byte> key, ReadOnlySpan<byte> rangeEnd)
{
    /// <summary>The first key.</summary>
    public ReadOnlySpan<byte> Key { get; } = key;

    /// <summary>The range end as given.</summary>
    public ReadOnlySpan<byte> RangeEnd { get; } = rangeEnd;

    /// <summary>Only one key is meant.</summary>
    public bool IsPoint => RangeEnd.IsEmpty;

    /// <summary>There is no upper end.</summary>
    public bool IsUnbounded => RangeEnd.Length == 1 && RangeEnd[0] == 0;

    /// <summary>No key can be in it.</summary>
    public bool IsEmpty => !IsPoint && !IsUnbounded && Key.SequenceCompareTo(RangeEnd) >= 0;

    /// <summary>Whether a key is in it.</summary>
    public bool Contains(ReadOnlySpan<byte> key) => IsPoint
        ? key.SequenceEqual(Key)
        : key.SequenceCompareTo(Key) >= 0 && (IsUnbounded || key.SequenceCompareTo(RangeEnd) < 0);
}
