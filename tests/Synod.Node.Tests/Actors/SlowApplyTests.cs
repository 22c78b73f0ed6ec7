using Synod.Ports;

namespace Synod.Node.Tests;

/// <summary>A state machine that does not keep up bounds what is decided, and nothing else stands still for it.</summary>
public sealed class SlowApplyTests
{
    private const int UnappliedMax = 50;
    private const int WritesARound = 5;
    private const int Rounds = 60;
    private const int LargeBytes = 1 << 18;

    [Fact]
    public void What_is_decided_and_not_applied_is_bounded_by_slots() =>
        HoldAndRelease(new WholeNode(options => options with { UnappliedSlotsMax = UnappliedMax }), 1);

    [Fact]
    public void What_is_decided_and_not_applied_is_bounded_by_bytes() =>
        HoldAndRelease(new WholeNode(options => options with { UnappliedBytesMax = UnappliedMax * LargeBytes }), LargeBytes);

    [Fact]
    public void A_command_that_waits_for_the_state_machine_for_too_long_fails_as_not_done()
    {
        var world = new WholeNode(options => options with
        {
            UnappliedSlotsMax = UnappliedMax,
            RequestTimeout = TimeSpan.FromSeconds(2),
        });
        world.Begin();
        var writes = Decide(world, 1);
        for (var round = 0; round < 200; round++)
        {
            CoreAndJournal(world);
        }
        Assert.Equal(Failure.TooManyRequests, writes[^1].Ended.Failure);
    }

    [Fact]
    public void Reads_that_wait_for_the_state_machine_are_bounded()
    {
        const int ReadsMax = 10;
        var world = new WholeNode(options => options with { WaitingReadsMax = ReadsMax });
        world.Begin();
        List<RecordedRead> reads = [];
        for (var round = 0; round < Rounds; round++)
        {
            reads.Add(new RecordedRead(linearizable: true));
            world.Node.Submit(reads[^1]);
            CoreAndJournal(world);
        }
        Assert.Equal(2 * ReadsMax, reads.Count(read => read.Ended.Count == 0)); // As many on their way as before it.
        world.RunUntil("all reads are done", () => reads.All(read => read.Ended.Count == 1));
        Assert.Equal(2 * ReadsMax, reads.Count(read => read.Ended.Failure is null));
        Assert.Equal(Rounds - (2 * ReadsMax), reads.Count(read => read.Ended.Failure == Failure.TooManyRequests));
    }

    private static void HoldAndRelease(WholeNode world, int bytes)
    {
        world.Begin();
        var writes = Decide(world, bytes);
        var unapplied = world.Node.Status.ChosenUpTo.Number - world.Node.State.AppliedUpTo.Number;
        Assert.InRange(unapplied, (ulong)UnappliedMax - 1, (ulong)(UnappliedMax + 4 * WritesARound));
        world.Peers.Post(PeerLane.Data);
        world.Peers.Post(PeerLane.Control);
        CoreAndJournal(world);
        Assert.Equal([PeerLane.Data], world.Peers.Events.Select(e => e.Lane));
        world.RunUntil("all writes are done", () => writes.All(write => write.Ended.Count == 1));
        Assert.All(writes, write => Assert.Null(write.Ended.Failure));
        world.RunUntil("data is taken again", () => world.Peers.Events.Count == 0);
    }

    /// <summary>Submits more and more, while the apply actor has no turn.</summary>
    private static List<RecordedWrite> Decide(WholeNode world, int bytes)
    {
        List<RecordedWrite> writes = [];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < WritesARound; i++)
            {
                writes.Add(WholeNode.PutOf(bytes));
                world.Node.Submit(writes[^1]);
            }
            CoreAndJournal(world);
        }
        return writes;
    }

    private static void CoreAndJournal(WholeNode world)
    {
        world.Now += TimeSpan.FromMilliseconds(20);
        world.Node.CoreTurn(world.Now);
        world.Node.JournalTurn(world.Now);
        world.Node.CoreTurn(world.Now);
    }
}
