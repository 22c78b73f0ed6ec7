using Synod.Paxos;

namespace Synod.Node.Tests;

/// <summary>However a node ends, everybody who waits is told, once.</summary>
public sealed class EndingTests
{
    private const int Posters = 3;
    private const int RaceRounds = 100;
    private const int PostsMax = 4000;

    [Fact]
    public void Any_exception_in_a_turn_of_the_core_ends_the_node_and_everybody_is_told()
    {
        var world = new WholeNode();
        world.Begin();
        var write = WholeNode.PutOf(1);
        var read = new RecordedRead(linearizable: true);
        world.Node.Submit(write);
        world.Node.Submit(read);
        world.Peers.Broken = new InvalidOperationException("the links are broken");
        world.Turn();
        world.Turn();
        Assert.Contains("the links are broken", world.Node.Fault, StringComparison.Ordinal);
        Assert.Contains("the links are broken", Assert.Single(world.Observer.Faults), StringComparison.Ordinal);
        Assert.Equal((1, 1), (write.Ended.Count, read.Ended.Count));
        Assert.Equal(Failure.NotServing, write.Ended.Failure);
    }

    [Fact]
    public void Any_exception_in_a_turn_of_the_apply_actor_ends_the_node_and_everybody_is_told()
    {
        var world = new WholeNode();
        world.Begin();
        var after = new RecordedRead(linearizable: false);
        var write = WholeNode.PutOf(1);
        world.Node.Submit(write);
        world.Node.Submit(new ThrowingRead());
        world.Node.Submit(after);
        world.RunUntil("the fault is told", () => world.Node.Fault is not null);
        world.Turn();
        Assert.Contains("this read throws", world.Node.Fault, StringComparison.Ordinal);
        Assert.Equal((1, 1), (after.Ended.Count, write.Ended.Count));
    }

    [Fact]
    public void A_request_whose_ending_throws_keeps_nobody_else_from_being_told()
    {
        var world = new WholeNode();
        world.Begin();
        world.Node.Submit(new ThrowingRead());
        var after = new RecordedRead(linearizable: false);
        world.Node.Submit(after);
        world.Node.Stop();
        world.Turn();
        world.Turn();
        Assert.Equal(1, after.Ended.Count);
    }

    [Fact]
    public void No_later_picture_of_the_node_hides_a_fault()
    {
        var world = new WholeNode();
        world.Begin();
        Assert.True(world.Node.Status.Serving);
        // The apply actor faults between two turns of the core, of which the second publishes a new picture.
        world.Node.Submit(new ThrowingRead());
        world.Node.ApplyTurn(world.Now);
        world.Node.CoreTurn(world.Now);
        Assert.False(world.Node.Status.Serving);
        Assert.NotNull(world.Node.Status.Fault);
    }

    [Fact]
    public void A_request_that_races_the_last_turn_ends_all_the_same()
    {
        for (var round = 0; round < RaceRounds; round++)
        {
            var world = new WholeNode(hasSmallDisk: true);
            List<Endings>[] all = [.. Enumerable.Range(0, Posters).Select(_ => new List<Endings>())];
            using var begun = new Barrier(Posters + 1);
            var threads = all.Select(endings => new Thread(() => Post(world, endings, begun))).ToList();
            threads.ForEach(thread => thread.Start());
            begun.SignalAndWait();
            world.Node.Stop();
            world.Node.CoreTurn(world.Now);
            world.Node.ApplyTurn(world.Now);
            threads.ForEach(thread => thread.Join());
            Assert.All(all.SelectMany(endings => endings), ended => Assert.Equal(1, ended.Count));
        }
    }

    private static void Post(WholeNode world, List<Endings> endings, Barrier begun)
    {
        begun.SignalAndWait();
        // Until the node says that it has ended, and a little beyond: one of these meets the last turn.
        while (endings.Count < PostsMax && (endings.Count == 0 || endings[^1].Failure != Failure.NotServing))
        {
            var write = WholeNode.PutOf(1);
            var linearizable = new RecordedRead(linearizable: true);
            var local = new RecordedRead(linearizable: false);
            var watch = new RecordedWatch();
            endings.AddRange([write.Ended, linearizable.Ended, local.Ended, watch.Ended]);
            world.Node.Submit(write);
            world.Node.Submit(linearizable);
            world.Node.Submit(local);
            world.Node.Submit(watch);
        }
    }

    private sealed class ThrowingRead() : ReadRequest(linearizable: false)
    {
        public override void Run(Store.OrderedStore store) => throw new InvalidOperationException("this read throws");

        public override void Fail(Failure failure) => throw new InvalidOperationException("this ending throws");
    }
}
