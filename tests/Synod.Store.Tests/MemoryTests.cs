using System.Reflection;

namespace Synod.Store.Tests;

/// <summary>What the garbage collector sees of the store.</summary>
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    private const int Keys = 200_000;

    [Fact]
    public void A_store_is_few_objects_and_about_two_hundred_bytes_a_key()
    {
        var store = new OrderedStore();
        var random = new Random(3);
        for (int i = 0; i < Keys; i++)
        {
            Put(store, $"{random.NextInt64():x16}"[^16..], i);
        }
        Assert.Equal(Keys, store.KeyCount);
        // Ten thousand a million is the goal.
        Assert.InRange(ReachableObjects(store), 1, Keys / 100);
        Assert.InRange(store.Size.Arrays, 1, Keys / 100);
        Assert.InRange(store.Size.AllocatedBytes, store.Size.UsedBytes, Keys * 205L);
        Assert.InRange(store.Size.UsedBytes, Keys * 140L, Keys * 170L);
    }

    [Fact]
    public void Versions_of_a_key_cost_no_objects()
    {
        var store = new OrderedStore();
        for (int i = 0; i < Keys; i++)
        {
            Put(store, "the-only-one-key", i);
        }
        Assert.InRange(ReachableObjects(store), 1, Keys / 100);
    }

    [Fact]
    public void A_small_store_is_small() =>
        Assert.InRange(new OrderedStore().Size.AllocatedBytes, 0, 200_000);

    [Fact]
    public void A_put_allocates_nothing_but_the_stores_own_growth()
    {
        var store = new OrderedStore();
        byte[][] commands = Enumerable.Range(0, 1000)
            .Select(i => new Put($"key{i:d4}", new string('v', 64)).ToCommand()).ToArray();
        byte[] txn = new Txn(
            [new Is("key0007", ComparisonTarget.ModRevision, ComparisonResult.Greater, 0)],
            [new Put("key0007", "value"), new Get("key", "kez")],
            [new Delete("key0007")]).ToCommand();
        int quiet = 0;
        for (int round = 0; round < 300; round++)
        {
            long held = store.Size.AllocatedBytes;
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (byte[] command in commands)
            {
                store.Apply(0, default, 0, command, false);
            }
            store.Apply(0, default, 0, txn, false);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            long grown = store.Size.AllocatedBytes - held;
            // Arrays' headers, and now and then a longer list of the arrays.
            Assert.InRange(allocated, grown, grown + 8192);
            quiet += grown == 0 && allocated == 0 ? 1 : 0;
        }
        Assert.InRange(quiet, 50, 300);
    }

    [Fact]
    public void A_store_that_is_compacted_as_it_is_written_allocates_nothing()
    {
        var store = new OrderedStore();
        byte[][] commands = Enumerable.Range(0, 1000)
            .Select(i => new Put($"key{i:d4}", new string('v', 64)).ToCommand()).ToArray();
        long allocated = 0;
        for (int round = 0; round < 100; round++)
        {
            byte[] compaction = new CompactAt(store.CurrentRevision).ToCommand();
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (byte[] command in commands)
            {
                store.Apply(0, default, 0, command, false);
            }
            store.Apply(0, default, 0, compaction, false);
            allocated += round < 20 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_put_somebody_waits_for_allocates_its_outcome_only()
    {
        var store = new OrderedStore();
        byte[] command = new Put("key", "value").ToCommand();
        store.Apply(0, default, 0, command, true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            store.Apply(0, default, 0, command, true);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 100, 100 * 32);
    }

    private static void Put(OrderedStore store, string key, int value) =>
        store.Apply(0, default, 0, new Put(key, $"{value:d64}").ToCommand(), false);

    /// <summary>All objects that can be reached, found by following every field.</summary>
    private static int ReachableObjects(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { root };
        var open = new Stack<object>(seen);
        while (open.TryPop(out object? next))
        {
            IEnumerable<object?> referred = next is Array array
                ? array.GetType().GetElementType()!.IsClass ? array.Cast<object?>() : []
                : Fields(next.GetType()).Select(field => field.GetValue(next));
            foreach (object? each in referred)
            {
                if (each is not null && !each.GetType().IsValueType && each is not (string or Delegate or Type) && seen.Add(each))
                {
                    open.Push(each);
                }
            }
        }
        return seen.Count;
    }

    private static IEnumerable<FieldInfo> Fields(Type? type) => type is null
        ? []
        : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Concat(Fields(type.BaseType));
}
