using System.Buffers.Binary;
using System.Numerics;

namespace Synod.Wire;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of frames and records: the polynomial for which processors have an instruction.
/// </summary>
public static class Crc32C
{
    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What to sum.</param>
    /// <param name="before">
    /// The checksum of the bytes that stand before these, so that a sum can be taken in pieces:
    /// <c>Of(b, Of(a))</c> is the sum of a followed by b.
    /// </param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint state = ~before;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (byte one in bytes)
        {
            state = BitOperations.Crc32C(state, one);
        }
        return ~state;
    }
}
