using System.Runtime.InteropServices;
using Synod.Paxos;

namespace Synod.Wire.Tests;

/// <summary>What a value that is kept keeps alive.</summary>
public sealed class KeptMemoryTests
{
    private const int Large = 1 << 20;

    [Fact]
    public void A_small_value_does_not_keep_its_large_frame_alive()
    {
        var value = ReadBack(valueBytes: 100, frameBytes: Large);
        Assert.Equal(100, ArrayBehind(value).Length);
        Assert.All(value.Bytes.ToArray(), b => Assert.Equal(7, b));
    }

    [Theory]
    [InlineData(ByteReader.FrameBytesKeptMin, 1)]
    [InlineData(Large, Large / ByteReader.KeptShareMax)]
    public void A_value_of_a_small_frame_or_a_large_part_of_a_frame_is_not_copied(int frameBytes, int valueBytes) =>
        Assert.Equal(frameBytes, ArrayBehind(ReadBack(valueBytes, frameBytes)).Length);

    [Theory]
    [InlineData(ByteReader.FrameBytesKeptMin + 1, 1)]
    [InlineData(Large, Large / ByteReader.KeptShareMax - 1)]
    public void One_byte_past_either_bound_it_is_copied(int frameBytes, int valueBytes) =>
        Assert.Equal(valueBytes, ArrayBehind(ReadBack(valueBytes, frameBytes)).Length);

    private static Value ReadBack(int valueBytes, int frameBytes)
    {
        var writer = new ByteWriter();
        writer.Bytes(Enumerable.Repeat((byte)7, valueBytes).ToArray());
        var frame = new byte[frameBytes];
        writer.Span.CopyTo(frame);
        var reader = new ByteReader(frame);
        var value = reader.Value();
        Assert.False(reader.IsBad);
        return value;
    }

    private static byte[] ArrayBehind(Value value)
    {
        Assert.True(MemoryMarshal.TryGetArray(value.Bytes, out var part));
        return part.Array!;
    }
}
