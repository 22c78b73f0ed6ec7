using Synod.Paxos;

namespace Synod.Store;

/// <summary>
/// Where some bytes lie in the slabs, and how many: slab number (24 bits), offset in units of eight bytes (17), length
/// (23). One word instead of an object: a million keys must not be a million things for the collector to follow.
/// </summary>
internal readonly record struct SlabRef(ulong Bits)
{
    private const int LengthBits = 23;
    private const int OffsetBits = 17;

    /// <summary>The longest run of bytes that can be referred to.</summary>
    public const int LengthMax = (1 << LengthBits) - 1;

    /// <summary>The number of slabs that can be referred to.</summary>
    public const int SlabsMax = 1 << 24;

    /// <summary>No bytes. Slab 0 is never used, so that this is distinct from every block.</summary>
    public static SlabRef None => default;

    /// <summary>Whether there are no bytes.</summary>
    public bool IsNone => Bits == 0;

    /// <summary>The slab's number.</summary>
    public int Slab => (int)(Bits >> (LengthBits + OffsetBits));

    /// <summary>The first byte within the slab.</summary>
    public int Offset => (int)((Bits >> LengthBits) & ((1UL << OffsetBits) - 1)) * SizeClasses.Granule;

    /// <summary>How many bytes.</summary>
    public int Length => (int)(Bits & LengthMax);

    /// <summary>Makes a reference.</summary>
    public static SlabRef Of(int slab, int offset, int length)
    {
        Check.That(slab is > 0 and < SlabsMax && length is > 0 and <= LengthMax);
        return new(((ulong)slab << (LengthBits + OffsetBits))
            | ((ulong)(offset / SizeClasses.Granule) << LengthBits)
            | (uint)length);
    }
}
