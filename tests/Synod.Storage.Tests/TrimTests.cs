using Synod.Ports;
using Synod.Simulation;
using Synod.Storage.Format;
using Synod.Storage.Recovery;

namespace Synod.Storage.Tests;

/// <summary>Old segments go, and whatever a crash leaves is a journal that begins where its youngest opening says.</summary>
public sealed class TrimTests
{
    [Fact]
    public void Segments_whose_keys_were_let_go_are_removed_behind_a_synced_opening_oldest_first()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        FillSegments(world, 6);
        var before = Segments(medium);
        List<string> deleted = [];
        world.Disk.OnSubmit = request =>
        {
            if (request.Operation == DiskOperation.Delete)
            {
                deleted.Add(request.Name);
            }
        };
        LetGo(world, 8);
        world.Settle();
        Assert.Empty(deleted); // No later opening says yet that they are not needed.
        FillSegments(world, 1);
        Assert.NotEmpty(deleted);
        Assert.Equal(before.Take(deleted.Count), deleted);
        Assert.Equal(deleted.Count, world.Journal.SegmentsRemoved);
        Assert.Equal(Segments(medium).Count(name => medium.Snapshot(name).AsSpan().ContainsAnyExcept((byte)0)), world.Journal.Segments);
    }

    [Fact]
    public void What_was_let_go_is_not_read_back_and_what_was_not_still_is()
    {
        var world = World.Opened(World.NewMedium());
        FillSegments(world, 6);
        var last = world.LastNumber;
        LetGo(world, 9);
        FillSegments(world, 2);
        world.Mailboxes.Reads.TryPost(new JournalReadRequest(1, 0, 1, last, 1 << 20));
        world.Turn();
        var read = world.Events.Last(e => e.Kind == JournalEventKind.Read).Read!;
        Assert.Equal(Enumerable.Range(10, (int)last - 9).Select(key => (ulong)key), read.Records.Select(r => r.Key));
        Assert.Equal(0UL, read.DamagedKey);
    }

    [Fact]
    public void After_a_restart_recovery_begins_at_the_oldest_needed_segment_and_the_rest_still_go()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        FillSegments(world, 6);
        LetGo(world, 9);
        // The removals do not come to their end before the power fails.
        world.Disk.FaultOf = request => request.Operation == DiskOperation.Delete ? DiskFault.WriteFails : DiskFault.None;
        FillSegments(world, 2);
        var all = Segments(medium).Count;
        medium.LosePower();
        var again = World.Opened(medium);
        Assert.InRange(again.Host.Records[0].Record.Number, 2UL, 10UL);
        Assert.Equal(world.LastNumber, again.LastNumber);
        again.Settle();
        Assert.True(Segments(medium).Count < all);
        Assert.True(again.Journal.SegmentsRemoved > 0);
    }

    [Fact]
    public void A_segment_that_is_not_needed_any_more_may_be_damaged_or_gone()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        FillSegments(world, 6);
        LetGo(world, 12);
        world.Disk.FaultOf = request => request.Operation == DiskOperation.Delete ? DiskFault.WriteFails : DiskFault.None;
        FillSegments(world, 2);
        medium.LosePower();
        medium.Rot(SegmentName.Of(1), RecordFormat.HeaderBytes + 200, 0xFF);
        medium.Lose(SegmentName.Of(2));
        var again = World.Opened(medium);
        Assert.Equal(world.LastNumber, again.LastNumber);
    }

    [Fact]
    public void A_needed_segment_that_is_missing_is_still_refused()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        FillSegments(world, 6);
        LetGo(world, 5);
        FillSegments(world, 2);
        medium.LosePower();
        var oldest = Segments(medium)[0];
        medium.Lose(oldest);
        var again = new World(medium);
        var refused = Assert.Throws<JournalRefusedException>(again.Open);
        Assert.Equal(RecoveryDecision.RefuseGap, refused.Decision);
        // What stands behind a gap makes no sense to the host: it would refuse first, and say the wrong thing.
        Assert.Empty(again.Host.Records);
    }

    [Fact]
    public void At_whatever_request_the_power_fails_no_record_above_what_was_let_go_is_lost()
    {
        for (var crashAt = 1; crashAt < 120; crashAt++)
        {
            var medium = World.NewMedium((ulong)crashAt);
            var world = World.Opened(medium);
            world.Disk.CompletesByHand = true;
            var left = crashAt;
            world.Disk.OnSubmit = _ => left--;
            var letGo = 0UL;
            for (var i = 0; i < 60 && left > 0; i++)
            {
                world.Post(1, 300);
                if (i % 10 == 9)
                {
                    letGo = world.Persisted > 4 ? world.Persisted - 4 : 0;
                    LetGo(world, letGo);
                }
                for (var step = 0; step < 6 && left > 0; step++)
                {
                    world.Turn();
                    if (left > 0)
                    {
                        world.Disk.CompleteOne();
                    }
                }
            }
            medium.LosePower();
            var again = World.Opened(medium);
            Assert.True(again.LastNumber >= world.Persisted, $"crash at {crashAt}");
            var numbers = again.Host.Records.Select(r => r.Record.Number).ToHashSet();
            for (var number = letGo + 1; number <= world.Persisted; number++)
            {
                Assert.True(numbers.Contains(number), $"crash at {crashAt}: record {number} of {world.Persisted}, let go {letGo}");
            }
        }
    }

    /// <summary>Every opening's carry is as new as the records before it.</summary>
    [Fact]
    public void The_opening_of_a_segment_carries_what_the_last_batch_before_it_said()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        FillSegments(world, 3);
        LetGo(world, 3, carry: [1, 2, 3]);
        FillSegments(world, 2);
        medium.LosePower();
        var again = World.Opened(medium);
        Assert.Equal([1, 2, 3], again.Host.Carry);
    }

    private static List<string> Segments(SimulatedMedium medium) =>
        [.. medium.Names.Where(name => SegmentName.TryParse(name, out _))];

    private static void LetGo(World world, ulong upTo, byte[]? carry = null)
    {
        var batch = world.Mailboxes.Rent();
        batch.SetCarry(carry ?? [0xCA, 0x88]);
        batch.LetGo(0, upTo);
        Assert.True(world.Mailboxes.Batches.TryPost(batch));
    }

    /// <summary>Posts records until so many more segments were entered.</summary>
    private static void FillSegments(World world, int segments)
    {
        var last = world.Journal.Segments + world.Journal.SegmentsRemoved + segments;
        while (world.Journal.Segments + world.Journal.SegmentsRemoved < last)
        {
            world.Post(1, 900);
            world.Settle();
        }
    }
}
