using System.Text;
using Synod.Wire;

namespace Synod.Wire.Tests.Frames;

public sealed class Crc32CTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0xC1D04330u)]
    [InlineData("123456789", 0xE3069283u)]
    public void Known_sums_are_met(string text, uint sum) =>
        Assert.Equal(sum, Crc32C.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Published_vectors_of_iSCSI_are_met()
    {
        // RFC 3720, B.4: 32 bytes of zeroes, of ones, and counting up.
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Of(Enumerable.Range(0, 32).Select(value => (byte)value).ToArray()));
    }

    [Fact]
    public void A_sum_can_be_taken_in_pieces_of_any_size()
    {
        var bytes = new byte[100];
        new Random(1).NextBytes(bytes);
        uint whole = BitByBit(bytes);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(whole, Crc32C.Of(bytes.AsSpan(cut), Crc32C.Of(bytes.AsSpan(0, cut))));
        }
    }

    /// <summary>The second opinion: the definition, one bit at a time.</summary>
    private static uint BitByBit(byte[] bytes)
    {
        uint state = uint.MaxValue;
        foreach (byte one in bytes)
        {
            state ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) == 0 ? state >> 1 : (state >> 1) ^ 0x82F63B78u;
            }
        }
        return ~state;
    }
}
