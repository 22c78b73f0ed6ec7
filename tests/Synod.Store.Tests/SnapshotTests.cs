using Synod.Wire;

namespace Synod.Store.Tests;

/// <summary>A store written out slice by slice while commands go on, and built anew from that.</summary>
public class SnapshotTests
{
    [Theory]
    [InlineData(8, 40, 300)]
    [InlineData(60, 30, 400)]
    [InlineData(800, 4, 1500)]
    public void What_is_installed_is_the_store_as_it_was_when_the_cursor_was_opened(int keyCount, int seeds, int commands)
    {
        int leasesSeen = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            var operations = new RandomOperations((seed * 104729) + keyCount, keyCount);
            var store = new TestStore();
            var still = new TestStore();
            for (int step = 0; step < commands; step++)
            {
                byte[] command = operations.Next().ToCommand();
                store.Seconds = still.Seconds = operations.Tick();
                store.RunUnwatched(command);
                still.RunUnwatched(command);
                operations.RevisionNow = store.Store.CurrentRevision;
            }
            leasesSeen += still.Store.LeaseCount;
            StoreCursor cursor = store.Store.OpenCursor();
            var written = new TestStore(Install(cursor, sliceBytes: 64, () =>
            {
                store.Seconds = operations.Tick();
                store.RunUnwatched(operations.Next().ToCommand());
                operations.RevisionNow = store.Store.CurrentRevision;
            }));
            AssertSame(still, written);
            operations.RevisionNow = still.Store.CurrentRevision;
            for (int step = 0; step < 200; step++)
            {
                Operation operation = operations.Next();
                still.Seconds = written.Seconds = operations.Tick();
                Assert.Equal(still.Answer(operation), written.Answer(operation));
                operations.RevisionNow = still.Store.CurrentRevision;
            }
            AssertSame(still, written);
        }
        Assert.True(leasesSeen > seeds / 2, $"{leasesSeen} leases");
    }

    [Fact]
    public void A_key_that_names_a_lease_that_is_not_there_makes_the_snapshot_unusable()
    {
        var store = new TestStore();
        store.Run(new Grant(7, 60));
        store.Run(new Put("key", "value", 7));
        List<byte[]> slices = Slices(store.Store.OpenCursor(), 1 << 20, () => { });
        var whole = new StoreInstaller();
        var without = new StoreInstaller();
        foreach (byte[] slice in slices)
        {
            Assert.Null(whole.Take(slice));
            Assert.Null(slice[0] == (byte)StoreSlice.Leases ? null : without.Take(slice));
        }
        Assert.Equal(1, whole.Finish()!.LeaseCount);
        Assert.Null(without.Finish());
    }

    [Fact]
    public void The_bytes_depend_neither_on_reclaiming_nor_on_slices()
    {
        var operations = new RandomOperations(5, 40);
        var eager = new TestStore();
        var lazy = new TestStore();
        for (int step = 0; step < 500; step++)
        {
            byte[] command = operations.Next().ToCommand();
            eager.RunUnwatched(command);
            lazy.RunUnwatched(command);
            while (eager.Store.Reclaim(1000))
            {
            }
            operations.RevisionNow = eager.Store.CurrentRevision;
        }
        Assert.Equal(Records(eager.Store.OpenCursor(), 1 << 20), Records(lazy.Store.OpenCursor(), 1 << 20));
    }

    [Fact]
    public void An_open_cursor_keeps_what_compaction_would_forget_and_a_closed_one_lets_it_go()
    {
        var store = new TestStore();
        for (int i = 0; i < 100; i++)
        {
            store.Run(new Put("key", $"value {i}"));
        }
        StoreCursor cursor = store.Store.OpenCursor();
        store.Run(new CompactAt(store.Store.CurrentRevision));
        Assert.False(store.Store.Reclaim(1000));
        cursor.Close();
        while (store.Store.Reclaim(1000))
        {
        }
        Assert.Equal("compacted", store.Events(50));
        StoreCursor after = store.Store.OpenCursor();
        Install(after, 1 << 20, () => { });
        Assert.Equal(2, after.Written); // the event at the compacted revision, and what was before it
    }

    [Fact]
    public void Slices_that_are_cut_or_out_of_order_are_refused_and_throw_nothing()
    {
        var store = new TestStore();
        for (int i = 0; i < 20; i++)
        {
            store.Run(new Put($"key {i}", "value"));
        }
        store.Run(new CompactAt(10));
        StoreCursor cursor = store.Store.OpenCursor();
        List<byte[]> slices = Slices(cursor, 1 << 20, () => { });
        Assert.Equal([1, 2, 3, 4], slices.Select(slice => slice[0]));
        Assert.NotNull(new StoreInstaller().Take(slices[1]));
        for (int length = 0; length < slices[3].Length; length++)
        {
            var installer = new StoreInstaller();
            Assert.All(slices.Take(3), slice => Assert.Null(installer.Take(slice)));
            string? error = installer.Take(slices[3].AsMemory(0, length));
            Assert.True(error is not null || installer.Taken < cursor.Written);
        }
    }

    internal static OrderedStore Install(StoreCursor cursor, int sliceBytes, Action between)
    {
        var installer = new StoreInstaller();
        foreach (byte[] slice in Slices(cursor, sliceBytes, between))
        {
            Assert.Null(installer.Take(slice));
        }
        Assert.Equal(cursor.Written, installer.Taken);
        return installer.Finish()!;
    }

    internal static List<byte[]> Slices(StoreCursor cursor, int sliceBytes, Action between)
    {
        var slices = new List<byte[]>();
        bool more = true;
        while (more)
        {
            var writer = new ByteWriter();
            more = cursor.WriteSlice(writer, sliceBytes);
            slices.Add(writer.Span.ToArray());
            between();
        }
        cursor.Close();
        return slices;
    }

    private static IEnumerable<string> LeasesOf(OrderedStore store) => store.Leases().Select(lease => $"{lease}").Order();

    private static byte[] Records(StoreCursor cursor, int sliceBytes) =>
        [.. Slices(cursor, sliceBytes, () => { })
            .Select(slice => slice[0] == 1 ? slice.AsSpan(0, 25).ToArray() : slice).SelectMany(slice => slice)];

    private static void AssertSame(TestStore expected, TestStore actual)
    {
        Assert.Equal(expected.Store.EffectSum, actual.Store.EffectSum);
        Assert.Equal(expected.Store.CurrentRevision, actual.Store.CurrentRevision);
        Assert.Equal(expected.Store.CompactedRevision, actual.Store.CompactedRevision);
        Assert.Equal(expected.Store.KeyCount, actual.Store.KeyCount);
        Assert.Equal(LeasesOf(expected.Store), LeasesOf(actual.Store));
        for (long revision = 0; revision <= expected.Store.CurrentRevision + 1; revision++)
        {
            var all = new Get("\0", "\0") { Revision = revision };
            Assert.Equal(expected.Read(all), actual.Read(all));
        }
        Assert.Equal(expected.Events(-1), actual.Events(-1));
        for (long revision = expected.Store.CompactedRevision; revision <= expected.Store.CurrentRevision; revision++)
        {
            Assert.Equal(expected.Events(revision, 3), actual.Events(revision, 3));
        }
    }
}
