using System.Buffers.Binary;
using Synod.Paxos;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <summary>
/// How a snapshot is cut: length (4), kind (1), version (1), zeros (2), checksum (4), payload. Each checksum starts from
/// the one before, so that a chunk that is missing, doubled or strayed from another snapshot is noticed like a wrong bit.
/// </summary>
public static class SnapshotChunk
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 12;

    /// <summary>No chunk has a longer payload: one value of the longest kind fits, with room to spare.</summary>
    public const int PayloadBytesMax = 16 << 20;

    /// <summary>What the first checksum starts from.</summary>
    public const uint FirstChain = 0x5359534E;

    private const int ChecksumAt = 8;

    /// <summary>Makes a chunk.</summary>
    /// <param name="kind">What it holds; opaque here.</param>
    /// <param name="version">The version of its format.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="chain">The checksum of the chunk before; becomes this one's.</param>
    public static byte[] Seal(byte kind, byte version, ReadOnlySpan<byte> payload, ref uint chain)
    {
        Check.That(payload.Length <= PayloadBytesMax);
        var chunk = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(chunk, (uint)payload.Length);
        chunk[4] = kind;
        chunk[5] = version;
        payload.CopyTo(chunk.AsSpan(HeaderBytes));
        chain = ChecksumOf(chunk, payload.Length, chain);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk.AsSpan(ChecksumAt), chain);
        return chunk;
    }

    /// <summary>Looks at the start of a chunk.</summary>
    /// <param name="bytes">At least <see cref="HeaderBytes"/>.</param>
    /// <returns>Bytes of the whole chunk, or 0 if this is none.</returns>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return length <= PayloadBytesMax ? HeaderBytes + (int)length : 0;
    }

    /// <summary>Whether a whole chunk is what was written, behind the one with the checksum <paramref name="chain"/>.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> chunk, ref uint chain)
    {
        var checksum = ChecksumOf(chunk, chunk.Length - HeaderBytes, chain);
        if (BinaryPrimitives.ReadUInt32LittleEndian(chunk[ChecksumAt..]) != checksum)
        {
            return false;
        }
        chain = checksum;
        return true;
    }

    /// <summary>For who takes a chunk in pieces: the sum with which those of its payload go on.</summary>
    internal static uint BeginSum(ReadOnlySpan<byte> header, uint chain, out uint expected)
    {
        expected = BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]);
        return Crc32C.Of(header[..ChecksumAt], chain);
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> chunk, int payloadBytes, uint chain) =>
        Crc32C.Of(chunk.Slice(HeaderBytes, payloadBytes), Crc32C.Of(chunk[..ChecksumAt], chain));
}
