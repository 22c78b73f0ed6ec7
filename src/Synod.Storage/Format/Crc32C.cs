using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Synod.Storage.Format;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where it has one: eight bytes a step.</summary>
public static class Crc32C
{
    /// <summary>
    /// The checksum of some bytes, or of bytes that follow those of which <paramref name="before"/> is the checksum.
    /// </summary>
    /// <param name="bytes">What to add.</param>
    /// <param name="before">The checksum of what stands before; 0 at the start.</param>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        var crc = ~before;
        if (BitConverter.IsLittleEndian)
        {
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            {
                crc = BitOperations.Crc32C(crc, word);
            }
        }
        else
        {
            for (var at = 0; at + 8 <= bytes.Length; at += 8)
            {
                crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]));
            }
        }
        foreach (var one in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, one);
        }
        return ~crc;
    }
}
