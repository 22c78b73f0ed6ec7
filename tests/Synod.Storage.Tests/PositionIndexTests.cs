namespace Synod.Storage.Tests;

/// <summary>Where the latest record of each key stands: as a plain table would say, and as small as what is in use.</summary>
public sealed class PositionIndexTests
{
    [Fact]
    public void It_says_what_a_plain_table_says()
    {
        var random = new Random(4);
        for (var round = 0; round < 20; round++)
        {
            var index = new PositionIndex();
            var table = new SortedDictionary<ulong, (ulong, long)>();
            var start = round % 2 == 0 ? 1UL : (1UL << 41) + (ulong)random.Next(10_000);
            var top = start;
            var dropped = 0UL;
            for (var step = 0; step < 2000; step++)
            {
                var key = random.Next(10) == 0 ? start + (ulong)random.NextInt64((long)(top - start) + 1) : top += (ulong)random.Next(1, 40);
                var place = ((ulong)random.Next(1, 100), 8L * random.Next(1 << 20));
                index.Set(0, key, place.Item1, place.Item2);
                index.Set(7, key + 1, 1, 8);
                if (key > dropped)
                {
                    table[key] = place;
                }
                if (random.Next(200) == 0)
                {
                    dropped = Math.Max(dropped, top - (ulong)random.Next(20_000) % (top - start + 1));
                    index.Drop(0, dropped);
                    foreach (var gone in table.Keys.Where(k => k <= dropped).ToArray())
                    {
                        table.Remove(gone);
                    }
                }
            }
            Assert.True(index.KeyBound(0) >= top);
            for (var key = start > 100 ? start - 100 : 1; key <= top + 5000; key++)
            {
                var found = index.TryGet(0, key, out var segment, out var offset);
                Assert.Equal(table.TryGetValue(key, out var expected), found);
                Assert.Equal(found ? expected : default, (segment, offset));
            }
        }
    }

    /// <summary>2^40 decrees take 127 days at a hundred thousand a second: a node must be able to come there, and beyond.</summary>
    [Fact]
    public void However_high_the_keys_are_only_those_in_use_take_memory()
    {
        var index = new PositionIndex();
        const ulong First = PositionIndex.KeyMax - 100_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        index.Drop(0, First - 1);
        for (var key = First; key <= PositionIndex.KeyMax; key++)
        {
            index.Set(0, key, 3, 16);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 4 << 20);
        Assert.True(index.TryGet(0, PositionIndex.KeyMax, out _, out _));
        Assert.False(index.TryGet(0, First - 1, out _, out _));
    }

    [Fact]
    public void What_was_let_go_leaves_no_memory_behind()
    {
        var index = new PositionIndex();
        var growth = new List<long>();
        for (var key = 1UL; key <= 4_000_000; key++)
        {
            index.Set(0, key, 1, 8);
            if (key % 1_000_000 == 0)
            {
                index.Drop(0, key - 10);
                growth.Add((long)(index.KeyBound(0) - key));
            }
        }
        Assert.All(growth, beyond => Assert.InRange(beyond, 0, 1_100_000));
    }
}
