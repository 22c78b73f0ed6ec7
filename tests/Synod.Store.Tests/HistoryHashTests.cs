namespace Synod.Store.Tests;

/// <summary>The sum over the history.</summary>
public sealed class HistoryHashTests
{
    private const int Everything = int.MaxValue;

    [Fact]
    public void Equal_histories_have_equal_sums_and_unequal_ones_do_not()
    {
        var one = new TestStore();
        var other = new TestStore();
        Fill(one, 200);
        Fill(other, 200);
        Assert.Equal(SumOf(one, 0), SumOf(other, 0));
        other.Run(new Put("k1", "different"));
        Assert.NotEqual(SumOf(one, 0), SumOf(other, 0));
        Assert.Equal(SumOf(one, 150), SumOf(other, 150));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void A_sum_taken_piece_by_piece_is_the_same_even_when_writes_come_between(int piece)
    {
        var store = new TestStore();
        Fill(store, 300);
        var whole = SumOf(store, 250);
        var hash = new HistoryHash(250);
        for (var step = 0; !hash.IsWhole; step++)
        {
            store.Store.Hash(hash, piece);
            store.Run(new Put($"k{step % 40}", "later"));
            store.Run(new Put($"new{step}", "later"));
        }
        Assert.Equal(whole, hash.Sum);
    }

    [Fact]
    public void How_much_was_forgotten_after_a_compaction_does_not_matter()
    {
        var quick = new TestStore();
        var slow = new TestStore();
        foreach (var store in new[] { quick, slow })
        {
            Fill(store, 1000);
            store.Run(new Delete("k3"));
            store.Run(new CompactAt(store.Store.CurrentRevision));
        }
        while (quick.Store.Reclaim(100))
        {
            // Until nothing is left.
        }
        Assert.True(slow.Store.Reclaim(0));
        Assert.Equal(SumOf(slow, 0), SumOf(quick, 0));
    }

    [Fact]
    public void A_compaction_between_two_pieces_begins_the_sum_anew()
    {
        var store = new TestStore();
        Fill(store, 300);
        var hash = new HistoryHash(0);
        store.Store.Hash(hash, 50);
        store.Run(new CompactAt(200));
        store.Store.Hash(hash, Everything);
        Assert.Equal(200, hash.CompactedRevision);
        Assert.Equal(SumOf(store, 0), hash.Sum);
    }

    [Fact]
    public void Compacted_and_future_revisions_have_no_sum()
    {
        var store = new TestStore();
        Fill(store, 100);
        store.Run(new CompactAt(50));
        Assert.Equal(StoreError.Compacted, ErrorOf(store, 49));
        Assert.Equal(StoreError.None, ErrorOf(store, 50));
        Assert.Equal(StoreError.None, ErrorOf(store, store.Store.CurrentRevision));
        Assert.Equal(StoreError.FutureRevision, ErrorOf(store, store.Store.CurrentRevision + 1));
    }

    private static void Fill(TestStore store, int puts)
    {
        for (var i = 0; i < puts; i++)
        {
            store.Run(new Put($"k{i % 37}", $"v{i}"));
        }
    }

    private static uint SumOf(TestStore store, long revision) => Taken(store, revision).Sum;

    private static StoreError ErrorOf(TestStore store, long revision) => Taken(store, revision).Error;

    private static HistoryHash Taken(TestStore store, long revision)
    {
        var hash = new HistoryHash(revision);
        store.Store.Hash(hash, Everything);
        return hash;
    }
}
