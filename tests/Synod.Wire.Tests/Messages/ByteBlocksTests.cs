using System.Runtime.InteropServices;

namespace Synod.Wire.Tests;

/// <summary>Memory for what is kept for a while.</summary>
public sealed class ByteBlocksTests
{
    [Fact]
    public void No_two_slices_share_a_byte()
    {
        var blocks = new ByteBlocks();
        var slices = new List<(Memory<byte> Slice, byte Mark)>();
        for (var i = 0; i < 5_000; i++)
        {
            var slice = blocks.Take(i * 31 % (ByteBlocks.SharedBytesMax + 500));
            slice.Span.Fill((byte)i);
            slices.Add((slice, (byte)i));
        }
        for (var i = 0; i < slices.Count; i++)
        {
            Assert.Equal(i * 31 % (ByteBlocks.SharedBytesMax + 500), slices[i].Slice.Length);
            Assert.False(slices[i].Slice.Span.ContainsAnyExcept(slices[i].Mark));
        }
    }

    [Fact]
    public void A_small_value_in_a_block_is_kept_where_it_is()
    {
        var writer = new ByteWriter();
        writer.Bytes([1, 2, 3]);
        var frame = new ByteBlocks().Take(writer.Length);
        writer.Span.CopyTo(frame.Span);
        var reader = new ByteReader(frame);
        Assert.True(MemoryMarshal.TryGetArray(reader.Value().Bytes, out var part));
        Assert.Equal(ByteBlocks.BlockBytes, part.Array!.Length);
        Assert.Equal([1, 2, 3], part.ToArray());
    }

    [Fact]
    public void What_is_too_long_to_share_a_block_has_an_array_of_its_own()
    {
        Assert.True(MemoryMarshal.TryGetArray<byte>(new ByteBlocks().Take(ByteBlocks.SharedBytesMax + 1), out var part));
        Assert.Equal(ByteBlocks.SharedBytesMax + 1, part.Array!.Length);
    }
}
