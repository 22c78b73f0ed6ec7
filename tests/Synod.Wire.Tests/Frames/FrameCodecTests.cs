using System.Buffers.Binary;
using Synod.Paxos;
using Synod.Wire;

namespace Synod.Wire.Tests.Frames;

public sealed class FrameCodecTests
{
    private const int PayloadBytesMax = 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(PayloadBytesMax)]
    public void What_was_written_is_read_back(int payloadBytes)
    {
        byte[] payload = Bytes(payloadBytes);
        byte[] frame = Framed(FrameKind.Payload, payload);
        Assert.Equal(FrameDecoding.Whole, FrameCodec.Decode(frame, PayloadBytesMax, out var header, out var read));
        Assert.Equal(FrameKind.Payload, header.Kind);
        Assert.Equal(frame.Length, header.FrameBytes);
        Assert.Equal(payload, read.ToArray());
    }

    [Fact]
    public void The_layout_is_pinned()
    {
        byte[] frame = Framed(FrameKind.Refusal, [0xAA, 0xBB]);
        Assert.Equal("0200000002" + "9AD96B" + "AABB", Convert.ToHexString(frame.AsSpan(4)));
        Assert.Equal(Crc32C.Of(frame.AsSpan(4)), BinaryPrimitives.ReadUInt32LittleEndian(frame));
    }

    [Fact]
    public void Every_shorter_prefix_asks_for_more()
    {
        byte[] frame = Framed(FrameKind.Payload, Bytes(40));
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.Equal(FrameDecoding.Incomplete, FrameCodec.Decode(frame.AsSpan(0, length), 40, out _, out _));
        }
    }

    [Fact]
    public void One_byte_over_the_limit_is_refused_from_the_header_alone()
    {
        byte[] frame = Framed(FrameKind.Payload, Bytes(PayloadBytesMax + 1));
        Span<byte> header = frame.AsSpan(0, FrameCodec.HeaderBytes);
        Assert.Equal(FrameDecoding.TooLong, FrameCodec.Decode(header, PayloadBytesMax, out _, out _));
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], uint.MaxValue);
        Assert.Equal(FrameDecoding.Damaged, FrameCodec.Decode(header, PayloadBytesMax, out _, out _));
    }

    [Fact]
    public void Every_single_changed_bit_is_noticed()
    {
        byte[] frame = Framed(FrameKind.Payload, Bytes(20));
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] damaged = [.. frame];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(
                FrameDecoding.Whole, FrameCodec.Decode(damaged, PayloadBytesMax, out _, out var payload));
            Assert.True(payload.IsEmpty);
        }
    }

    [Fact]
    public void A_changed_length_or_kind_is_noticed_from_the_header_alone()
    {
        // Or the reader would wait for megabytes that nobody sends, and the lane would be deaf for as long.
        byte[] header = [.. Framed(FrameKind.Payload, Bytes(20)).Take(FrameCodec.HeaderBytes)];
        for (int bit = 4 * 8; bit < header.Length * 8; bit++)
        {
            byte[] damaged = [.. header];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(FrameDecoding.Damaged, FrameCodec.Decode(damaged, int.MaxValue, out _, out _));
        }
    }

    [Fact]
    public void Zeroed_memory_is_not_a_frame() =>
        Assert.Equal(FrameDecoding.Damaged, FrameCodec.Decode(new byte[64], PayloadBytesMax, out _, out _));

    [Fact]
    public void A_kind_of_the_future_is_whole_so_that_it_can_be_skipped()
    {
        byte[] frame = Framed((FrameKind)200, Bytes(3));
        Assert.Equal(FrameDecoding.Whole, FrameCodec.Decode(frame, PayloadBytesMax, out var header, out _));
        Assert.Equal(200, (int)header.Kind);
        Assert.Equal(frame.Length, header.FrameBytes);
    }

    [Fact]
    public void The_kind_that_means_nothing_cannot_be_written() =>
        Assert.Throws<InvariantViolatedException>(() => Framed(FrameKind.None, []));

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Framed(FrameKind kind, byte[] payload)
    {
        var frame = new byte[FrameCodec.HeaderBytes + payload.Length];
        Assert.Equal(frame.Length, FrameCodec.Write(frame, kind, payload));
        return frame;
    }
}
