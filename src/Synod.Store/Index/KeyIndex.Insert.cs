using System.Numerics;
using Synod.Paxos;

namespace Synod.Store;

/// <content>Changes of entries, and growth.</content>
internal sealed partial class KeyIndex
{
    // Emptied nodes, threaded through Next and through the first child.
    private uint _freeLeaf;
    private uint _freeInner;

    /// <summary>Gives a key that is there its newest version.</summary>
    /// <param name="position">As found by the <see cref="Locate"/> just before.</param>
    /// <param name="version">The newest version.</param>
    /// <param name="live">Whether the key exists with it.</param>
    public void SetNewest(KeyPosition position, uint version, bool live)
    {
        ref LeafNode leaf = ref _leaves[position.Leaf];
        Check.That(position.Slot < leaf.Count);
        leaf.Newest[position.Slot] = version;
        ulong bit = 1UL << position.Slot;
        if ((leaf.Live & bit) != 0 == live)
        {
            return;
        }
        leaf.Live ^= bit;
        AddLive(live ? 1 : -1);
    }

    /// <summary>Adds a key that is not there; it exists from now on.</summary>
    /// <param name="position">As found by the <see cref="Locate"/> just before.</param>
    /// <param name="key">The key's bytes, which stay where they are as long as the key is in the index.</param>
    /// <param name="version">Its version.</param>
    public void Insert(KeyPosition position, SlabRef key, uint version)
    {
        Check.That(!position.Found);
        Keys++;
        AddLive(1);
        ref LeafNode leaf = ref _leaves[position.Leaf];
        if (leaf.Count < Fanout)
        {
            InsertEntry(ref leaf, position.Slot, key, version);
        }
        else
        {
            SplitLeaf(position, key, version);
        }
    }

    private void AddLive(int change)
    {
        LiveKeys += change;
        for (int level = 0; level < _depth; level++)
        {
            ref uint live = ref _inners[_path[level].Node].Live[_path[level].Slot];
            live = (uint)(live + change);
        }
    }

    private void InsertEntry(ref LeafNode leaf, int slot, SlabRef key, uint version)
    {
        int count = leaf.Count;
        Open((Span<ulong>)leaf.Heads, slot, count) = KeyHead.Of(_bytes[key], leaf.PrefixLength);
        Open((Span<SlabRef>)leaf.Keys, slot, count) = key;
        Open((Span<uint>)leaf.Newest, slot, count) = version;
        ulong below = (1UL << slot) - 1;
        leaf.Live = (leaf.Live & below) | ((leaf.Live & ~below) << 1) | (1UL << slot);
        leaf.Count = count + 1;
    }

    private void SplitLeaf(KeyPosition position, SlabRef key, uint version)
    {
        uint rightNumber = AddLeaf();
        ref LeafNode left = ref _leaves[position.Leaf];
        ref LeafNode right = ref _leaves[rightNumber];
        // Keys that come in ascending order leave full leaves behind.
        bool appends = position.Slot == Fanout && _leafHigh.IsNone;
        int keep = appends ? Fanout : Fanout / 2;
        int moved = Fanout - keep;
        ((Span<ulong>)left.Heads)[keep..].CopyTo(right.Heads);
        ((Span<SlabRef>)left.Keys)[keep..].CopyTo(right.Keys);
        ((Span<uint>)left.Newest)[keep..].CopyTo(right.Newest);
        right.Live = moved == 0 ? 0 : left.Live >> keep;
        left.Live = moved == 0 ? left.Live : left.Live & ((1UL << keep) - 1);
        right.Count = moved;
        right.PrefixLength = left.PrefixLength;
        left.Count = keep;

        right.Next = left.Next;
        right.Previous = position.Leaf;
        if (left.Next != 0)
        {
            _leaves[left.Next].Previous = rightNumber;
        }
        left.Next = rightNumber;

        if (position.Slot > keep || appends)
        {
            InsertEntry(ref right, position.Slot - keep, key, version);
        }
        else
        {
            InsertEntry(ref left, position.Slot, key, version);
        }
        SlabRef separator = StoreSeparator(left.Keys[left.Count - 1], right.Keys[0]);
        SetPrefix(ref left, SharedPrefix(_leafLow, separator));
        SetPrefix(ref right, SharedPrefix(separator, _leafHigh));
        AddChild(_depth - 1, separator, rightNumber, LiveOf(ref left), LiveOf(ref right));
    }

    /// <summary>The shortest bytes after the last key on the left and not after the first on the right.</summary>
    private SlabRef StoreSeparator(SlabRef lastLeft, SlabRef firstRight)
    {
        ReadOnlySpan<byte> right = _bytes[firstRight];
        int length = _bytes[lastLeft].CommonPrefixLength(right) + 1;
        return _bytes.Store(right[..length]);
    }

    /// <summary>A node below <paramref name="level"/> on the path was split; hangs in the new right half.</summary>
    private void AddChild(int level, SlabRef separator, uint child, uint leftLive, uint rightLive)
    {
        if (level < 0)
        {
            AddRoot(separator, child, leftLive, rightLive);
            return;
        }
        PathStep step = _path[level];
        ref InnerNode inner = ref _inners[step.Node];
        inner.Live[step.Slot] = leftLive;
        if (inner.Count < Fanout)
        {
            InsertChild(ref inner, step.Slot + 1, separator, child, rightLive);
            return;
        }
        SplitInner(level, separator, child, rightLive);
    }

    private void SplitInner(int level, SlabRef separator, uint child, uint childLive)
    {
        PathStep step = _path[level];
        uint rightNumber = AddInner();
        ref InnerNode left = ref _inners[step.Node];
        ref InnerNode right = ref _inners[rightNumber];
        int slot = step.Slot + 1;
        bool appends = slot == Fanout && step.High.IsNone;
        int keep = appends ? Fanout : Fanout / 2;
        ((Span<ulong>)left.Heads)[keep..].CopyTo(right.Heads);
        ((Span<SlabRef>)left.Separators)[keep..].CopyTo(right.Separators);
        ((Span<uint>)left.Children)[keep..].CopyTo(right.Children);
        ((Span<uint>)left.Live)[keep..].CopyTo(right.Live);
        right.PrefixLength = left.PrefixLength;
        right.Count = Fanout - keep;
        left.Count = keep;

        SlabRef promoted = appends ? separator : right.Separators[0];
        if (slot > keep || appends)
        {
            InsertChild(ref right, slot - keep, separator, child, childLive);
        }
        else
        {
            InsertChild(ref left, slot, separator, child, childLive);
        }
        right.Separators[0] = SlabRef.None;
        right.Heads[0] = 0;
        SetPrefix(ref left, SharedPrefix(step.Low, promoted));
        SetPrefix(ref right, SharedPrefix(promoted, step.High));
        AddChild(level - 1, promoted, rightNumber, LiveOf(ref left), LiveOf(ref right));
    }

    private void AddRoot(SlabRef separator, uint child, uint leftLive, uint rightLive)
    {
        Check.That(_depth + 1 < DepthMax);
        uint number = AddInner();
        ref InnerNode root = ref _inners[number];
        root.Children[0] = _root;
        root.Live[0] = leftLive;
        root.Count = 1;
        InsertChild(ref root, 1, separator, child, rightLive);
        _root = number;
        _depth++;
    }

    private void InsertChild(ref InnerNode inner, int slot, SlabRef separator, uint child, uint live)
    {
        int count = inner.Count;
        Open((Span<ulong>)inner.Heads, slot, count) = KeyHead.Of(_bytes[separator], inner.PrefixLength);
        Open((Span<SlabRef>)inner.Separators, slot, count) = separator;
        Open((Span<uint>)inner.Children, slot, count) = child;
        Open((Span<uint>)inner.Live, slot, count) = live;
        inner.Count = count + 1;
    }

    private void SetPrefix(ref LeafNode leaf, int prefixLength)
    {
        if (leaf.PrefixLength == prefixLength)
        {
            return;
        }
        leaf.PrefixLength = prefixLength;
        for (int slot = 0; slot < leaf.Count; slot++)
        {
            leaf.Heads[slot] = KeyHead.Of(_bytes[leaf.Keys[slot]], prefixLength);
        }
    }

    private void SetPrefix(ref InnerNode inner, int prefixLength)
    {
        if (inner.PrefixLength == prefixLength)
        {
            return;
        }
        inner.PrefixLength = prefixLength;
        for (int slot = 1; slot < inner.Count; slot++)
        {
            inner.Heads[slot] = KeyHead.Of(_bytes[inner.Separators[slot]], prefixLength);
        }
    }

    private static uint LiveOf(ref LeafNode leaf) => (uint)BitOperations.PopCount(leaf.Live);

    private static uint LiveOf(ref InnerNode inner)
    {
        uint live = 0;
        for (int slot = 0; slot < inner.Count; slot++)
        {
            live += inner.Live[slot];
        }
        return live;
    }

    /// <summary>Makes room at a slot among <paramref name="count"/> entries.</summary>
    private static ref T Open<T>(Span<T> row, int slot, int count)
    {
        row[slot..count].CopyTo(row[(slot + 1)..]);
        return ref row[slot];
    }

    private uint AddLeaf()
    {
        if (_freeLeaf == 0)
        {
            return _leaves.Add();
        }
        uint number = _freeLeaf;
        _freeLeaf = _leaves[number].Next;
        _leaves[number] = default;
        return number;
    }

    private uint AddInner()
    {
        if (_freeInner == 0)
        {
            return _inners.Add();
        }
        uint number = _freeInner;
        _freeInner = _inners[number].Children[0];
        _inners[number] = default;
        return number;
    }
}
