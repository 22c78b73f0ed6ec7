using System.Buffers.Binary;

namespace Synod.Store;

/// <summary>The part of a key that nodes hold themselves.</summary>
internal static class KeyHead
{
    /// <summary>
    /// The eight bytes after <paramref name="skip"/> as a number, short keys filled up with zeros. Different heads
    /// order as their keys do; equal heads say nothing.
    /// </summary>
    public static ulong Of(ReadOnlySpan<byte> key, int skip)
    {
        ReadOnlySpan<byte> rest = key[skip..];
        if (rest.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(rest);
        }
        ulong head = 0;
        for (int index = 0; index < rest.Length; index++)
        {
            head |= (ulong)rest[index] << (56 - (index * 8));
        }
        return head;
    }
}
