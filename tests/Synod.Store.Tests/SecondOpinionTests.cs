namespace Synod.Store.Tests;

/// <summary>The store against a dumb one, on commands and reads drawn from seeds.</summary>
public class SecondOpinionTests
{
    [Theory]
    [InlineData(8, 60, 400)]
    [InlineData(40, 40, 500)]
    [InlineData(300, 8, 700)]
    [InlineData(3000, 2, 1500)]
    public void Every_answer_is_that_of_a_dumb_list(int keyCount, int seeds, int commands)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            var operations = new RandomOperations((seed * 7919) + keyCount, keyCount);
            var store = new TestStore();
            var dumb = new DumbStore();
            for (int step = 0; step < commands; step++)
            {
                store.Seconds = dumb.Seconds = operations.Tick();
                Operation operation = operations.Next();
                Same(seed, step, operation, dumb.Answer(operation), store.Answer(operation));
                operations.RevisionNow = store.Store.CurrentRevision;
                Assert.Equal(dumb.Revision, store.Store.CurrentRevision);
                Assert.Equal(dumb.Compacted, store.Store.CompactedRevision);
                Get get = operations.Get();
                Same(seed, step, get, dumb.Read(get), store.Read(get));
                if (step % 16 == 0)
                {
                    Assert.Equal(dumb.Leases(), store.Leases());
                    CompareHistories(seed, step, operations.Revision(), dumb, store);
                }
            }
        }
    }

    [Fact]
    public void Replicas_that_apply_the_same_commands_have_the_same_sum_whether_or_not_anyone_waits()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var operations = new RandomOperations(seed, 50);
            var one = new TestStore();
            var other = new TestStore();
            for (int step = 0; step < 300; step++)
            {
                one.Seconds = other.Seconds = operations.Tick();
                byte[] command = operations.Next().ToCommand();
                one.Run(command);
                other.RunUnwatched(command);
                Assert.Equal(one.Store.EffectSum, other.Store.EffectSum);
                operations.RevisionNow = one.Store.CurrentRevision;
            }
            Assert.Equal(one.Keys(), other.Keys());
        }
    }

    private static void CompareHistories(int seed, int step, long from, DumbStore dumb, TestStore store)
    {
        // An event at the compacted revision itself may have lost what was before it: ask from the one after.
        from = from == dumb.Compacted ? from + 1 : from;
        Same(seed, step, new CompactAt(from), dumb.Events(from), store.Events(from));
    }

    private static void Same(int seed, int step, Operation operation, string expected, string actual)
    {
        if (expected != actual)
        {
            Assert.Fail($"seed {seed} step {step}: {operation}\n dumb:  {expected}\n store: {actual}");
        }
    }
}
