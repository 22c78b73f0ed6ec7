using Synod.Paxos;

namespace Synod.Node;

/// <summary>
/// The watchers that are up to date, found by key: those of single keys in a hash table, those of ranges in an array
/// ordered by first key over which a tree of highest ends is laid, rebuilt when it is next needed.
/// </summary>
internal sealed class WatcherIndex
{
    // Looked up only, never enumerated: its order decides nothing.
    private readonly Dictionary<ReadOnlyMemory<byte>, List<Watcher>> _singles = new(KeyComparer.Instance);
    private readonly Dictionary<ReadOnlyMemory<byte>, List<Watcher>>.AlternateLookup<ReadOnlySpan<byte>> _singlesBySpan;
    private readonly List<Watcher> _ranges = [];

    // _reach[i] is the place of the range with the highest end within the subtree whose middle is i.
    private int[] _reach = [];
    private bool _isStale;

    public WatcherIndex() => _singlesBySpan = _singles.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a watcher.</summary>
    public void Add(Watcher watcher)
    {
        Count++;
        if (!watcher.Range.IsSingle)
        {
            _ranges.Add(watcher);
            _isStale = true;
            return;
        }
        if (!_singles.TryGetValue(watcher.Range.First, out var same))
        {
            _singles[watcher.Range.First] = same = [];
        }
        same.Add(watcher);
    }

    /// <summary>Removes a watcher that is there.</summary>
    public void Remove(Watcher watcher)
    {
        Count--;
        if (!watcher.Range.IsSingle)
        {
            Check.That(_ranges.Remove(watcher));
            _isStale = true;
            return;
        }
        var same = _singles[watcher.Range.First];
        Check.That(same.Remove(watcher));
        if (same.Count == 0)
        {
            _singles.Remove(watcher.Range.First);
        }
    }

    /// <summary>Adds to <paramref name="found"/> every watcher whose range holds the key.</summary>
    public void Find(ReadOnlySpan<byte> key, List<Watcher> found)
    {
        if (_singlesBySpan.TryGetValue(key, out var same))
        {
            found.AddRange(same);
        }
        if (_ranges.Count > 0)
        {
            if (_isStale)
            {
                Rebuild();
            }
            FindRanges(0, _ranges.Count, key, found);
        }
    }

    /// <summary>Removes all.</summary>
    public void Clear()
    {
        _singles.Clear();
        _ranges.Clear();
        _isStale = true;
        Count = 0;
    }

    private void FindRanges(int low, int high, ReadOnlySpan<byte> key, List<Watcher> found)
    {
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (IsBelow(_ranges[_reach[middle]].Range, key))
            {
                return; // No range in this subtree reaches as far as the key.
            }
            FindRanges(low, middle, key, found);
            var watcher = _ranges[middle];
            if (watcher.Range.First.Span.SequenceCompareTo(key) > 0)
            {
                return; // All further ranges begin behind the key.
            }
            if (!IsBelow(watcher.Range, key))
            {
                found.Add(watcher);
            }
            low = middle + 1;
        }
    }

    private static bool IsBelow(in WatchRange range, ReadOnlySpan<byte> key) =>
        !range.IsOpen && range.End.Span.SequenceCompareTo(key) <= 0;

    private void Rebuild()
    {
        _isStale = false;
        _ranges.Sort(static (left, right) => left.Range.First.Span.SequenceCompareTo(right.Range.First.Span));
        if (_reach.Length < _ranges.Count)
        {
            _reach = new int[Math.Max(_ranges.Count, _reach.Length * 2)];
        }
        Rebuild(0, _ranges.Count);
    }

    private int Rebuild(int low, int high)
    {
        var middle = low + (high - low) / 2;
        var highest = middle;
        if (low < middle)
        {
            highest = Further(highest, Rebuild(low, middle));
        }
        if (middle + 1 < high)
        {
            highest = Further(highest, Rebuild(middle + 1, high));
        }
        _reach[middle] = highest;
        return highest;
    }

    private int Further(int left, int right)
    {
        var (ofLeft, ofRight) = (_ranges[left].Range, _ranges[right].Range);
        var leftIsFurther =
            ofLeft.IsOpen || (!ofRight.IsOpen && ofLeft.End.Span.SequenceCompareTo(ofRight.End.Span) >= 0);
        return leftIsFurther ? left : right;
    }
}
