using Synod.Ports;

namespace Synod.Node.Tests;

/// <summary>A disk that stalls makes a node slow, never deaf.</summary>
public sealed class StalledDiskTests
{
    private const int LargeBytes = 1 << 20;
    private const int ManyWrites = 64;

    [Fact]
    public void Data_waits_for_a_stalled_disk_and_the_control_lane_does_not()
    {
        var world = new WholeNode();
        world.Begin();
        var writes = Stall(world);
        world.Peers.Post(PeerLane.Data);
        world.Peers.Post(PeerLane.Bulk);
        world.Peers.Post(PeerLane.Control);
        CoreTurns(world, 3);
        Assert.Equal([PeerLane.Data, PeerLane.Bulk], world.Peers.Events.Select(e => e.Lane));
        Assert.Single(world.Observer.LinksDown);
        world.RunUntil("the disk has caught up", () => writes.All(write => write.Ended.Count == 1));
        world.RunUntil("data is taken again", () => world.Peers.Events.Count == 0);
        Assert.All(writes, write => Assert.Null(write.Ended.Failure));
    }

    [Fact]
    public void One_turn_takes_no_more_commands_than_the_journal_has_room_for()
    {
        var world = new WholeNode();
        world.Begin();
        var before = world.Node.Counters.RecordsWritten;
        Stall(world);
        var bytes = (world.Node.Counters.RecordsWritten - before) * LargeBytes;
        Assert.InRange(bytes, 1, ManyWrites * LargeBytes / 2);
        Assert.Equal(ManyWrites, world.Node.Queues.UnderWay);
    }

    [Fact]
    public void A_command_that_a_stalled_disk_kept_waiting_fails_as_not_done()
    {
        var world = new WholeNode(options => options with { RequestTimeout = TimeSpan.FromSeconds(2) });
        world.Begin();
        var writes = Stall(world);
        CoreTurns(world, 200);
        Assert.Equal(Failure.TooManyRequests, writes[^1].Ended.Failure);
    }

    private static List<RecordedWrite> Stall(WholeNode world)
    {
        List<RecordedWrite> writes = [.. Enumerable.Range(0, ManyWrites).Select(_ => WholeNode.PutOf(LargeBytes))];
        writes.ForEach(world.Node.Submit);
        CoreTurns(world, 20);
        return writes;
    }

    private static void CoreTurns(WholeNode world, int count)
    {
        for (var turn = 0; turn < count; turn++)
        {
            world.Now += TimeSpan.FromMilliseconds(20);
            world.Node.CoreTurn(world.Now);
        }
    }
}
