using Synod.Ports;
using Synod.Store;

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

    [Fact]
    public void Commands_that_wait_are_bounded_by_their_bytes_and_more_are_refused_as_not_done()
    {
        var world = new WholeNode(options => options with { OutstandingBytesMax = 8 * LargeBytes });
        world.Begin();
        List<RecordedWrite> writes = [.. Enumerable.Range(0, ManyWrites).Select(_ => WholeNode.PutOf(LargeBytes))];
        foreach (var write in writes)
        {
            world.Node.Submit(write);
            CoreTurns(world, writes.IndexOf(write) % 3); // They wait in the mailbox, without a number, and with one.
        }
        var refused = writes.Where(write => write.Ended.Count > 0).ToArray();
        Assert.Equal(ManyWrites - 8, refused.Length);
        Assert.All(refused, write => Assert.Equal(Failure.TooManyRequests, write.Ended.Failure));
        world.RunUntil("the others are done", () => writes.All(write => write.Ended.Count == 1));
        Assert.Equal(8, writes.Count(write => write.Ended.Failure is null));
        for (var i = 0; i < 20; i++)
        {
            var next = WholeNode.PutOf(LargeBytes);
            world.Node.Submit(next);
            world.RunUntil("there is room again", () => next.Ended.Count == 1);
            Assert.Null(next.Ended.Failure);
        }
    }

    [Fact]
    public void While_the_disk_stalls_a_leader_proposes_one_expiry_and_not_four_a_second()
    {
        var world = new WholeNode();
        world.Begin();
        var command = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new CommandWriter(command);
        writer.Begin();
        writer.LeaseGrant(new LeaseGrant(7, 10));
        var grant = new RecordedWrite(command.WrittenSpan.ToArray());
        world.Node.Submit(grant);
        world.RunUntil("the lease is granted", () => grant.Ended.Count == 1);
        CoreTurns(world, 100);
        var before = world.Node.Counters.RecordsWritten;
        CoreTurns(world, 60 * 50);
        Assert.InRange(world.Node.Counters.RecordsWritten - before, 0, 4);
        world.RunUntil("the lease ends", () => world.Node.State.Store.NextDeadline == ulong.MaxValue);
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
