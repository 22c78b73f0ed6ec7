using Synod.Ports;
using Synod.Simulation;
using Synod.Storage.Format;

namespace Synod.Storage.Tests;

public class SpaceTests
{
    private static World NearlyFull()
    {
        var world = World.Opened(World.NewMedium());
        world.Medium.CapacityBytes = world.Medium.UsedBytes;
        return world;
    }

    [Fact]
    public void A_full_disk_is_an_alarm_and_what_fits_goes_on()
    {
        var world = NearlyFull();
        var persistedInAlarm = 0;
        for (var i = 0; i < 20; i++)
        {
            world.Post();
            world.Turn();
            persistedInAlarm += world.Journal.NoSpace is not null && world.Persisted == world.LastNumber ? 1 : 0;
            if (world.Persisted < world.LastNumber)
            {
                break;
            }
        }
        Assert.True(persistedInAlarm > 0, "nothing was persisted while the alarm stood");
        Assert.Equal(world.LastNumber, world.Persisted + 1); // the one that does not fit waits
        Assert.Null(world.Journal.Fault);
        Assert.Single(world.Events, static e => e.Kind == JournalEventKind.NoSpace);
        var alarm = world.Events.First(static e => e.Kind == JournalEventKind.NoSpace);
        Assert.Contains("Free some space", alarm.Text!, StringComparison.Ordinal);
    }

    [Fact]
    public void The_alarm_heals_by_itself_when_there_is_space_again()
    {
        var world = NearlyFull();
        for (var i = 0; i < 8; i++)
        {
            world.Post();
            world.Turn();
        }
        Assert.True(world.Persisted < world.LastNumber);
        var next = world.Turn();
        Assert.True(next <= world.Now + world.Options.SpaceRetryEvery, "it does not ask for another try");
        world.Medium.CapacityBytes = long.MaxValue;
        world.Settle();
        Assert.Null(world.Journal.NoSpace);
        Assert.Equal(world.LastNumber, world.Persisted);
        Assert.Single(world.Events, static e => e.Kind == JournalEventKind.SpaceAgain);
        World.Opened(world.Medium).AssertRecovered(world.LastNumber, world.LastNumber);
    }

    [Fact]
    public void The_alarm_ends_by_looking_again_though_nothing_is_written_and_no_segment_is_entered()
    {
        var world = NearlyFull();
        while (world.Journal.NoSpace is null)
        {
            world.Post();
            world.Turn();
        }
        world.Turn();
        Assert.Equal(world.LastNumber, world.Persisted); // Nothing waits: from here on nobody writes anything.
        Assert.Contains(world.Events, static e => e.Kind == JournalEventKind.NoSpace);
        var entered = 0;
        world.Disk.OnSubmit = request => entered += request.Operation == DiskOperation.WriteAndSync && request.Name != SegmentName.MarkFile ? 1 : 0;
        for (var i = 0; i < 3; i++)
        {
            world.Now = world.Turn(); // It wants each turn itself.
        }
        Assert.NotNull(world.Journal.NoSpace);
        world.Medium.CapacityBytes = long.MaxValue;
        var freed = world.Now;
        entered = 0;
        for (var next = world.Turn(); world.Events.All(static e => e.Kind != JournalEventKind.SpaceAgain); next = world.Turn())
        {
            Assert.True(next <= freed + world.Options.SpaceRetryEvery * 2, "nothing looks for space again");
            world.Now = next;
        }
        Assert.Null(world.Journal.NoSpace);
        Assert.Equal(0, entered);
    }

    [Fact]
    public void Making_a_segment_is_tried_again_at_its_time_and_not_before()
    {
        var world = NearlyFull();
        var tries = 0;
        world.Disk.OnSubmit = request => tries += request.Operation == DiskOperation.CreateZeroFilled ? 1 : 0;
        for (var i = 0; i < 8; i++)
        {
            world.Post();
            world.Turn();
        }
        Assert.Equal(1, tries);
        world.Turn();
        Assert.Equal(1, tries);
        world.Now += world.Options.SpaceRetryEvery;
        world.Turn();
        Assert.Equal(2, tries);
    }

    [Fact]
    public void A_segment_that_cannot_be_made_for_another_reason_is_a_fault()
    {
        var world = World.Opened(World.NewMedium());
        world.Disk.FaultOf = static request =>
            request.Operation == DiskOperation.CreateZeroFilled ? DiskFault.WriteFails : DiskFault.None;
        for (var i = 0; i < 5; i++)
        {
            world.Post();
            world.Turn();
        }
        Assert.NotNull(world.Fault);
        var persisted = world.Persisted;
        world.Post();
        world.Settle();
        Assert.Equal(persisted, world.Persisted);
    }

    [Fact]
    public void The_next_segment_is_made_before_it_is_needed_and_delays_no_write()
    {
        var world = World.Opened(World.NewMedium());
        world.Disk.CompletesByHand = true;
        for (var i = 0; i < 7; i++)
        {
            world.Post();
            world.Turn();
            // The file is still being made; the writes pass it by.
            var write = world.Disk.UnderWay.ToList().FindIndex(static r => r.Operation == DiskOperation.WriteAndSync);
            Assert.True(write >= 0 && world.Disk.Complete(write));
            world.Turn();
            Assert.Equal(world.LastNumber, world.Persisted);
        }
        Assert.Contains(world.Disk.UnderWay, static r => r.Operation == DiskOperation.CreateZeroFilled);
        world.Post();
        world.Turn();
        Assert.True(world.Persisted < world.LastNumber);
        Assert.True(world.Disk.Complete(0));
        world.Settle();
        Assert.Equal(world.LastNumber, world.Persisted);
    }
}
