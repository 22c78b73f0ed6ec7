using FsCheck;
using FsCheck.Fluent;

namespace Synod.Store.Tests;

/// <summary>Commands to bytes and back, and bytes that are no commands.</summary>
public class CommandFuzzTests
{
    public static TheoryData<byte> Reserved => [0, 4, 12, 255];

    [Fact]
    public void A_put_comes_back_as_it_was_written() => Prop.ForAll<byte[], byte[], long>((key, value, lease) =>
    {
        long flags = lease >> 1;
        var put = new Put(
            Operation.Text(key), Operation.Text(value), lease, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
        var reader = new CommandReader(put.ToCommand());
        Assert.Equal(CommandKind.Put, reader.Begin());
        PutOperation back = reader.Put();
        Assert.True(reader.IsAtEnd && !reader.IsMalformed);
        Assert.Equal(put, new Put(
            Operation.Text(back.Key), Operation.Text(back.Value), back.Lease, back.WantPrevious, back.KeepValue, back.KeepLease));
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_range_comes_back_as_it_was_written() => Prop.ForAll<long[], int>((numbers, bits) =>
    {
        long At(int index) => index < numbers.Length ? numbers[index] : 0;
        var get = new Get("key", (bits & 1) != 0 ? "end" : "")
        {
            Limit = At(0),
            Revision = At(1),
            MinMod = At(2),
            MaxMod = At(3),
            MinCreate = At(4),
            MaxCreate = At(5),
            Order = (SortOrder)((bits >> 1) & 1),
            Target = (SortTarget)((bits >> 2) & 3),
            KeysOnly = (bits & 16) != 0,
            CountOnly = (bits & 32) != 0,
        };
        var reader = new CommandReader(new Txn(get).ToCommand());
        Assert.Equal(CommandKind.Txn, reader.Begin());
        Assert.Equal(new TxnShape(0, 1, 0), reader.Txn());
        Assert.Equal(CommandKind.Range, reader.Kind());
        RangeQuery back = reader.Range();
        Assert.True(reader.IsAtEnd && !reader.IsMalformed);
        Assert.Equal(get, new Get(Operation.Text(back.Key), Operation.Text(back.RangeEnd))
        {
            Limit = back.Limit,
            Revision = back.Revision,
            MinMod = back.MinModRevision,
            MaxMod = back.MaxModRevision,
            MinCreate = back.MinCreateRevision,
            MaxCreate = back.MaxCreateRevision,
            Order = back.SortOrder,
            Target = back.SortTarget,
            KeysOnly = back.KeysOnly,
            CountOnly = back.CountOnly,
        });
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_comparison_comes_back_as_it_was_written()
    {
        foreach (ComparisonTarget target in Enum.GetValues<ComparisonTarget>())
        {
            foreach (ComparisonResult result in Enum.GetValues<ComparisonResult>())
            {
                bool value = target == ComparisonTarget.Value;
                var written = new Is("k", target, result, value ? 0 : long.MinValue, value ? "v" : "", "end");
                var reader = new CommandReader(new Txn([written], [], []).ToCommand());
                reader.Begin();
                reader.Txn();
                Comparison back = reader.Compare();
                Assert.True(reader.IsAtEnd && !reader.IsMalformed);
                Assert.Equal(written, new Is(
                    Operation.Text(back.Key), back.Target, back.Result, back.Number, Operation.Text(back.Value),
                    Operation.Text(back.RangeEnd)));
            }
        }
    }

    /// <summary>Journals hold these bytes: if this test fails, the format's version must rise.</summary>
    [Fact]
    public void The_bytes_of_a_command_are_pinned()
    {
        var txn = new Txn(
            [new Is("a", ComparisonTarget.ModRevision, ComparisonResult.NotEqual, 300)],
            [new Put("b", "v", 5, true)],
            [new Delete("c", "d"), new Get("e") { Limit = 1, Revision = -2, Order = SortOrder.Descending }]);
        Assert.Equal(
            "01" + "03010102" + "1A0161D804" + "01090A01620176" + "020201630164" + "0438016502030200",
            Convert.ToHexString(txn.ToCommand()));
        Assert.Equal("0105CE01", Convert.ToHexString(new CompactAt(103).ToCommand()));
    }

    [Fact]
    public void Any_bytes_are_taken_alike_by_two_stores_and_malformed_ones_change_nothing()
    {
        var random = new Random(77);
        var operations = new RandomOperations(3, 30);
        var one = new TestStore();
        var other = new TestStore();
        int malformed = 0;
        for (int round = 0; round < 60_000; round++)
        {
            byte[] command = Damaged(random, operations.Next().ToCommand());
            long revision = one.Store.CurrentRevision;
            ulong sum = one.Store.EffectSum;
            StoreOutcome outcome = one.Run(command);
            Assert.Equal(TestStore.Answer(outcome), TestStore.Answer(other.Run(command)));
            if (outcome is ErrorOutcome error)
            {
                malformed += error.Error == StoreError.Malformed ? 1 : 0;
                Assert.Equal((revision, sum), (one.Store.CurrentRevision, one.Store.EffectSum));
            }
            CommandValidation.Validate(command, CommandLimits.Default);
            CommandValidation.IsReadOnly(command);
            one.Store.ReadTransaction(command);
            operations.RevisionNow = one.Store.CurrentRevision;
        }
        Assert.Equal(other.Store.EffectSum, one.Store.EffectSum);
        Assert.InRange(malformed, 10_000, 55_000);
    }

    [Fact]
    public void Every_beginning_of_a_command_is_malformed()
    {
        byte[] command = new Txn(
            [new Is("a", ComparisonTarget.Value, ComparisonResult.Less, 0, "v", "z")],
            [new Put("b", "v", 0, true), new Txn(new Get("x", "y") { Limit = 1 })],
            [new Delete("c", "d")]).ToCommand();
        var store = new TestStore();
        for (int length = 0; length < command.Length; length++)
        {
            Assert.Equal("error Malformed @1", TestStore.Answer(store.Run(command[..length])));
        }
        Assert.Equal("error Malformed @1", TestStore.Answer(store.Run([.. command, 0])));
        Assert.DoesNotContain("error", TestStore.Answer(store.Run(command)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("01 01 00 FF FF FF FF 0F")] // A key of 4 GiB.
    [InlineData("01 01 00 80 80 80 80 80 80 80 80 80 80 01")] // A length that never ends.
    [InlineData("01 03 FF FF FF FF 07 00 00")] // Two thousand million comparisons.
    [InlineData("01 01 F0 01 61 00")] // Flags from the future.
    [InlineData("02 01 00 01 61 00")] // A version from the future.
    [InlineData("01 03 01 00 00 07 01 61 00")] // A target from the future.
    public void Hostile_bytes_are_malformed(string hex)
    {
        byte[] command = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("error Malformed @1", TestStore.Answer(new TestStore().Run(command)));
    }

    private static byte[] Damaged(Random random, byte[] command)
    {
        switch (random.Next(6))
        {
            case 0:
                return command;
            case 1:
                return command[..random.Next(command.Length + 1)];
            case 2:
                var noise = new byte[random.Next(40)];
                random.NextBytes(noise);
                if (noise.Length > 1 && random.Next(4) != 0)
                {
                    noise[0] = 1;
                    noise[1] = (byte)random.Next(6);
                }
                return noise;
            default:
                for (int count = random.Next(1, 4); count > 0; count--)
                {
                    command[random.Next(command.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(8));
                }
                return command;
        }
    }
}
