using System.Numerics;

namespace Synod.Store;

/// <summary>
/// A B+-tree over the keys, in arrays of structs. Searching and counting; the other parts of this class insert and
/// remove. A deleted key stays until compaction has forgotten its last version.
/// </summary>
internal sealed partial class KeyIndex
{
    /// <summary>Entries of a node; as many as there are bits in a leaf's mark of living keys.</summary>
    public const int Fanout = 64;

    private const int DepthMax = 32;
    private const int LeafChunkLog = 7;
    private const int InnerChunkLog = 4;

    private readonly ByteSlabs _bytes;
    private readonly StructTable<LeafNode> _leaves = new(LeafChunkLog);
    private readonly StructTable<InnerNode> _inners = new(InnerChunkLog);

    // The way of the last Locate from the root to the leaf, and the leaf's fences: what a change right after it needs.
    private readonly PathStep[] _path = new PathStep[DepthMax];
    private SlabRef _leafLow;
    private SlabRef _leafHigh;

    private uint _root;
    private int _depth;

    /// <summary>An empty index over key bytes in these slabs.</summary>
    public KeyIndex(ByteSlabs bytes)
    {
        _bytes = bytes;
        _root = AddLeaf();
    }

    /// <summary>Keys in the index, those deleted but not yet forgotten among them.</summary>
    public long Keys { get; private set; }

    /// <summary>Keys that exist now.</summary>
    public long LiveKeys { get; private set; }

    /// <summary>The number of arrays held.</summary>
    public int Arrays => _leaves.Arrays + _inners.Arrays;

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes => _leaves.AllocatedBytes + _inners.AllocatedBytes;

    /// <summary>Bytes in use, counted by keys: nodes' unused entries are left out.</summary>
    public long UsedBytes => Keys * (sizeof(ulong) + sizeof(ulong) + sizeof(uint));

    /// <summary>The leaf of that number.</summary>
    public ref LeafNode Leaf(uint number) => ref _leaves[number];

    /// <summary>
    /// The place of a key, or the one that it would get. Remembers the way there for a change right after.
    /// </summary>
    public KeyPosition Locate(ReadOnlySpan<byte> key)
    {
        uint node = _root;
        SlabRef low = SlabRef.None;
        SlabRef high = SlabRef.None;
        for (int level = 0; level < _depth; level++)
        {
            ref InnerNode inner = ref _inners[node];
            int slot = ChildSlot(ref inner, key);
            _path[level] = new PathStep(node, slot, low, high);
            if (slot + 1 < inner.Count)
            {
                high = inner.Separators[slot + 1];
            }
            if (slot > 0)
            {
                low = inner.Separators[slot];
            }
            node = inner.Children[slot];
        }
        _leafLow = low;
        _leafHigh = high;
        int place = LowerBound(ref _leaves[node], key, out bool found);
        return new KeyPosition(node, place, found);
    }

    /// <summary>
    /// The place of the first key at or after <paramref name="key"/>, never one past the end of a leaf.
    /// </summary>
    public KeyPosition Seek(ReadOnlySpan<byte> key)
    {
        KeyPosition position = Locate(key);
        ref LeafNode leaf = ref _leaves[position.Leaf];
        return position.Slot < leaf.Count ? position : new KeyPosition(leaf.Next, 0, false);
    }

    /// <summary>How many keys that exist now lie before <paramref name="key"/>.</summary>
    public long LiveBefore(ReadOnlySpan<byte> key)
    {
        KeyPosition position = Locate(key);
        long before = 0;
        for (int level = 0; level < _depth; level++)
        {
            ref InnerNode inner = ref _inners[_path[level].Node];
            for (int slot = 0; slot < _path[level].Slot; slot++)
            {
                before += inner.Live[slot];
            }
        }
        ulong mask = position.Slot == Fanout ? ulong.MaxValue : (1UL << position.Slot) - 1;
        return before + BitOperations.PopCount(_leaves[position.Leaf].Live & mask);
    }

    /// <summary>The key at a place.</summary>
    public ReadOnlySpan<byte> KeyAt(KeyPosition position) => _bytes[_leaves[position.Leaf].Keys[position.Slot]];

    /// <summary>The last child whose separator is not after the key.</summary>
    private int ChildSlot(ref InnerNode inner, ReadOnlySpan<byte> key)
    {
        // The key lies between the node's fences and so begins with all that these share.
        ulong head = KeyHead.Of(key, inner.PrefixLength);
        ReadOnlySpan<ulong> heads = inner.Heads;
        int low = 1;
        int high = inner.Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            ulong other = heads[middle];
            if (other < head || (other == head && _bytes[inner.Separators[middle]].SequenceCompareTo(key) <= 0))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low - 1;
    }

    private int LowerBound(ref LeafNode leaf, ReadOnlySpan<byte> key, out bool found)
    {
        ulong head = KeyHead.Of(key, leaf.PrefixLength);
        ReadOnlySpan<ulong> heads = leaf.Heads;
        int low = 0;
        int high = leaf.Count;
        found = false;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            ulong other = heads[middle];
            int order = other < head ? -1 : other > head ? 1 : _bytes[leaf.Keys[middle]].SequenceCompareTo(key);
            if (order == 0)
            {
                found = true;
                return middle;
            }
            if (order < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }

    private int SharedPrefix(SlabRef low, SlabRef high) =>
        low.IsNone || high.IsNone ? 0 : _bytes[low].CommonPrefixLength(_bytes[high]);

    /// <summary>One step of the way down: the inner node, the child taken, and the node's own fences.</summary>
    private readonly record struct PathStep(uint Node, int Slot, SlabRef Low, SlabRef High);
}
