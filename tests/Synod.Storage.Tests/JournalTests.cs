using Synod.Simulation;

namespace Synod.Storage.Tests;

public class JournalTests
{
    [Fact]
    public void What_was_persisted_is_read_back_in_order_after_a_loss_of_power()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        for (var i = 0; i < 200; i++)
        {
            world.Post(1 + i % 3, 20 + i % 50);
            world.Turn();
        }
        Assert.Equal(world.LastNumber, world.Persisted);
        Assert.True(medium.Names.Count > 5, "the test wants several segments");
        medium.LosePower();

        var again = World.Opened(medium);
        again.AssertRecovered(world.Persisted, world.Persisted);
        Assert.Equal(world.LastNumber, again.Journal.Report.LastNumber);
    }

    [Fact]
    public void All_waiting_batches_become_one_write_and_one_sync()
    {
        var world = World.Opened(World.NewMedium());
        var writes = 0;
        world.Disk.OnSubmit = request => writes += request.Operation == Ports.DiskOperation.WriteAndSync ? 1 : 0;
        world.Post();
        world.Post(2);
        world.Post();
        world.Turn();
        Assert.Equal(1, writes);
        Assert.Equal(4UL, world.Persisted);
        Assert.Single(world.Events);
    }

    [Fact]
    public void Nothing_is_persisted_before_the_disk_says_so()
    {
        var world = World.Opened(World.NewMedium());
        world.Disk.CompletesByHand = true;
        world.Post();
        world.Turn();
        world.Turn();
        Assert.Equal(0UL, world.Persisted);
        world.Disk.CompleteOne();
        world.Turn();
        Assert.Equal(1UL, world.Persisted);
    }

    [Fact]
    public void The_completion_of_a_write_releases_no_later_batch()
    {
        var world = World.Opened(World.NewMedium());
        world.Disk.CompletesByHand = true;
        world.Post();
        world.Turn();
        world.Post();
        world.Post();
        world.Turn();
        Assert.Single(world.Disk.UnderWay); // one write at a time; the others gather
        world.Disk.CompleteOne();
        world.Turn();
        Assert.Equal(1UL, world.Persisted);
        Assert.Single(world.Disk.UnderWay);
        world.Disk.CompleteOne();
        world.Turn();
        Assert.Equal(3UL, world.Persisted);
    }

    [Fact]
    public void A_batch_that_found_no_room_in_a_write_is_not_released_by_it()
    {
        var world = World.Opened(World.NewMedium());
        world.Disk.CompletesByHand = true;
        world.Post(length: 1200);
        world.Post(length: 1200); // both together exceed one write
        world.Turn();
        world.Disk.CompleteOne();
        world.Turn();
        Assert.Equal(1UL, world.Persisted);
        world.Disk.CompleteOne();
        world.Turn();
        Assert.Equal(2UL, world.Persisted);
    }

    [Fact]
    public void A_write_that_succeeds_after_a_fault_is_not_reported()
    {
        var world = World.Opened(World.NewMedium());
        world.Disk.CompletesByHand = true;
        world.Disk.FaultOf = static request =>
            request.Operation == Ports.DiskOperation.CreateZeroFilled ? DiskFault.WriteFails : DiskFault.None;
        while (world.Disk.UnderWay.Count < 2)
        {
            world.Post();
            world.Turn();
            var making = world.Disk.UnderWay.Any(static r => r.Operation == Ports.DiskOperation.CreateZeroFilled);
            Assert.True(making || world.Disk.CompleteOne());
        }
        var persisted = world.Persisted;
        var underWay = world.Disk.UnderWay.ToList();
        var at = underWay.FindIndex(static r => r.Operation == Ports.DiskOperation.CreateZeroFilled);
        Assert.True(world.Disk.Complete(at)); // the segment cannot be made
        world.Turn();
        Assert.NotNull(world.Fault);
        Assert.True(world.Disk.CompleteOne()); // and then the write succeeds
        world.Turn();
        Assert.Equal(persisted, world.Persisted);
    }

    [Fact]
    public void The_oldest_unsynced_record_tells_since_when_it_waits()
    {
        var world = World.Opened(World.NewMedium());
        world.Disk.CompletesByHand = true;
        Assert.Equal(Paxos.Instant.Never, world.Journal.OldestUnsyncedSince);
        var first = world.Now;
        world.Post();
        world.Turn();
        world.Now += TimeSpan.FromSeconds(1);
        var second = world.Now;
        world.Post();
        world.Turn();
        Assert.Equal(first, world.Journal.OldestUnsyncedSince);
        world.Disk.CompleteOne();
        world.Now += TimeSpan.FromSeconds(1);
        world.Turn();
        Assert.True(world.Journal.OldestUnsyncedSince > second);
        world.Disk.CompleteOne();
        world.Turn();
        Assert.Equal(Paxos.Instant.Never, world.Journal.OldestUnsyncedSince);
    }

    [Theory]
    [InlineData(DiskFault.WriteFails)]
    [InlineData(DiskFault.ShortWrite)]
    [InlineData(DiskFault.SyncFails)]
    [InlineData(DiskFault.NoSpace)]
    public void After_a_failed_write_nothing_is_ever_persisted_again(DiskFault fault)
    {
        var world = World.Opened(World.NewMedium());
        world.Post();
        world.Turn();
        var fail = true;
        world.Disk.FaultOf = _ => fail ? fault : DiskFault.None;
        world.Post();
        world.Turn();
        Assert.NotNull(world.Fault);
        Assert.Contains("Records up to 1 are safe", world.Fault, StringComparison.Ordinal);
        fail = false;
        var written = false;
        world.Disk.OnSubmit = _ => written = true;
        world.Post();
        world.Settle();
        Assert.False(written);
        Assert.Equal(1UL, world.Persisted);
        Assert.Single(world.Events, static e => e.Kind == JournalEventKind.Fault);
        Assert.Equal(world.Fault, world.Journal.Fault);
    }

    [Fact]
    public void A_sync_that_failed_but_reads_back_is_written_anew_by_recovery()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        world.Post();
        world.Settle();
        world.Disk.FaultOf = static _ => DiskFault.SyncFails;
        world.Post();
        world.Turn();
        Assert.NotNull(world.Fault);
        medium.KillProcess();
        var second = World.Opened(medium); // reads record 2 from the cache, may answer from it
        second.AssertRecovered(2, 2);
        medium.LosePower(); // and the pages that the kernel forgot are gone
        World.Opened(medium).AssertRecovered(2, 2);
    }

    [Fact]
    public void A_full_mailbox_of_events_delays_and_loses_nothing()
    {
        var world = new World(World.NewMedium(), World.Tiny, eventsMax: 1);
        world.Open();
        for (var i = 0; i < 5; i++)
        {
            world.Post();
            world.Journal.Turn(world.Now);
        }
        world.TakeEvents();
        Assert.Equal(1UL, world.Persisted);
        world.Turn();
        Assert.Equal(5UL, world.Persisted);
    }

    [Fact]
    public void The_carry_of_the_youngest_segment_is_handed_back_first()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        for (byte i = 1; i < 100; i++)
        {
            var batch = world.Mailboxes.Rent();
            batch.Add(i, 0, 1, 5, i, World.PayloadOf(i));
            batch.SetCarry([i]);
            Assert.True(world.Mailboxes.Batches.TryPost(batch));
            world.Journal.Turn(world.Now);
        }
        var again = World.Opened(medium);
        again.AssertRecovered(99, 99);
        Assert.Single(again.Host.Carry!);
        // Segments of 4 KiB hold seven writes of 512 bytes behind their opening: the last one is at most that old.
        Assert.InRange(again.Host.Carry![0], 99 - 8, 98);
    }

    [Fact]
    public void Steady_appends_do_not_allocate()
    {
        var options = new JournalOptions { SegmentBytes = 32 << 20, IdleBeforeMark = TimeSpan.FromHours(1) };
        var world = World.Opened(World.NewMedium(), options);
        var disk = new NullDisk();
        var opening = new Recovery.JournalOpening(disk, options, new RecordingHost());
        Assert.True(opening.Step());
        var journal = new Journal(opening, disk, options, world.Mailboxes);
        var payload = new byte[100];
        var number = 0UL;
        void Run(int batches)
        {
            for (var i = 0; i < batches; i++)
            {
                var batch = world.Mailboxes.Rent();
                for (var j = 0; j < 10; j++)
                {
                    batch.Add(++number, 0, 1, 1, 1 + number % 1000, payload);
                }
                world.Mailboxes.Batches.TryPost(batch);
                journal.Turn(world.Now);
                world.Mailboxes.Events.TryTake(out _);
            }
        }
        Run(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 10_000, $"{allocated} bytes for 10,000 records"); // queues grow a segment now and then
    }
}
