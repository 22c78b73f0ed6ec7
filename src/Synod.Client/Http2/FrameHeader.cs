using System.Buffers.Binary;

namespace Synod.Client.Http2;

/// <summary>The nine bytes before every frame. RFC 9113, §4.1.</summary>
internal readonly record struct FrameHeader(int Length, FrameType Type, byte Flags, int StreamId)
{
    public const int Bytes = 9;
    public const int LengthMax = (1 << 24) - 1;

    /// <summary>Reads a header from the first nine bytes; the reserved bit is ignored, as §4.1 asks.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        int length = (source[0] << 16) | (source[1] << 8) | source[2];
        int stream = BinaryPrimitives.ReadInt32BigEndian(source[5..]) & int.MaxValue;
        return new FrameHeader(length, (FrameType)source[3], source[4], stream);
    }

    /// <summary>Writes the header into the first nine bytes.</summary>
    public void Write(Span<byte> target)
    {
        target[0] = (byte)(Length >> 16);
        target[1] = (byte)(Length >> 8);
        target[2] = (byte)Length;
        target[3] = (byte)Type;
        target[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(target[5..], StreamId);
    }

    public bool Has(byte flag) => (Flags & flag) != 0;
}
