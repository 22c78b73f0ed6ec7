using System.Buffers.Binary;
using System.Numerics;

namespace Synod.Explorer.Tests;

public class StateHashTests
{
    [Fact]
    public void A_million_alike_inputs_have_no_collision_in_either_half()
    {
        var high = new HashSet<ulong>();
        var low = new HashSet<ulong>();
        var bytes = new byte[40];
        for (var i = 0; i < 1_000_000; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i % 9 * 4), i);
            var hash = StateHash.Of(bytes);
            high.Add(hash.High);
            low.Add(hash.Low);
        }
        // Repeated inputs excepted: the same number written twice into the same place.
        Assert.Equal(1_000_000, high.Count);
        Assert.Equal(1_000_000, low.Count);
    }

    [Fact]
    public void Every_bit_of_the_input_changes_about_half_of_the_output()
    {
        var bytes = new byte[29];
        var plain = StateHash.Of(bytes);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var hash = StateHash.Of(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.InRange(BitOperations.PopCount(hash.High ^ plain.High), 12, 52);
            Assert.InRange(BitOperations.PopCount(hash.Low ^ plain.Low), 12, 52);
        }
    }

    [Fact]
    public void Zeros_of_different_lengths_differ()
    {
        var seen = new HashSet<StateHash>();
        for (var length = 0; length < 100; length++)
        {
            Assert.True(seen.Add(StateHash.Of(new byte[length])));
        }
    }

    [Fact]
    public void Order_counts_in_a_digest()
    {
        var (a, b) = (StateHash.Of([1]), StateHash.Of([2]));
        Assert.NotEqual(a.Then(b), b.Then(a));
    }
}
