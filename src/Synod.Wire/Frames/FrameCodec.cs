using System.Buffers.Binary;
using Synod.Paxos;

namespace Synod.Wire;

/// <summary>What became of bytes that should be a frame.</summary>
public enum FrameDecoding
{
    /// <summary>A whole frame whose checksum is right.</summary>
    Whole,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The length is over the limit. Nothing behind it can be trusted: close the connection.</summary>
    TooLong,

    /// <summary>A checksum is wrong. Nothing behind it can be trusted: close the connection.</summary>
    Damaged,
}

/// <summary>The first bytes of a frame: length and kind are verified, the payload not yet.</summary>
/// <param name="Checksum">CRC-32C over the rest of the header and the payload.</param>
/// <param name="PayloadBytes">Length of the payload, within the limit.</param>
/// <param name="Kind">What the frame is for; perhaps a kind that this code does not know.</param>
public readonly record struct FrameHeader(uint Checksum, int PayloadBytes, FrameKind Kind)
{
    /// <summary>Header and payload together.</summary>
    public int FrameBytes => FrameCodec.HeaderBytes + PayloadBytes;
}

/// <summary>
/// Frames on a peer connection after its handshake. Little-endian:
/// <code>
///  0  u32  CRC-32C over everything behind it, payload included
///  4  u32  length of the payload in bytes
///  8  u8   kind
///  9  u24  the lower bits of the CRC-32C over length and kind
/// 12  ...  payload
/// </code>
/// The length is checked before anything is allocated for it or waited for: a reader that believed a changed length
/// would take all that follows for the payload, and hear nothing until that many bytes have come.
/// </summary>
public static class FrameCodec
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 12;

    /// <summary>The largest payload unless a host says otherwise: room for a snapshot chunk or a large batch.</summary>
    public const int PayloadBytesMaxDefault = 16 * 1024 * 1024;

    private const int LengthOffset = 4;
    private const int KindOffset = 8;
    private const int HeaderSumBits = 24;

    /// <summary>Writes header and payload; returns how many bytes were written.</summary>
    public static int Write(Span<byte> into, FrameKind kind, ReadOnlySpan<byte> payload)
    {
        Check.That(kind != FrameKind.None);
        Span<byte> frame = into[..(HeaderBytes + payload.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(frame[LengthOffset..], payload.Length);
        frame[KindOffset] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[KindOffset..], KindAndSum(frame));
        payload.CopyTo(frame[HeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Crc32C.Of(frame[LengthOffset..]));
        return frame.Length;
    }

    /// <summary>
    /// Reads the header alone, to learn how many bytes the frame has. Never says Whole of a length over the limit, nor of
    /// one that was changed on the way.
    /// </summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="payloadBytesMax">The largest payload that is taken.</param>
    /// <param name="header">The header, when the answer is <see cref="FrameDecoding.Whole"/>.</param>
    public static FrameDecoding ReadHeader(ReadOnlySpan<byte> input, int payloadBytesMax, out FrameHeader header)
    {
        header = default;
        if (input.Length < HeaderBytes)
        {
            return FrameDecoding.Incomplete;
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(input[KindOffset..]) != KindAndSum(input))
        {
            return FrameDecoding.Damaged;
        }
        uint payloadBytes = BinaryPrimitives.ReadUInt32LittleEndian(input[LengthOffset..]);
        if (payloadBytes > (uint)payloadBytesMax)
        {
            return FrameDecoding.TooLong;
        }
        header = new FrameHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(input), (int)payloadBytes, (FrameKind)input[KindOffset]);
        return FrameDecoding.Whole;
    }

    /// <summary>Whether the checksum in the header is that of the header's other bytes and the payload.</summary>
    /// <param name="header">The header's <see cref="HeaderBytes"/> bytes.</param>
    /// <param name="payload">The payload, which may lie elsewhere.</param>
    public static bool IsIntact(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        uint sum = Crc32C.Of(payload, Crc32C.Of(header[LengthOffset..HeaderBytes]));
        return sum == BinaryPrimitives.ReadUInt32LittleEndian(header);
    }

    /// <summary>Decodes the frame that <paramref name="input"/> begins with.</summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="payloadBytesMax">The largest payload that is taken.</param>
    /// <param name="header">The header, when the answer is <see cref="FrameDecoding.Whole"/>.</param>
    /// <param name="payload">The payload, within <paramref name="input"/>, likewise.</param>
    public static FrameDecoding Decode(
        ReadOnlySpan<byte> input, int payloadBytesMax, out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        FrameDecoding read = ReadHeader(input, payloadBytesMax, out header);
        if (read != FrameDecoding.Whole)
        {
            return read;
        }
        if (input.Length - HeaderBytes < header.PayloadBytes)
        {
            return FrameDecoding.Incomplete;
        }
        ReadOnlySpan<byte> bytes = input.Slice(HeaderBytes, header.PayloadBytes);
        if (!IsIntact(input[..HeaderBytes], bytes))
        {
            return FrameDecoding.Damaged;
        }
        payload = bytes;
        return FrameDecoding.Whole;
    }
    private static uint KindAndSum(ReadOnlySpan<byte> header) =>
        header[KindOffset] | (Crc32C.Of(header[LengthOffset..(KindOffset + 1)]) << (32 - HeaderSumBits));
}
