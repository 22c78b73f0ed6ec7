namespace Synod.Store.Tests;

/// <summary>Transactions: comparisons, nesting, and all or nothing.</summary>
public class TxnTests
{
    private readonly TestStore _store = new();

    [Theory]
    [InlineData(ComparisonResult.Equal)]
    [InlineData(ComparisonResult.NotEqual)]
    [InlineData(ComparisonResult.Greater)]
    [InlineData(ComparisonResult.Less)]
    public void A_value_comparison_on_a_missing_key_is_false_for_every_operator(ComparisonResult result)
    {
        Assert.False(Holds(new Is("missing", ComparisonTarget.Value, result, 0, "x")));
        Assert.False(Holds(new Is("missing", ComparisonTarget.Value, result, 0, "")));
        Assert.False(Holds(new Is("m", ComparisonTarget.Value, result, 0, "x", "n")));
    }

    [Theory]
    [InlineData(ComparisonTarget.Version)]
    [InlineData(ComparisonTarget.CreateRevision)]
    [InlineData(ComparisonTarget.ModRevision)]
    [InlineData(ComparisonTarget.Lease)]
    public void Other_comparisons_on_a_missing_key_or_an_empty_range_see_zeros(ComparisonTarget target)
    {
        foreach (string end in new[] { "", "\0", "n", "a" })
        {
            Assert.True(Holds(new Is("m", target, ComparisonResult.Equal, 0, "", end)));
            Assert.False(Holds(new Is("m", target, ComparisonResult.NotEqual, 0, "", end)));
            Assert.True(Holds(new Is("m", target, ComparisonResult.Less, 1, "", end)));
            Assert.True(Holds(new Is("m", target, ComparisonResult.Greater, -1, "", end)));
            Assert.False(Holds(new Is("m", target, ComparisonResult.Equal, 1, "", end)));
        }
    }

    [Theory]
    [InlineData(ComparisonTarget.Version, 2)]
    [InlineData(ComparisonTarget.CreateRevision, 3)]
    [InlineData(ComparisonTarget.ModRevision, 4)]
    [InlineData(ComparisonTarget.Lease, 0)]
    public void Every_target_is_compared_by_every_operator(ComparisonTarget target, long actual)
    {
        _store.Run(new Put("other"));
        _store.Run(new Put("a"));
        _store.Run(new Put("a"));
        for (long operand = actual - 1; operand <= actual + 1; operand++)
        {
            Assert.Equal(actual == operand, Holds(new Is("a", target, ComparisonResult.Equal, operand)));
            Assert.Equal(actual != operand, Holds(new Is("a", target, ComparisonResult.NotEqual, operand)));
            Assert.Equal(actual > operand, Holds(new Is("a", target, ComparisonResult.Greater, operand)));
            Assert.Equal(actual < operand, Holds(new Is("a", target, ComparisonResult.Less, operand)));
        }
    }

    [Fact]
    public void Values_are_compared_as_unsigned_bytes()
    {
        _store.Run(new Put("a", "\x80"));
        Assert.True(Holds(new Is("a", ComparisonTarget.Value, ComparisonResult.Greater, 0, "\x7f\x7f")));
        Assert.True(Holds(new Is("a", ComparisonTarget.Value, ComparisonResult.Less, 0, "\x80\0")));
        Assert.True(Holds(new Is("a", ComparisonTarget.Value, ComparisonResult.Equal, 0, "\x80")));
    }

    [Fact]
    public void A_range_comparison_must_hold_for_all_keys()
    {
        _store.Run(new Txn(new Put("a"), new Put("b"), new Put("c")));
        _store.Run(new Put("b"));
        Assert.False(Holds(new Is("a", ComparisonTarget.Version, ComparisonResult.Equal, 1, "", "\0")));
        Assert.True(Holds(new Is("a", ComparisonTarget.CreateRevision, ComparisonResult.Equal, 2, "", "\0")));
        Assert.True(Holds(new Is("a", ComparisonTarget.Version, ComparisonResult.Equal, 1, "", "b")));
    }

    [Fact]
    public void Nested_comparisons_see_the_store_before_the_whole_transaction()
    {
        var missing = new Is("a", ComparisonTarget.Version, ComparisonResult.Equal, 0);
        string answer = _store.Answer(new Txn(
            new Put("a"), new Txn([missing], [new Put("was-missing")], [new Put("was-there")])));
        Assert.Equal("txn True (put - @2; txn True (put - @2) @2) @2", answer);
        Assert.Equal("a was-missing", _store.Keys());
    }

    [Fact]
    public void A_range_sees_what_the_transaction_has_done_before_it()
    {
        string answer = _store.Answer(new Txn(new Get("a"), new Put("a", "1"), new Get("a"), new Get("a") { Revision = 1 }));
        Assert.Equal(
            "txn True (range [] count 0 more False @1; put - @2; range [<a=1 c2 m2 v1 l0>] count 1 more False @2; "
                + "range [] count 0 more False @2) @2",
            answer);
    }

    public static TheoryData<string> Failing => ["lease", "keep value", "keep lease", "future", "compacted"];

    [Theory]
    [MemberData(nameof(Failing))]
    public void An_operation_that_fails_fails_the_whole_transaction_with_nothing_applied(string failing)
    {
        (Operation operation, StoreError error) = failing switch
        {
            "lease" => ((Operation)new Put("x", "", 99), StoreError.LeaseNotFound),
            "keep value" => (new Put("x", "", 0, false, true), StoreError.KeyNotFound),
            "keep lease" => (new Put("x", "", 0, false, false, true), StoreError.KeyNotFound),
            "future" => (new Get("x") { Revision = 4 }, StoreError.FutureRevision),
            _ => (new Get("x") { Revision = 2 }, StoreError.Compacted),
        };
        _store.Run(new Put("a", "1"));
        _store.Run(new Put("a", "2"));
        _store.Run(new CompactAt(3));
        ulong sum = _store.Store.EffectSum;
        string refused = $"error {error} @3";
        Assert.Equal(refused, _store.Answer(new Txn(new Put("b"), new Delete("a"), operation)));
        Assert.Equal(refused, _store.Answer(new Txn(new Put("b"), new Txn(new Delete("a"), new Txn(operation)))));
        _store.RunUnwatched(new Txn(new Put("b"), operation).ToCommand());
        Assert.Equal(3, _store.Store.CurrentRevision);
        Assert.Equal(sum, _store.Store.EffectSum);
        Assert.Equal("a", _store.Keys());

        // On the way that is not taken it does no harm.
        Assert.Equal("txn True (put - @4) @4", _store.Answer(new Txn([], [new Put("b")], [operation])));
    }

    [Fact]
    public void The_revision_that_a_transaction_is_about_to_take_is_in_its_future() => Assert.Equal(
        "error FutureRevision @1", _store.Answer(new Txn(new Put("a"), new Get("a") { Revision = 2 })));

    [Fact]
    public void Clearing_everything_and_putting_in_one_transaction_works()
    {
        _store.Run(new Txn(new Put("a", "1"), new Put("b", "2")));
        Assert.Equal("txn True (deleted 2 [] @3; put - @3) @3", _store.Answer(new Txn(new Delete("\0", "\0"), new Put("b", "3"))));
        Assert.Equal("range [<b=3 c3 m3 v1 l0>] count 1 more False @3", _store.Read(new Get("\0", "\0")));
        Assert.Equal("range [<b=2 c2 m2 v1 l0>] count 1 more False @3", _store.Read(new Get("b") { Revision = 2 }));
    }

    [Fact]
    public void A_put_with_a_lease_is_refused_as_long_as_there_are_none()
    {
        Assert.Equal("error LeaseNotFound @1", _store.Answer(new Put("a", "1", 7)));
        Assert.Equal("error LeaseNotFound @1", _store.Answer(new Put("a", "", 7, false, true)));
        Assert.Equal("error KeyNotFound @1", _store.Answer(new Txn(new Put("a", "", 7, false, true))));
    }

    [Fact]
    public void A_put_keeps_the_value_or_the_lease_if_asked()
    {
        Assert.Equal("error KeyNotFound @1", _store.Answer(new Put("a", "", 0, false, true)));
        _store.Run(new Put("a", "1"));
        Assert.Equal("put <a=1 c2 m2 v1 l0> @3", _store.Answer(new Put("a", "", 0, true, true)));
        Assert.Equal("put - @4", _store.Answer(new Put("a", "2", 0, false, false, true)));
        Assert.Equal("range [<a=2 c2 m4 v3 l0>] count 1 more False @4", _store.Read(new Get("a")));
    }

    [Fact]
    public void Deletions_hand_out_what_was_there()
    {
        _store.Run(new Txn(new Put("a", "1"), new Put("b", "2")));
        Assert.Equal("deleted 2 [<a=1 c2 m2 v1 l0><b=2 c2 m2 v1 l0>] @3", _store.Answer(new Delete("a", "\0", true)));
        Assert.Equal("deleted 0 [] @3", _store.Answer(new Delete("a", "\0", true)));
    }

    [Fact]
    public void A_read_only_transaction_runs_without_the_log()
    {
        _store.Run(new Put("a", "1"));
        var reading = new Txn([], [new Get("a"), new Txn(new Get("b"))], []);
        Assert.True(CommandValidation.IsReadOnly(reading.ToCommand()));
        Assert.Equal(
            "txn True (range [<a=1 c2 m2 v1 l0>] count 1 more False @2; txn True (range [] count 0 more False @2) @2) @2",
            TestStore.Answer(_store.Store.ReadTransaction(reading.ToCommand())));

        foreach (Operation writing in new Operation[] { new Put("a"), new Txn(new Txn([], [], [new Delete("a")])) })
        {
            Assert.False(CommandValidation.IsReadOnly(writing.ToCommand()));
            Assert.Equal("error NotReadOnly @2", TestStore.Answer(_store.Store.ReadTransaction(writing.ToCommand())));
        }
    }

    private bool Holds(Is comparison) => ((TxnOutcome)_store.Run(new Txn([comparison], [], []))).Succeeded;
}
