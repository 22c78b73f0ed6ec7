using Synod.Paxos;

namespace Synod.Storage;

/// <summary>
/// For each key of each group the place of its latest persisted record: eight bytes a key, in pages, so that it grows
/// without copying. Keys are slots: dense, and mostly written in order.
/// </summary>
internal sealed class PositionIndex
{
    private const int PageKeys = 4096;
    private const int OffsetBits = 32;
    private const int OffsetUnitBytes = 8;

    /// <summary>Keys above this have no place: a page directory for them would not fit into memory.</summary>
    internal const ulong KeyMax = 1UL << 40;

    private uint[] _groups = [];
    private ulong[][][] _pages = [];
    private ulong[] _droppedUpTo = [];

    internal void Set(uint group, ulong key, ulong segment, long offset)
    {
        Check.That(key is > 0 and <= KeyMax);
        Check.That(segment < 1UL << OffsetBits && offset % OffsetUnitBytes == 0);
        Check.That(offset / OffsetUnitBytes < 1L << OffsetBits);
        ref var pages = ref PagesOf(group, out var dropped);
        if (key <= dropped)
        {
            return;
        }
        var page = (int)(key / PageKeys);
        if (page >= pages.Length)
        {
            Array.Resize(ref pages, Math.Max(page + 1, 2 * pages.Length));
        }
        // Pinned: a page lives for long, and the collector shall not carry it from one generation to the next.
        var entries = pages[page] ??= GC.AllocateArray<ulong>(PageKeys, pinned: true);
        entries[key % PageKeys] = (segment << OffsetBits) | (ulong)(offset / OffsetUnitBytes);
    }

    internal bool TryGet(uint group, ulong key, out ulong segment, out long offset)
    {
        var at = Array.BinarySearch(_groups, group);
        var page = key / PageKeys;
        var entries = at >= 0 && page < (ulong)_pages[at].Length && key > _droppedUpTo[at] ? _pages[at][page] : null;
        var entry = entries?[key % PageKeys] ?? 0;
        segment = entry >> OffsetBits;
        offset = (long)(entry & ((1UL << OffsetBits) - 1)) * OffsetUnitBytes;
        return entry != 0;
    }

    /// <summary>The highest key that has a page in this group: no key above it need be looked for.</summary>
    internal ulong KeyBound(uint group)
    {
        var at = Array.BinarySearch(_groups, group);
        return at < 0 ? 0 : (ulong)_pages[at].Length * PageKeys;
    }

    /// <summary>Forgets the places of all keys up to one: their segments go.</summary>
    internal void Drop(uint group, ulong upToKey)
    {
        ref var pages = ref PagesOf(group, out var dropped);
        if (upToKey <= dropped)
        {
            return;
        }
        _droppedUpTo[Array.BinarySearch(_groups, group)] = upToKey;
        var whole = Math.Min((upToKey + 1) / PageKeys, (ulong)pages.Length);
        for (var page = dropped / PageKeys; page < whole; page++)
        {
            pages[page] = null!;
        }
    }

    private ref ulong[][] PagesOf(uint group, out ulong droppedUpTo)
    {
        var at = Array.BinarySearch(_groups, group);
        if (at < 0)
        {
            at = ~at;
            _groups = [.. _groups[..at], group, .. _groups[at..]];
            _pages = [.. _pages[..at], [], .. _pages[at..]];
            _droppedUpTo = [.. _droppedUpTo[..at], 0UL, .. _droppedUpTo[at..]];
        }
        droppedUpTo = _droppedUpTo[at];
        return ref _pages[at];
    }
}
