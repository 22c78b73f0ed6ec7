using Synod.Client.Http2;

namespace Synod.Client.Tests.Http2;

public class FrameReaderTests
{
    [Fact]
    public void A_header_survives_writing_and_reading()
    {
        var header = new FrameHeader(FrameHeader.LengthMax, FrameType.Continuation, 0x25, int.MaxValue);
        byte[] bytes = new byte[FrameHeader.Bytes];
        header.Write(bytes);
        Assert.Equal(header, FrameHeader.Read(bytes));
        bytes[5] |= 0x80; // the reserved bit
        Assert.Equal(header, FrameHeader.Read(bytes));
    }

    [Fact]
    public void Frames_come_out_the_same_however_the_bytes_are_cut()
    {
        var random = new Random(9113);
        for (int round = 0; round < 300; round++)
        {
            var sent = new List<(FrameHeader Header, byte[] Payload)>();
            var stream = new MemoryStream();
            for (int number = random.Next(1, 8); number > 0; number--)
            {
                byte[] payload = new byte[random.Next(0, 300)];
                random.NextBytes(payload);
                var header = new FrameHeader(payload.Length, (FrameType)random.Next(12), (byte)random.Next(256),
                    random.Next());
                byte[] bytes = new byte[FrameHeader.Bytes];
                header.Write(bytes);
                stream.Write(bytes);
                stream.Write(payload);
                sent.Add((header, payload));
            }
            Assert.Equal(
                sent.Select(frame => (frame.Header, Convert.ToHexString(frame.Payload))),
                Cut(stream.ToArray(), random));
        }
    }

    [Fact]
    public void A_frame_over_the_limit_is_refused_before_it_is_whole()
    {
        byte[] bytes = new byte[FrameHeader.Bytes];
        new FrameHeader(FrameReader.FrameBytesMax, FrameType.Data, 0, 1).Write(bytes);
        ReadOnlySpan<byte> atLimit = bytes;
        Assert.False(FrameReader.TryTake(ref atLimit, out _, out _));
        new FrameHeader(FrameReader.FrameBytesMax + 1, FrameType.Data, 0, 1).Write(bytes);
        Assert.Throws<Http2ProtocolException>(() =>
        {
            ReadOnlySpan<byte> past = bytes;
            FrameReader.TryTake(ref past, out _, out _);
        });
    }

    [Theory]
    [InlineData((int)FrameType.Data, 0, "0102", "0102")]
    [InlineData((int)FrameType.Data, FrameFlags.Padded, "02aabb0000", "aabb")]
    [InlineData((int)FrameType.Data, FrameFlags.Padded, "020000", "")]
    [InlineData((int)FrameType.Headers, FrameFlags.Priority, "0000000010cc", "cc")]
    [InlineData((int)FrameType.Headers, FrameFlags.Padded | FrameFlags.Priority, "010000000010dd00", "dd")]
    public void Content_is_without_padding_and_priority(int type, byte flags, string payload, string expected)
    {
        byte[] bytes = Convert.FromHexString(payload);
        Assert.Equal(
            Convert.FromHexString(expected),
                FrameReader.Content(new FrameHeader(bytes.Length, (FrameType)type, flags, 1), bytes).ToArray());
    }

    [Theory]
    [InlineData((int)FrameType.Data, FrameFlags.Padded, "")]
    [InlineData((int)FrameType.Data, FrameFlags.Padded, "0300ff")]
    [InlineData((int)FrameType.Headers, FrameFlags.Priority, "00000000")]
    public void Padding_and_priority_that_do_not_fit_are_refused(int type, byte flags, string payload)
    {
        byte[] bytes = Convert.FromHexString(payload);
        Assert.Throws<Http2ProtocolException>(
            () => FrameReader.Content(new FrameHeader(bytes.Length, (FrameType)type, flags, 1), bytes).ToArray());
    }

    private static List<(FrameHeader Header, string Payload)> Cut(byte[] bytes, Random random)
    {
        var frames = new List<(FrameHeader, string)>();
        byte[] held = [];
        int at = 0;
        while (at < bytes.Length)
        {
            int step = Math.Min(random.Next(1, 60), bytes.Length - at);
            held = [.. held, .. bytes.AsSpan(at, step)];
            at += step;
            ReadOnlySpan<byte> rest = held;
            while (FrameReader.TryTake(ref rest, out FrameHeader header, out ReadOnlySpan<byte> payload))
            {
                frames.Add((header, Convert.ToHexString(payload)));
            }
            held = rest.ToArray();
        }
        Assert.Empty(held);
        return frames;
    }
}
