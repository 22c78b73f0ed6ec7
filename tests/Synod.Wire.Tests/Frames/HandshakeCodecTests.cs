using System.Text;
using Synod.Wire;

namespace Synod.Wire.Tests.Frames;

public sealed class HandshakeCodecTests
{
    private static readonly Hello Someone = new(0x1122334455667788, 1, 2, 2, 7, 3, UInt128.MaxValue - 5);

    [Fact]
    public void A_hello_is_read_back()
    {
        byte[] bytes = HandshakeCodec.Write(Someone);
        Assert.Equal(HandshakeDecoding.Whole, HandshakeCodec.Decode(bytes, out var message, out int needed));
        Assert.Equal(bytes.Length, needed);
        Assert.Equal(new HandshakeMessage(HandshakeKind.Hello, Someone, null), message);
    }

    [Fact]
    public void Welcome_and_refusal_are_read_back()
    {
        Assert.Equal(HandshakeDecoding.Whole, HandshakeCodec.Decode(HandshakeCodec.WriteWelcome(), out var yes, out _));
        Assert.Equal(HandshakeKind.Welcome, yes.Kind);
        byte[] no = HandshakeCodec.WriteRefusal("wrong cluster");
        Assert.Equal(HandshakeDecoding.Whole, HandshakeCodec.Decode(no, out var refusal, out _));
        Assert.Equal("wrong cluster", refusal.Reason);
    }

    [Fact]
    public void The_layout_of_the_header_is_pinned_for_all_versions()
    {
        byte[] bytes = HandshakeCodec.WriteRefusal("no");
        Assert.Equal("8953594E0D0A1A0A" + "0200" + "02" + "00" + "02000000", Convert.ToHexString(bytes.AsSpan(0, 16)));
    }

    [Fact]
    public void Reading_asks_for_no_byte_beyond_the_message()
    {
        byte[] bytes = HandshakeCodec.Write(Someone);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(
                HandshakeDecoding.Incomplete, HandshakeCodec.Decode(bytes.AsSpan(0, length), out _, out int needed));
            Assert.InRange(needed, length + 1, bytes.Length);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("S")]
    public void What_is_not_this_protocol_is_known_by_its_first_bytes(string text) =>
        Assert.Equal(HandshakeDecoding.Foreign, HandshakeCodec.Decode(Encoding.Latin1.GetBytes(text), out _, out _));

    [Fact]
    public void Another_version_is_named_but_its_refusal_is_understood()
    {
        byte[] hello = HandshakeCodec.Write(Someone);
        hello[8] = 9;
        Assert.Equal(HandshakeDecoding.UnknownVersion, HandshakeCodec.Decode(hello, out _, out _));
        Assert.Equal(9, HandshakeCodec.VersionOf(hello));

        byte[] refusal = HandshakeCodec.WriteRefusal("too old");
        refusal[8] = 9;
        Resum(refusal);
        Assert.Equal(HandshakeDecoding.Whole, HandshakeCodec.Decode(refusal, out var message, out _));
        Assert.Equal("too old", message.Reason);
    }

    [Fact]
    public void A_body_over_the_limit_is_refused_from_the_header_alone()
    {
        byte[] bytes = HandshakeCodec.WriteRefusal(new string('x', RefusalText.BytesMax));
        BitConverter.TryWriteBytes(bytes.AsSpan(12), HandshakeCodec.BodyBytesMax);
        Assert.Equal(HandshakeDecoding.Incomplete, HandshakeCodec.Decode(bytes.AsSpan(0, 20), out _, out _));
        BitConverter.TryWriteBytes(bytes.AsSpan(12), HandshakeCodec.BodyBytesMax + 1);
        Assert.Equal(HandshakeDecoding.BadLength, HandshakeCodec.Decode(bytes.AsSpan(0, 20), out _, out _));
    }

    [Fact]
    public void A_hello_may_grow_but_not_shrink()
    {
        byte[] hello = HandshakeCodec.Write(Someone);
        byte[] longer = [.. hello, 1, 2, 3];
        longer[12] += 3;
        Resum(longer);
        Assert.Equal(HandshakeDecoding.Whole, HandshakeCodec.Decode(longer, out var message, out _));
        Assert.Equal(Someone, message.Hello);

        byte[] shorter = hello[..^1];
        shorter[12] -= 1;
        Resum(shorter);
        Assert.Equal(HandshakeDecoding.BadLength, HandshakeCodec.Decode(shorter, out _, out _));
    }

    [Fact]
    public void Every_single_changed_bit_is_noticed()
    {
        byte[] hello = HandshakeCodec.Write(Someone);
        for (int bit = 0; bit < hello.Length * 8; bit++)
        {
            byte[] damaged = [.. hello];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(HandshakeDecoding.Whole, HandshakeCodec.Decode(damaged, out _, out _));
        }
    }

    [Fact]
    public void A_reason_is_cut_at_its_limit_and_cannot_forge_a_log_line()
    {
        byte[] bytes = RefusalText.Write(new string('é', RefusalText.BytesMax));
        Assert.Equal(RefusalText.BytesMax, bytes.Length);
        Assert.Equal(new string('é', RefusalText.BytesMax / 2), RefusalText.Read(bytes));
        Assert.Equal("a??b?", RefusalText.Read("a\r\nb\u202e"u8));
        Assert.Equal("no reason was given", RefusalText.Read([]));
    }

    private static void Resum(byte[] message)
    {
        uint sum = Crc32C.Of(message.AsSpan(20), Crc32C.Of(message.AsSpan(0, 16)));
        BitConverter.TryWriteBytes(message.AsSpan(16), sum);
    }
}
