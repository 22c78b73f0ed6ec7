using Synod.Paxos;

namespace Synod.Store;

/// <content>
/// Shrinking. Nodes are given back when they are empty and never merged: with as many inserts as removals that costs
/// little room and saves most of the work (Johnson and Shasha 1993, B-trees with inserts and deletes: why free-at-empty
/// is better than merge-at-half).
/// </content>
internal sealed partial class KeyIndex
{
    /// <summary>Removes a key that does not exist now; the caller frees its bytes.</summary>
    /// <param name="position">As found by the <see cref="Locate"/> just before.</param>
    public void Remove(KeyPosition position)
    {
        ref LeafNode leaf = ref _leaves[position.Leaf];
        ulong bit = 1UL << position.Slot;
        Check.That(position.Found && (leaf.Live & bit) == 0);
        Keys--;
        Close((Span<ulong>)leaf.Heads, position.Slot, leaf.Count);
        Close((Span<SlabRef>)leaf.Keys, position.Slot, leaf.Count);
        Close((Span<uint>)leaf.Newest, position.Slot, leaf.Count);
        leaf.Live = (leaf.Live & (bit - 1)) | ((leaf.Live >> 1) & ~(bit - 1));
        leaf.Count--;
        if (leaf.Count == 0 && _depth > 0)
        {
            DropLeaf(position.Leaf);
            RemoveChild(_depth - 1);
            LowerRoot();
        }
    }

    private void DropLeaf(uint number)
    {
        ref LeafNode leaf = ref _leaves[number];
        if (leaf.Previous != 0)
        {
            _leaves[leaf.Previous].Next = leaf.Next;
        }
        if (leaf.Next != 0)
        {
            _leaves[leaf.Next].Previous = leaf.Previous;
        }
        leaf.Next = _freeLeaf;
        _freeLeaf = number;
    }

    private void RemoveChild(int level)
    {
        PathStep step = _path[level];
        ref InnerNode inner = ref _inners[step.Node];
        int slot = step.Slot;
        Check.That(inner.Live[slot] == 0);
        if (inner.Count == 1)
        {
            // Only the root's last child has no neighbour anywhere, and LowerRoot keeps the root from having just one.
            Check.That(level > 0);
            inner.Children[0] = _freeInner;
            _freeInner = step.Node;
            RemoveChild(level - 1);
            return;
        }
        // The separator in front goes. What stands in front of the first child is the node's own fence: there the next
        // separator goes.
        int separator = Math.Max(slot, 1);
        _bytes.Free(inner.Separators[separator]);
        Close((Span<ulong>)inner.Heads, separator, inner.Count);
        Close((Span<SlabRef>)inner.Separators, separator, inner.Count);
        Close((Span<uint>)inner.Children, slot, inner.Count);
        Close((Span<uint>)inner.Live, slot, inner.Count);
        inner.Count--;

        // A neighbour now answers for the removed child's keys, too: what its fences share may have become less.
        int wider = Math.Max(slot - 1, 0);
        SlabRef low = wider > 0 ? inner.Separators[wider] : step.Low;
        SlabRef high = wider + 1 < inner.Count ? inner.Separators[wider + 1] : step.High;
        Widen(inner.Children[wider], level + 1, low, high, atRight: slot > 0);
    }

    /// <summary>Gives a node new fences; those of its outermost descendant on that side move with them.</summary>
    private void Widen(uint node, int level, SlabRef low, SlabRef high, bool atRight)
    {
        if (level == _depth)
        {
            SetPrefix(ref _leaves[node], SharedPrefix(low, high));
            return;
        }
        ref InnerNode inner = ref _inners[node];
        SetPrefix(ref inner, SharedPrefix(low, high));
        int edge = atRight ? inner.Count - 1 : 0;
        Widen(
            inner.Children[edge],
            level + 1,
            edge > 0 ? inner.Separators[edge] : low,
            edge + 1 < inner.Count ? inner.Separators[edge + 1] : high,
            atRight);
    }

    private void LowerRoot()
    {
        while (_depth > 0 && _inners[_root].Count == 1)
        {
            uint only = _inners[_root].Children[0];
            _inners[_root].Children[0] = _freeInner;
            _freeInner = _root;
            _root = only;
            _depth--;
        }
    }

    /// <summary>Takes a slot out of <paramref name="count"/> entries.</summary>
    private static void Close<T>(Span<T> row, int slot, int count) => row[(slot + 1)..count].CopyTo(row[slot..]);
}
