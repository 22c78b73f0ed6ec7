using System.Buffers.Binary;

namespace Synod.Simulation;

/// <summary>Keys of simulated clients are at most eight bytes: as numbers they stand in the same order.</summary>
internal static class KeyCode
{
    public static ulong Of(ReadOnlySpan<byte> key)
    {
        Span<byte> padded = stackalloc byte[8];
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    /// <summary>A key that its lease alone deletes.</summary>
    public static bool IsLeased(ulong code) => code >> 56 == 'l';

    public static byte[] LeasedKey(int holder, int index) => [(byte)'l', (byte)('a' + holder), (byte)('a' + index)];
}
