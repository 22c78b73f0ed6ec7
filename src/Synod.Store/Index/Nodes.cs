using System.Runtime.CompilerServices;

namespace Synod.Store;

/// <summary>Sixty-four key heads.</summary>
[InlineArray(KeyIndex.Fanout)]
internal struct Heads
{
    private ulong _first;
}

/// <summary>Sixty-four references to key bytes.</summary>
[InlineArray(KeyIndex.Fanout)]
internal struct KeyRefs
{
    private SlabRef _first;
}

/// <summary>Sixty-four numbers of nodes or versions.</summary>
[InlineArray(KeyIndex.Fanout)]
internal struct Numbers
{
    private uint _first;
}

/// <summary>
/// Where keys end: each with its newest version. All keys of a node share their first <see cref="PrefixLength"/> bytes
/// (those that its two fences share), and a head is the eight bytes after these, as a number: most comparisons need
/// nothing but the node itself. (Prefix truncation and poor man's normalized keys: Graefe and Larson 2001, B-Tree
/// Indexes and CPU Caches.)
/// </summary>
internal struct LeafNode
{
    public int Count;
    public int PrefixLength;

    /// <summary>Neighbours in key order, or 0.</summary>
    public uint Next;
    public uint Previous;

    /// <summary>Bit i is set if key i exists now: its newest version is no deletion.</summary>
    public ulong Live;

    public Heads Heads;
    public KeyRefs Keys;
    public Numbers Newest;
}

/// <summary>
/// An inner node: child i holds the keys from separator i (inclusive) to separator i + 1. Separator 0 is not there: the
/// node's own lower fence stands for it.
/// </summary>
internal struct InnerNode
{
    public int Count;
    public int PrefixLength;
    public Heads Heads;
    public KeyRefs Separators;
    public Numbers Children;

    /// <summary>How many keys exist now below each child: counting an interval needs no walk through it.</summary>
    public Numbers Live;
}

/// <summary>A place in a leaf. Slot may be one past the last key.</summary>
/// <param name="Leaf">The leaf's number; 0 is the end of all keys.</param>
/// <param name="Slot">The place within.</param>
/// <param name="Found">Whether the key looked for lies there.</param>
internal readonly record struct KeyPosition(uint Leaf, int Slot, bool Found);
