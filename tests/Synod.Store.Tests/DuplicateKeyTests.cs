namespace Synod.Store.Tests;

/// <summary>A transaction that would write one key twice is refused before anything happens.</summary>
public class DuplicateKeyTests
{
    private static readonly Put A = new("a");
    private static readonly Delete NoA = new("a");

    [Fact]
    public void Two_puts_of_one_key_are_refused_wherever_they_stand()
    {
        Refused(A, A);
        Refused(A, new Txn(A));
        Refused(new Txn(A), A);
        Refused(new Txn(A), new Txn(A));
        Refused(new Txn([], [], [A]), new Txn(new Txn(A)));
        Refused(new Txn(A, A));
        Assert.Equal(StoreError.DuplicateKey, Judge(new Txn([], [], [A, A])));
    }

    [Fact]
    public void A_put_and_a_deletion_that_holds_it_are_refused_in_either_order()
    {
        foreach (Delete delete in new[] { NoA, new Delete("\0", "b"), new Delete("a", "b"), new Delete("A", "a\0") })
        {
            Refused(A, delete);
            Refused(delete, A);
            Refused(A, new Txn(delete));
            Refused(delete, new Txn(A));
            Refused(new Txn(A), delete);
            Refused(new Txn(A), new Txn(delete));
            Refused(new Txn(delete), new Txn(A));
        }
    }

    [Fact]
    public void The_two_lists_of_a_transaction_may_write_the_same_key()
    {
        Assert.Equal(StoreError.None, Judge(new Txn([], [A], [A])));
        Accepted(new Txn([], [A], [A]));
        Accepted(new Txn([], [A], [NoA]));
        Accepted(new Txn([], [new Txn([], [A], [NoA])], [A]));
        Refused(new Txn([], [A], [A]), A);
        Refused(new Txn([], [], [NoA]), A);
    }

    [Fact]
    public void Deletions_may_overlap() => Accepted(NoA, NoA, new Delete("a", "z"), new Txn(NoA));

    [Fact]
    public void Neighbours_do_not_conflict()
    {
        Accepted(A, new Delete("a\0", "z"));
        Accepted(new Put("z"), new Delete("a", "z"));
        Accepted(A, new Delete("z", "a"));
        Accepted(new Put("b"), NoA);
    }

    [Fact]
    public void A_deletion_to_the_end_of_all_keys_is_not_looked_at()
    {
        Accepted(new Delete("a", "\0"), A);
        Accepted(new Delete("\0", "\0"), A);
    }

    [Fact]
    public void Random_transactions_are_judged_as_by_comparing_every_pair()
    {
        int refused = 0;
        var random = new Random(5);
        for (int round = 0; round < 20_000; round++)
        {
            var txn = (Txn)RandomWrites(random, 3);
            bool conflict = Conflicts(txn.Then) || Conflicts(txn.Else);
            refused += conflict ? 1 : 0;
            Assert.True(
                Judge(txn) == (conflict ? StoreError.DuplicateKey : StoreError.None), $"round {round}: {Show(txn)}");
        }
        Assert.InRange(refused, 4_000, 16_000);
    }

    [Fact]
    public void Many_operations_are_judged_in_little_time()
    {
        // 4,096 writes in nested lists: a comparison of every pair would be sixteen million.
        Operation[] lists = Enumerable.Range(0, 64).Select(i => (Operation)new Txn(
            Enumerable.Range(0, 64).Select(j => j % 2 == 0
                ? (Operation)new Put($"{i:d2}{j:d2}p")
                : new Delete($"{i:d2}{j:d2}", $"{i:d2}{j:d2}x")).ToArray())).ToArray();
        Accepted(lists);
        lists[63] = new Txn(new Put("0000p"));
        Refused(lists);
    }

    private static StoreError Judge(Txn txn) => CommandValidation.Validate(txn.ToCommand(), CommandLimits.Default);

    private static void Refused(params Operation[] operations) =>
        Assert.Equal(StoreError.DuplicateKey, Judge(new Txn(operations)));

    private static void Accepted(params Operation[] operations) =>
        Assert.Equal(StoreError.None, Judge(new Txn(operations)));

    private static Operation RandomWrites(Random random, int depth)
    {
        int kind = depth == 3 ? 9 : random.Next(depth == 0 ? 8 : 10);
        string key = ((char)('a' + random.Next(8))).ToString();
        return kind < 4 ? new Put(key)
            : kind < 6 ? new Delete(key)
            : kind < 8 ? new Delete(key, random.Next(5) == 0 ? "\0" : ((char)('a' + random.Next(9))).ToString())
            : new Txn(
                [],
                Enumerable.Range(0, random.Next(4)).Select(_ => RandomWrites(random, depth - 1)).ToArray(),
                Enumerable.Range(0, random.Next(4)).Select(_ => RandomWrites(random, depth - 1)).ToArray());
    }

    /// <summary>Whether any two operations of a list clash, or two of a list within.</summary>
    private static bool Conflicts(Operation[] list)
    {
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] is Txn nested && (Conflicts(nested.Then) || Conflicts(nested.Else)))
            {
                return true;
            }
            for (int j = 0; j < i; j++)
            {
                if (Leaves(list[i]).Any(one => Leaves(list[j]).Any(other => Clash(one, other) || Clash(other, one))))
                {
                    return true;
                }
            }
        }
        return false;
    }

    private static IEnumerable<Operation> Leaves(Operation operation) =>
        operation is Txn txn ? txn.Then.Concat(txn.Else).SelectMany(Leaves) : [operation];

    private static bool Clash(Operation one, Operation other) => (one, other) switch
    {
        (Put left, Put right) => left.Key == right.Key,
        (Put put, Delete { End: "" } delete) => put.Key == delete.Key,
        (Put put, Delete { End: not "\0" } delete) =>
            string.CompareOrdinal(put.Key, delete.Key) >= 0 && string.CompareOrdinal(put.Key, delete.End) < 0,
        _ => false,
    };

    private static string Show(Operation operation) => operation is Txn txn
        ? $"({string.Join(", ", txn.Then.Select(Show))} | {string.Join(", ", txn.Else.Select(Show))})"
        : operation.ToString();
}
