using Synod.Paxos;

namespace Synod.Storage;

/// <summary>
/// For each key of each group the place of its latest persisted record: eight bytes a key, in pages, so that it grows
/// without copying. Keys are slots: dense, mostly written in order, and forgotten from below; only the pages between the
/// lowest and the highest key that have a place take memory, however high the keys are.
/// </summary>
internal sealed class PositionIndex
{
    private sealed class Pages(uint group)
    {
        public readonly uint Group = group;
        public ulong First;
        public ulong[]?[] All = [];
        public ulong DroppedUpTo;
    }

    private const int PageKeys = 4096;
    private const int OffsetBits = 32;
    private const int OffsetUnitBytes = 8;

    /// <summary>No key is above this: arithmetic on keys does not overflow.</summary>
    internal const ulong KeyMax = 1UL << 62;

    /// <summary>
    /// From the lowest page in use to the highest. The places of so many records alone would take half a terabyte of memory:
    /// a journal is cut short by snapshots long before, or ends with its disk.
    /// </summary>
    private const ulong PagesMax = 1UL << 24;

    private Pages[] _groups = [];

    internal void Set(uint group, ulong key, ulong segment, long offset)
    {
        Check.That(key is > 0 and <= KeyMax);
        Check.That(segment < 1UL << OffsetBits && offset % OffsetUnitBytes == 0);
        Check.That(offset / OffsetUnitBytes < 1L << OffsetBits);
        var pages = PagesOf(group) ?? Add(group);
        if (key > pages.DroppedUpTo)
        {
            var entries = Reach(pages, key / PageKeys);
            entries[key % PageKeys] = (segment << OffsetBits) | (ulong)(offset / OffsetUnitBytes);
        }
    }

    internal bool TryGet(uint group, ulong key, out ulong segment, out long offset)
    {
        var pages = PagesOf(group);
        var page = key / PageKeys;
        var isThere = pages is not null && key > pages.DroppedUpTo && page >= pages.First
            && page - pages.First < (ulong)pages.All.Length;
        var entry = isThere ? pages!.All[page - pages.First]?[key % PageKeys] ?? 0 : 0;
        segment = entry >> OffsetBits;
        offset = (long)(entry & ((1UL << OffsetBits) - 1)) * OffsetUnitBytes;
        return entry != 0;
    }

    /// <summary>The highest key that has a page in this group: no key above it need be looked for.</summary>
    internal ulong KeyBound(uint group) =>
        PagesOf(group) is { } pages ? (pages.First + (ulong)pages.All.Length) * PageKeys : 0;

    /// <summary>Forgets the places of all keys up to one: their segments go.</summary>
    internal void Drop(uint group, ulong upToKey)
    {
        var pages = PagesOf(group) ?? Add(group);
        if (upToKey <= pages.DroppedUpTo)
        {
            return;
        }
        pages.DroppedUpTo = upToKey;
        var first = (upToKey + 1) / PageKeys;
        if (first > pages.First)
        {
            pages.All = pages.All[(int)Math.Min(first - pages.First, (ulong)pages.All.Length)..];
            pages.First = first;
        }
    }

    private static ulong[] Reach(Pages pages, ulong page)
    {
        if (pages.All.Length == 0)
        {
            pages.First = page;
        }
        if (page < pages.First)
        {
            Check.That(pages.First - page + (ulong)pages.All.Length <= PagesMax);
            pages.All = [.. new ulong[]?[(int)(pages.First - page)], .. pages.All];
            pages.First = page;
        }
        var at = page - pages.First;
        if (at >= (ulong)pages.All.Length)
        {
            Check.That(at < PagesMax);
            Array.Resize(ref pages.All, (int)Math.Min(Math.Max(at + 1, 2 * (ulong)pages.All.Length), PagesMax));
        }
        // Pinned: a page lives for long, and the collector shall not carry it from one generation to the next.
        return pages.All[at] ??= GC.AllocateArray<ulong>(PageKeys, pinned: true);
    }

    private Pages? PagesOf(uint group)
    {
        foreach (var pages in _groups)
        {
            if (pages.Group == group)
            {
                return pages;
            }
        }
        return null;
    }

    private Pages Add(uint group)
    {
        var pages = new Pages(group);
        _groups = [.. _groups, pages];
        return pages;
    }
}
