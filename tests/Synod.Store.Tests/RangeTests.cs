namespace Synod.Store.Tests;

/// <summary>Range reads: ends, limits, filters and orders.</summary>
public class RangeTests
{
    private readonly TestStore _store = new();

    public RangeTests()
    {
        // Revisions 2 to 6: c, a, b, d, then b once more.
        foreach (string key in new[] { "c", "a", "b", "d", "b" })
        {
            _store.Run(new Put(key, "v" + key));
        }
    }

    [Theory]
    [InlineData("b", "", "b")]
    [InlineData("b", "d", "b c")]
    [InlineData("b", "\0", "b c d")]
    [InlineData("\0", "\0", "a b c d")]
    [InlineData("b", "b", "")]
    [InlineData("c", "a", "")]
    [InlineData("b\0", "d\0", "c d")]
    [InlineData("x", "\0", "")]
    [InlineData("x", "", "")]
    public void A_range_end_takes_all_its_forms(string key, string end, string found) =>
        Assert.Equal(found, _store.Keys(key, end));

    [Theory]
    [InlineData(1, "a", true)]
    [InlineData(3, "a b c", true)]
    [InlineData(4, "a b c d", false)]
    [InlineData(0, "a b c d", false)]
    [InlineData(-1, "a b c d", false)]
    public void Count_is_before_the_limit_and_more_tells_that_it_cut(int limit, string found, bool more)
    {
        string answer = _store.Read(new Get("\0", "\0") { Limit = limit, KeysOnly = true });
        Assert.EndsWith($"count 4 more {more} @6", answer, StringComparison.Ordinal);
        Assert.Equal(found, Found(answer));
        answer = _store.Read(new Get("\0", "\0") { Limit = limit, KeysOnly = true, Revision = 5 });
        Assert.EndsWith($"count 4 more {more} @6", answer, StringComparison.Ordinal);
        Assert.Equal(found, Found(answer));
    }

    [Fact]
    public void Count_is_before_the_filters_and_more_is_after_them()
    {
        var get = new Get("\0", "\0") { MinMod = 3, Limit = 2, KeysOnly = true };
        Assert.Equal(
            "range [<a= c3 m3 v1 l0><b= c4 m6 v2 l0>] count 4 more True @6", _store.Read(get));
        Assert.Equal(
            "range [<a= c3 m3 v1 l0>] count 4 more False @6", _store.Read(get with { MaxMod = 4 }));
        Assert.Equal(
            "range [<c= c2 m2 v1 l0>] count 4 more False @6", _store.Read(get with { MinMod = 0, MaxCreate = 2 }));
        Assert.Equal(
            "range [<d= c5 m5 v1 l0>] count 4 more False @6", _store.Read(get with { MinMod = 0, MinCreate = 5 }));
    }

    [Fact]
    public void Count_only_hands_out_nothing_and_ignores_the_limit() => Assert.Equal(
        "range [] count 4 more False @6", _store.Read(new Get("\0", "\0") { CountOnly = true, Limit = 1 }));

    [Fact]
    public void Keys_only_leaves_out_values() => Assert.Equal(
        "range [<b= c4 m6 v2 l0>] count 1 more False @6", _store.Read(new Get("b") { KeysOnly = true }));

    [Theory]
    [InlineData(SortTarget.Key, SortOrder.Descending, "d c b a")]
    [InlineData(SortTarget.Key, SortOrder.Ascending, "a b c d")]
    [InlineData(SortTarget.CreateRevision, SortOrder.Ascending, "c a b d")]
    [InlineData(SortTarget.ModRevision, SortOrder.Ascending, "c a d b")]
    [InlineData(SortTarget.ModRevision, SortOrder.Descending, "b d a c")]
    [InlineData(SortTarget.Version, SortOrder.Descending, "b a c d")]
    [InlineData(SortTarget.Value, SortOrder.Descending, "d c b a")]
    public void Results_are_sorted_by_every_target(SortTarget target, SortOrder order, string found) =>
        Assert.Equal(found, Found(_store.Read(new Get("\0", "\0") { Target = target, Order = order, KeysOnly = true })));

    [Fact]
    public void Another_target_than_the_key_sorts_ascending_without_an_order() =>
        Assert.Equal("c a d b", Found(_store.Read(new Get("\0", "\0") { Target = SortTarget.ModRevision, KeysOnly = true })));

    [Fact]
    public void Sorting_comes_before_the_limit() => Assert.Equal("b d", Found(_store.Read(
        new Get("\0", "\0") { Target = SortTarget.ModRevision, Order = SortOrder.Descending, Limit = 2, KeysOnly = true })));

    [Fact]
    public void Filters_apply_to_a_single_key_too()
    {
        Assert.Equal("range [] count 1 more False @6", _store.Read(new Get("a") { MinMod = 4 }));
        Assert.Equal("range [] count 1 more False @6", _store.Read(new Get("a") { CountOnly = true }));
    }

    [Fact]
    public void A_range_read_allocates_nothing_per_key()
    {
        var store = new OrderedStore();
        for (int i = 0; i < 2000; i++)
        {
            store.Apply(0, default, 0, new Put($"key{i:d5}", "value").ToCommand(), false);
        }
        byte[] zero = [0];
        var sink = new CountingSink();
        store.Range(new RangeQuery { Key = zero, RangeEnd = zero }, ref sink);
        long before = GC.GetAllocatedBytesForCurrentThread();
        store.Range(new RangeQuery { Key = zero, RangeEnd = zero }, ref sink);
        store.Range(new RangeQuery { Key = zero, RangeEnd = zero, Revision = 1500 }, ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2000 + 2000 + 1499, sink.Count);
    }

    private static string Found(string answer) =>
        string.Join(' ', answer.Split('<').Skip(1).Select(part => part[..part.IndexOf('=', StringComparison.Ordinal)]));

    private struct CountingSink : IKeyValueSink
    {
        public int Count { get; private set; }

        public void Take(in KeyValueView keyValue) => Count++;
    }
}
