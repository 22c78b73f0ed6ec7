using System.Text;
using Synod.Client.Http2;

namespace Synod.Client.Tests.Http2;

public class HuffmanCodeTests
{
    // Codes as RFC 7541, Appendix B prints them: symbol, code, bits. Long and odd ones, of every length from 10 bits
    // on.
    [Theory]
    [InlineData(0, 0x1ff8, 13)]
    [InlineData(10, 0x3ffffffc, 30)]
    [InlineData(13, 0x3ffffffd, 30)]
    [InlineData(22, 0x3ffffffe, 30)]
    [InlineData('!', 0x3f8, 10)]
    [InlineData('\'', 0x7fa, 11)]
    [InlineData('#', 0xffa, 12)]
    [InlineData('^', 0x3ffc, 14)]
    [InlineData('<', 0x7ffc, 15)]
    [InlineData('\\', 0x7fff0, 19)]
    [InlineData(128, 0xfffe6, 20)]
    [InlineData(195, 0x7fff1, 19)]
    [InlineData(208, 0x7fff2, 19)]
    [InlineData(153, 0x1fffdc, 21)]
    [InlineData(129, 0x3fffd2, 22)]
    [InlineData(1, 0x7fffd8, 23)]
    [InlineData(9, 0xffffea, 24)]
    [InlineData(199, 0x1ffffec, 25)]
    [InlineData(192, 0x3ffffe0, 26)]
    [InlineData(255, 0x3ffffee, 26)]
    [InlineData(203, 0x7ffffde, 27)]
    [InlineData(2, 0xfffffe2, 28)]
    [InlineData(249, 0xffffffe, 28)]
    public void Codes_are_those_of_appendix_B(int symbol, uint code, int bits)
    {
        // The code, then ones to the end of a byte.
        int padding = (8 - (bits % 8)) % 8;
        ulong padded = ((ulong)code << padding) | ((1UL << padding) - 1);
        byte[] encoded = new byte[(bits + padding) / 8];
        for (int at = encoded.Length - 1; at >= 0; at--)
        {
            encoded[at] = (byte)padded;
            padded >>= 8;
        }
        byte[] target = new byte[8];
        Assert.Equal(1, HuffmanCode.Decode(encoded, target));
        Assert.Equal((byte)symbol, target[0]);
    }

    [Theory]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com")]
    [InlineData("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com")]
    [InlineData("", "")]
    public void Strings_decode(string hex, string expected)
    {
        byte[] target = new byte[64];
        int length = HuffmanCode.Decode(Convert.FromHexString(hex), target);
        Assert.Equal(expected, Encoding.ASCII.GetString(target, 0, length));
    }

    [Theory]
    [InlineData("1e", "wrong padding")] // 'a' (00011), then zeros and ones
    [InlineData("1fff", "wrong padding")] // 'a', then eleven ones
    [InlineData("ffffffff", "end-of-string")]
    public void Wrong_padding_and_end_of_string_are_refused(string hex, string reason)
    {
        var refusal = Assert.Throws<Http2ProtocolException>(() =>
            HuffmanCode.Decode(Convert.FromHexString(hex), new byte[64]));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_string_longer_than_the_target_is_refused() =>
        Assert.Throws<Http2ProtocolException>(() =>
            HuffmanCode.Decode(Convert.FromHexString("f1e3c2e5f23a6ba0ab90f4ff"), new byte[14]));
}
