using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Node.Tests;

/// <summary>A node that is restarted often takes its snapshots all the same.</summary>
public sealed class SnapshotsAcrossRestartsTests
{
    private const int LargeBytes = 20_000;
    private const int SmallBytes = 1000;
    private const int WritesPerLife = 15;
    private const int Lives = 5;

    [Fact]
    public void Decrees_of_earlier_lives_count_for_the_next_snapshot()
    {
        var world = NextLife(null);
        Write(world, "large", LargeBytes);
        Fill(world);
        world.RunUntil("a snapshot is there", () => world.Node.Snapshots!.Newest.Slot > Slot.Zero);
        Assert.True(world.Node.Snapshots!.Newest.Bytes > LargeBytes);
        var first = world.Node.Snapshots.Newest;
        var taken = 0L;
        for (var life = 0; life < Lives; life++)
        {
            // In one life alone the decrees never outweigh the snapshot twice.
            world = NextLife(world);
            Fill(world);
            world.RunUntil("what is due is done", () => world.Node.Snapshots!.Turn(world.Now) > world.Now + TimeSpan.FromSeconds(1));
            taken += world.Node.Snapshots!.Taken;
        }
        Assert.True(world.Node.Snapshots!.Newest.Slot > first.Slot);
        Assert.InRange(taken, 1, Lives / 2);
    }

    private static WholeNode NextLife(WholeNode? before)
    {
        var world = new WholeNode(
            options => options with { Snapshots = options.Snapshots with { EveryDecrees = 10 } }, before: before);
        world.Begin();
        return world;
    }

    private static void Fill(WholeNode world)
    {
        for (var i = 0; i < WritesPerLife; i++)
        {
            Write(world, "small", SmallBytes);
        }
    }

    private static void Write(WholeNode world, string key, int bytes)
    {
        var write = WholeNode.PutOf(bytes, key);
        world.Node.Submit(write);
        world.RunUntil("the write is done", () => write.Ended.Count == 1);
        Assert.Null(write.Ended.Failure);
    }
}
