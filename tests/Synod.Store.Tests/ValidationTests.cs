namespace Synod.Store.Tests;

/// <summary>What is refused before it is proposed.</summary>
public class ValidationTests
{
    private static readonly CommandLimits Limits = CommandLimits.Default;

    private static StoreError Judge(Operation operation) => CommandValidation.Validate(operation.ToCommand(), Limits);

    private static Operation[] Puts(int count, string prefix = "k") =>
        Enumerable.Range(0, count).Select(i => (Operation)new Put($"{prefix}{i}")).ToArray();

    [Fact]
    public void Operations_up_to_the_limit_pass_and_one_more_does_not()
    {
        Assert.Equal(128, Limits.TransactionOperationsMax);
        Assert.Equal(StoreError.None, Judge(new Txn(Puts(128))));
        Assert.Equal(StoreError.TooManyOperations, Judge(new Txn(Puts(129))));
        Assert.Equal(StoreError.TooManyOperations, Judge(new Txn([], [], Puts(129))));
        Is[] comparisons = Enumerable.Repeat(new Is("a", ComparisonTarget.Version, ComparisonResult.Equal), 129).ToArray();
        Assert.Equal(StoreError.TooManyOperations, Judge(new Txn(comparisons, [], [])));
        Assert.Equal(StoreError.None, Judge(new Txn(comparisons[1..], Puts(128), Puts(128))));
    }

    [Fact]
    public void A_nested_transaction_has_what_its_parent_leaves()
    {
        Assert.Equal(StoreError.None, Judge(new Txn([new Txn(new Put("n")), .. Puts(126)])));
        Assert.Equal(StoreError.TooManyOperations, Judge(new Txn([new Txn(new Put("n")), .. Puts(127)])));
        Assert.Equal(StoreError.None, Judge(new Txn(new Txn(Puts(127)))));
        Assert.Equal(StoreError.TooManyOperations, Judge(new Txn(new Txn(Puts(128)))));
        // Not the sum: each nested one is measured alone.
        Assert.Equal(StoreError.None, Judge(new Txn(new Txn(Puts(126)), new Txn(Puts(126, "m")))));
    }

    [Fact]
    public void Nesting_ends_where_the_operations_do()
    {
        Operation chain = new Put("a");
        for (int depth = 0; depth < 128; depth++)
        {
            chain = new Txn(chain);
        }
        Assert.Equal(StoreError.None, Judge(chain));
        Assert.Equal(StoreError.TooManyOperations, Judge(new Txn(chain)));
    }

    [Fact]
    public void Deeper_nesting_than_any_stack_bears_is_refused_by_apply()
    {
        byte[] command = [1, .. Enumerable.Repeat(new byte[] { 3, 0, 1, 0 }, 300_000).SelectMany(level => level), 1, 0, 1, 97, 0];
        var store = new TestStore();
        Assert.Equal("error Malformed @1", TestStore.Answer(store.Run(command)));
        Assert.Equal(StoreError.TooManyOperations, CommandValidation.Validate(command, Limits));
    }

    [Fact]
    public void Requests_up_to_the_limit_pass_and_one_byte_more_does_not()
    {
        Assert.Equal(1_572_864, Limits.RequestBytesMax);
        byte[] command = new Put("k", new string('v', 1_572_000)).ToCommand();
        int room = Limits.RequestBytesMax - command.Length;
        command = new Put("k", new string('v', 1_572_000 + room)).ToCommand();
        Assert.Equal(Limits.RequestBytesMax, command.Length);
        Assert.Equal(StoreError.None, CommandValidation.Validate(command, Limits));
        command = new Put("k", new string('v', 1_572_001 + room)).ToCommand();
        Assert.Equal(StoreError.RequestTooLarge, CommandValidation.Validate(command, Limits));
    }

    [Fact]
    public void Apply_refuses_what_no_slab_can_hold()
    {
        var store = new TestStore();
        Assert.Equal("error RequestTooLarge @1", store.Answer(new Put("k", new string('v', 8 * 1024 * 1024))));
        Assert.Equal("put - @2", store.Answer(new Put("k", new string('v', (8 * 1024 * 1024) - 16))));
    }

    [Fact]
    public void Keys_must_not_be_empty_anywhere()
    {
        Assert.Equal(StoreError.KeyNotProvided, Judge(new Put("")));
        Assert.Equal(StoreError.KeyNotProvided, Judge(new Delete("", "z")));
        Assert.Equal(StoreError.KeyNotProvided, Judge(new Txn(new Get("", "z"))));
        Assert.Equal(StoreError.KeyNotProvided, Judge(new Txn([], [], [new Txn(new Put(""))])));
        var compare = new Is("", ComparisonTarget.Version, ComparisonResult.Equal);
        Assert.Equal(StoreError.KeyNotProvided, Judge(new Txn([compare], [], [])));
    }

    [Fact]
    public void Contradictions_in_a_put_are_refused()
    {
        Assert.Equal(StoreError.ValueProvided, Judge(new Put("a", "v", 0, false, true)));
        Assert.Equal(StoreError.LeaseProvided, Judge(new Put("a", "", 5, false, false, true)));
        Assert.Equal(StoreError.ValueProvided, Judge(new Txn(new Put("a", "v", 5, false, true, true))));
        Assert.Equal(StoreError.None, Judge(new Put("a", "", 0, false, true, true)));
    }

    [Fact]
    public void Orders_that_do_not_exist_are_refused()
    {
        Assert.Equal(StoreError.InvalidSortOption, Judge(new Txn(new Get("a") { Order = (SortOrder)3 })));
        Assert.Equal(StoreError.InvalidSortOption, Judge(new Txn(new Get("a") { Target = (SortTarget)5 })));
    }

    [Fact]
    public void An_empty_operation_is_refused_as_a_key_not_found() =>
        Assert.Equal(StoreError.KeyNotFound, Judge(new Txn(new Nothing())));

    [Fact]
    public void A_range_outside_a_transaction_is_no_command()
    {
        Assert.Equal(StoreError.Malformed, Judge(new Get("a")));
        Assert.Equal(StoreError.Malformed, Judge(new Nothing()));
        Assert.Equal(StoreError.Malformed, Judge(new Txn(new CompactAt(1))));
    }

    [Theory]
    [MemberData(nameof(CommandFuzzTests.Reserved), MemberType = typeof(CommandFuzzTests))]
    public void Reserved_kinds_are_refused(byte kind) =>
        Assert.Equal(StoreError.Malformed, CommandValidation.Validate([1, kind, 1, 1], Limits));
}
