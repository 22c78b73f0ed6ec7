namespace Synod.Store.Tests;

/// <summary>Bytes in slabs.</summary>
public class ByteSlabsTests
{
    [Fact]
    public void Every_length_fits_its_block_and_wastes_at_most_a_fifth()
    {
        int last = -1;
        for (int length = 1; length <= SizeClasses.SharedBytesMax; length++)
        {
            int sizeClass = SizeClasses.ClassOf(length);
            int block = SizeClasses.BlockBytes(sizeClass);
            Assert.True(sizeClass == last || sizeClass == last + 1);
            Assert.True(block >= length && (block - length < 8 || (block - length) * 5 <= block), $"{length} in {block}");
            last = sizeClass;
        }
        Assert.Equal(SizeClasses.Count - 1, last);
        Assert.Equal(SizeClasses.SharedBytesMax, SizeClasses.BlockBytes(last));
    }

    [Fact]
    public void Bytes_stay_what_they_were_while_others_come_and_go()
    {
        var random = new Random(11);
        var slabs = new ByteSlabs();
        var kept = new List<(SlabRef Ref, byte[] Bytes)>();
        for (int round = 0; round < 60_000; round++)
        {
            if (kept.Count > 0 && random.Next(100) < (round / 10_000 % 2 == 0 ? 40 : 60))
            {
                int victim = random.Next(kept.Count);
                Assert.True(slabs[kept[victim].Ref].SequenceEqual(kept[victim].Bytes));
                slabs.Free(kept[victim].Ref);
                kept[victim] = kept[^1];
                kept.RemoveAt(kept.Count - 1);
                continue;
            }
            var bytes = new byte[random.Next(500) == 0 ? random.Next(300_000) : random.Next(200)];
            random.NextBytes(bytes);
            kept.Add((slabs.Store(bytes), bytes));
        }
        foreach ((SlabRef reference, byte[] bytes) in kept)
        {
            Assert.True(slabs[reference].SequenceEqual(bytes));
            slabs.Free(reference);
        }
        Assert.Equal(0, slabs.UsedBytes);
        // Of each class at most one slab may stay.
        Assert.InRange(slabs.Arrays, 0, SizeClasses.Count);
    }

    [Fact]
    public void No_bytes_take_no_room()
    {
        var slabs = new ByteSlabs();
        SlabRef none = slabs.Store([]);
        Assert.True(none.IsNone);
        Assert.True(slabs[none].IsEmpty);
        slabs.Free(none);
        Assert.Equal(0, slabs.AllocatedBytes);
    }

    [Fact]
    public void The_longest_bytes_are_stored_and_their_slab_is_given_back()
    {
        var slabs = new ByteSlabs();
        var bytes = new byte[SlabRef.LengthMax];
        bytes[^1] = 9;
        SlabRef reference = slabs.Store(bytes);
        Assert.Equal(9, slabs[reference][^1]);
        slabs.Free(reference);
        Assert.Equal(0, slabs.AllocatedBytes);
    }
}
