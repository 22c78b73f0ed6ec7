using System.Buffers.Binary;

namespace Synod.Wire;

/// <summary>
/// Handshake messages to bytes and back. Little-endian:
/// <code>
///  0  8    magic: one byte over 127, "SYN", CR LF, Ctrl-Z, LF (no text protocol and no TLS record begins like it)
///  8  u16  protocol version of the speaker
/// 10  u8   kind
/// 11  u8   zero when written, ignored when read
/// 12  u32  length of the body
/// 16  u32  CRC-32C over bytes 0 to 15 and the body
/// 20  ...  body
/// Hello body:   u64 cluster, u32 from, u32 to, u8 lane, 3 zero bytes, u32 incarnation, u32 feature level, 16 identity
/// Refusal body: text.  Welcome body: empty.
/// </code>
/// These 20 bytes and the Refusal are the same in all versions, so that an old and a new node can tell each other why
/// they part. A body may be longer than this code knows: what is behind is ignored.
/// </summary>
public static class HandshakeCodec
{
    /// <summary>The protocol version that this code speaks.</summary>
    public const ushort Version = 2;

    /// <summary>Bytes before the body.</summary>
    public const int HeaderBytes = 20;

    /// <summary>The longest body, checked before anything is read into it.</summary>
    public const int BodyBytesMax = 1024;

    /// <summary>The longest message.</summary>
    public const int MessageBytesMax = HeaderBytes + BodyBytesMax;

    private const int HelloBodyBytes = 44;
    private const int VersionOffset = 8;
    private const int KindOffset = 10;
    private const int LengthOffset = 12;
    private const int ChecksumOffset = 16;

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'S', (byte)'Y', (byte)'N', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A Hello as bytes.</summary>
    public static byte[] Write(in Hello hello)
    {
        Span<byte> body = stackalloc byte[HelloBodyBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(body, hello.ClusterId);
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], hello.From);
        BinaryPrimitives.WriteUInt32LittleEndian(body[12..], hello.To);
        BinaryPrimitives.WriteUInt32LittleEndian(body[16..], hello.Lane);
        BinaryPrimitives.WriteUInt32LittleEndian(body[20..], hello.Incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(body[24..], hello.FeatureLevel);
        BinaryPrimitives.WriteUInt128LittleEndian(body[28..], hello.Identity);
        return Write(HandshakeKind.Hello, body);
    }

    /// <summary>A Refusal as bytes.</summary>
    public static byte[] WriteRefusal(string reason) => Write(HandshakeKind.Refusal, RefusalText.Write(reason));

    /// <summary>A Welcome as bytes.</summary>
    public static byte[] WriteWelcome() => Write(HandshakeKind.Welcome, []);

    /// <summary>
    /// Decodes the message that <paramref name="input"/> begins with. What is not this protocol is recognised by its
    /// first byte; nothing further of it is looked at.
    /// </summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="message">The message, when the answer is <see cref="HandshakeDecoding.Whole"/>.</param>
    /// <param name="bytesNeeded">
    /// How many bytes the message has, as far as is known: reading no more than this keeps the next message untouched.
    /// </param>
    public static HandshakeDecoding Decode(ReadOnlySpan<byte> input, out HandshakeMessage message, out int bytesNeeded)
    {
        message = default;
        bytesNeeded = HeaderBytes;
        int magicBytes = Math.Min(input.Length, Magic.Length);
        if (!input[..magicBytes].SequenceEqual(Magic[..magicBytes]))
        {
            return HandshakeDecoding.Foreign;
        }
        if (input.Length < HeaderBytes)
        {
            return HandshakeDecoding.Incomplete;
        }
        var kind = (HandshakeKind)input[KindOffset];
        bool isCurrent = BinaryPrimitives.ReadUInt16LittleEndian(input[VersionOffset..]) == Version;
        if (!isCurrent && kind != HandshakeKind.Refusal)
        {
            return HandshakeDecoding.UnknownVersion;
        }
        uint bodyBytes = BinaryPrimitives.ReadUInt32LittleEndian(input[LengthOffset..]);
        if (bodyBytes > BodyBytesMax)
        {
            return HandshakeDecoding.BadLength;
        }
        bytesNeeded = HeaderBytes + (int)bodyBytes;
        if (input.Length < bytesNeeded)
        {
            return HandshakeDecoding.Incomplete;
        }
        ReadOnlySpan<byte> body = input[HeaderBytes..bytesNeeded];
        return IsIntact(input[..HeaderBytes], body) ? DecodeBody(kind, body, out message) : HandshakeDecoding.Damaged;
    }

    /// <summary>The version in a message that was found to be of another version.</summary>
    public static ushort VersionOf(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt16LittleEndian(message[VersionOffset..]);

    private static bool IsIntact(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body) =>
        Crc32C.Of(body, Crc32C.Of(header[..ChecksumOffset]))
        == BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumOffset..]);

    private static HandshakeDecoding DecodeBody(
        HandshakeKind kind, ReadOnlySpan<byte> body, out HandshakeMessage message)
    {
        message = default;
        switch (kind)
        {
            case HandshakeKind.Hello when body.Length < HelloBodyBytes:
                return HandshakeDecoding.BadLength;
            case HandshakeKind.Hello:
                message = new HandshakeMessage(kind, ReadHello(body), null);
                return HandshakeDecoding.Whole;
            case HandshakeKind.Refusal:
                message = new HandshakeMessage(kind, default, RefusalText.Read(body));
                return HandshakeDecoding.Whole;
            case HandshakeKind.Welcome:
                message = new HandshakeMessage(kind, default, null);
                return HandshakeDecoding.Whole;
            default:
                return HandshakeDecoding.UnknownKind;
        }
    }

    private static Hello ReadHello(ReadOnlySpan<byte> body) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(body),
        BinaryPrimitives.ReadUInt32LittleEndian(body[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(body[12..]),
        body[16],
        BinaryPrimitives.ReadUInt32LittleEndian(body[20..]),
        BinaryPrimitives.ReadUInt32LittleEndian(body[24..]),
        BinaryPrimitives.ReadUInt128LittleEndian(body[28..]));

    private static byte[] Write(HandshakeKind kind, ReadOnlySpan<byte> body)
    {
        var message = new byte[HeaderBytes + body.Length];
        Span<byte> header = message.AsSpan(0, HeaderBytes);
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[VersionOffset..], Version);
        header[KindOffset] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthOffset..], body.Length);
        body.CopyTo(message.AsSpan(HeaderBytes));
        uint sum = Crc32C.Of(body, Crc32C.Of(header[..ChecksumOffset]));
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumOffset..], sum);
        return message;
    }
}
