namespace Synod.Store.Tests;

/// <summary>What a revision is, and which requests take one.</summary>
public class RevisionTests
{
    private readonly TestStore _store = new();

    [Fact]
    public void The_store_starts_at_revision_1_and_the_first_put_gets_2()
    {
        Assert.Equal(1, _store.Store.CurrentRevision);
        Assert.Equal("put - @2", _store.Answer(new Put("a", "1")));
        Assert.Equal("range [<a=1 c2 m2 v1 l0>] count 1 more False @2", _store.Read(new Get("a")));
    }

    [Fact]
    public void A_transaction_with_many_puts_takes_one_revision()
    {
        var puts = Enumerable.Range(0, 100).Select(i => (Operation)new Put($"k{i}")).ToArray();
        _store.Run(new Txn(puts));
        Assert.Equal(2, _store.Store.CurrentRevision);
        Assert.Equal(100, _store.Store.KeyCount);
    }

    [Fact]
    public void A_range_delete_takes_one_revision()
    {
        _store.Run(new Txn(new Put("a"), new Put("b"), new Put("c")));
        Assert.Equal("deleted 2 [] @3", _store.Answer(new Delete("a", "c")));
        Assert.Equal("c", _store.Keys());
    }

    [Fact]
    public void What_changes_nothing_takes_no_revision()
    {
        _store.Run(new Put("a"));
        Assert.Equal("deleted 0 [] @2", _store.Answer(new Delete("b")));
        Assert.Equal("deleted 0 [] @2", _store.Answer(new Delete("b", "z")));
        Assert.Equal("txn True (deleted 0 [] @2) @2", _store.Answer(new Txn(new Delete("b"))));
        Assert.Equal("txn True (range [<a= c2 m2 v1 l0>] count 1 more False @2) @2", _store.Answer(new Txn(new Get("a"))));
        Assert.Equal("error LeaseNotFound @2", _store.Answer(new Put("a", "", 5)));
        Assert.Equal("compacted @2", _store.Answer(new CompactAt(2)));
        Assert.Equal(2, _store.Store.CurrentRevision);
    }

    [Fact]
    public void What_changes_nothing_leaves_the_effect_sum_alone()
    {
        _store.Run(new Put("a"));
        ulong sum = _store.Store.EffectSum;
        _store.Run(new Delete("b"));
        _store.Run(new Put("a", "", 5));
        _store.Run(new Txn(new Get("a")));
        Assert.Equal(sum, _store.Store.EffectSum);
        _store.Run(new Put("a"));
        Assert.NotEqual(sum, _store.Store.EffectSum);
    }

    [Fact]
    public void The_effect_sum_tells_the_order_of_effects()
    {
        var other = new TestStore();
        _store.Run(new Txn(new Put("a"), new Put("b")));
        other.Run(new Txn(new Put("b"), new Put("a")));
        Assert.NotEqual(other.Store.EffectSum, _store.Store.EffectSum);
    }

    [Theory]
    [InlineData("a", "2")]
    [InlineData("a1", "")]
    [InlineData("", "a1")]
    public void The_effect_sum_tells_keys_from_values(string key, string value)
    {
        var other = new TestStore();
        _store.Run(new Put("ka", "1"));
        other.Run(new Put("k" + key, value));
        Assert.NotEqual(other.Store.EffectSum, _store.Store.EffectSum);
    }

    [Fact]
    public void Versions_count_from_creation_and_start_anew_after_a_deletion()
    {
        _store.Run(new Put("a", "1"));
        _store.Run(new Put("a", "2"));
        Assert.Equal("range [<a=2 c2 m3 v2 l0>] count 1 more False @3", _store.Read(new Get("a")));
        _store.Run(new Delete("a"));
        _store.Run(new Put("a", "3"));
        Assert.Equal("range [<a=3 c5 m5 v1 l0>] count 1 more False @5", _store.Read(new Get("a")));
    }

    [Fact]
    public void A_past_read_shows_the_past_and_names_the_present_revision()
    {
        _store.Run(new Put("a", "1"));
        _store.Run(new Put("a", "2"));
        _store.Run(new Delete("a"));
        Assert.Equal("range [<a=1 c2 m2 v1 l0>] count 1 more False @4", _store.Read(new Get("a") { Revision = 2 }));
        Assert.Equal("range [<a=2 c2 m3 v2 l0>] count 1 more False @4", _store.Read(new Get("a") { Revision = 3 }));
        Assert.Equal("range [] count 0 more False @4", _store.Read(new Get("a") { Revision = 1 }));
        Assert.Equal("range [] count 0 more False @4", _store.Read(new Get("a") { Revision = 4 }));
        Assert.Equal("error FutureRevision @4", _store.Read(new Get("a") { Revision = 5 }));
    }
}
