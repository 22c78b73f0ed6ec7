namespace Synod.Node;

/// <summary>Which keys a watcher wants: one, those below an end, or all from the first on.</summary>
public readonly struct WatchRange
{
    private readonly ReadOnlyMemory<byte> _end;

    private WatchRange(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> end, bool isSingle, bool isOpen)
    {
        First = first;
        _end = end;
        IsSingle = isSingle;
        IsOpen = isOpen;
    }

    /// <summary>The lowest key.</summary>
    public ReadOnlyMemory<byte> First { get; }

    /// <summary>The first key behind the range; without meaning if it is single or open.</summary>
    public ReadOnlyMemory<byte> End => _end;

    /// <summary>Just the one key.</summary>
    public bool IsSingle { get; }

    /// <summary>Everything from the first key on.</summary>
    public bool IsOpen { get; }

    /// <summary>No key is in it.</summary>
    public bool IsEmpty => !IsSingle && !IsOpen && First.Span.SequenceCompareTo(_end.Span) >= 0;

    /// <summary>One key.</summary>
    public static WatchRange Single(ReadOnlyMemory<byte> key) => new(key, default, isSingle: true, isOpen: false);

    /// <summary>From the first key to below the end.</summary>
    public static WatchRange Below(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> end) =>
        new(first, end, isSingle: false, isOpen: false);

    /// <summary>From the first key on.</summary>
    public static WatchRange From(ReadOnlyMemory<byte> first) => new(first, default, isSingle: false, isOpen: true);

    /// <summary>Whether the key is in the range.</summary>
    public bool Contains(ReadOnlySpan<byte> key)
    {
        if (IsSingle)
        {
            return key.SequenceEqual(First.Span);
        }
        return key.SequenceCompareTo(First.Span) >= 0 && (IsOpen || key.SequenceCompareTo(_end.Span) < 0);
    }
}
