using System.Numerics;

namespace Synod.Store;

/// <summary>
/// Which block sizes the slabs are cut into: multiples of eight up to 128 bytes, then four sizes for each doubling, so
/// that at most a fifth of a block is left empty.
/// </summary>
internal static class SizeClasses
{
    /// <summary>All blocks begin at multiples of this.</summary>
    public const int Granule = 8;

    /// <summary>
    /// The largest block that shares a slab with others; longer runs of bytes get a slab of their own.
    /// </summary>
    public const int SharedBytesMax = 128 * 1024;

    /// <summary>The number of classes.</summary>
    public const int Count = FineCount + (4 * 10);

    private const int FineBytesMax = 128;
    private const int FineCount = FineBytesMax / Granule;
    private const int FineLog = 7;

    /// <summary>The class whose blocks hold <paramref name="length"/> bytes.</summary>
    public static int ClassOf(int length)
    {
        if (length <= FineBytesMax)
        {
            return (length - 1) / Granule;
        }
        int last = length - 1;
        int log = BitOperations.Log2((uint)last);
        return FineCount + ((log - FineLog) * 4) + ((last >> (log - 2)) & 3);
    }

    /// <summary>The size of the blocks of a class.</summary>
    public static int BlockBytes(int sizeClass)
    {
        if (sizeClass < FineCount)
        {
            return (sizeClass + 1) * Granule;
        }
        int step = sizeClass - FineCount;
        int log = FineLog + (step / 4);
        return (1 << log) + (((step % 4) + 1) << (log - 2));
    }
}
