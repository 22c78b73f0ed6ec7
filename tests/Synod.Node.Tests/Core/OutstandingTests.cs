using Synod.Paxos;

namespace Synod.Node.Tests;

public sealed class OutstandingTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(7);
    private static readonly Value Command = Value.FromText("c");

    [Fact]
    public void What_never_left_is_not_done_and_what_left_is_unknown()
    {
        var outstanding = new Outstanding(10);
        var stayed = outstanding.Add(Command, new Instant(0));
        var left = outstanding.Add(Command, new Instant(0));
        outstanding.MarkSent(left, new Instant(5));
        var late = new Instant(0) + Timeout;
        Assert.True(outstanding.IsExpired(stayed, late, Timeout, out var failure));
        Assert.Equal(Failure.NoLeader, failure);
        Assert.True(outstanding.IsExpired(left, late, Timeout, out failure));
        Assert.Equal(Failure.TimedOut, failure);
        Assert.False(outstanding.IsExpired(left, new Instant(0), Timeout, out _));
    }

    [Fact]
    public void Sending_again_never_turns_unknown_into_not_done()
    {
        var outstanding = new Outstanding(10);
        var sequence = outstanding.Add(Command, new Instant(0));
        outstanding.MarkSent(sequence, new Instant(5));
        Assert.True(outstanding.NeedsSending(sequence, new Instant(5), TimeSpan.Zero)); // A new leader.
        Assert.True(outstanding.IsExpired(sequence, new Instant(0) + Timeout, Timeout, out var failure));
        Assert.Equal(Failure.TimedOut, failure);
    }

    [Fact]
    public void The_limit_holds_and_answers_make_room()
    {
        var outstanding = new Outstanding(2);
        outstanding.Add(Command, default);
        outstanding.Add(Command, default);
        Assert.False(outstanding.HasRoom);
        outstanding.Answered(2);
        Assert.True(outstanding.HasRoom);
        Assert.Equal(2ul, outstanding.First);
    }

    [Fact]
    public void A_waiter_is_ended_once()
    {
        var waiters = new Waiters();
        var request = new Recorder();
        waiters.Add(1, request);
        Assert.True(waiters.TryTake(1, out var taken));
        Assert.Same(request, taken);
        Assert.False(waiters.TryTake(1, out _));
        Assert.Equal(2ul, waiters.AnsweredBelow);
    }

    [Fact]
    public void The_answered_mark_waits_for_the_oldest()
    {
        var waiters = new Waiters();
        for (var sequence = 1ul; sequence <= 3; sequence++)
        {
            waiters.Add(sequence, new Recorder());
        }
        waiters.TryTake(2, out _);
        Assert.Equal(1ul, waiters.AnsweredBelow);
        waiters.TryTake(1, out _);
        Assert.Equal(3ul, waiters.AnsweredBelow);
    }

    private sealed class Recorder() : WriteRequest(default)
    {
        public override void Applied(Synod.Ports.Outcome outcome, Synod.Store.OrderedStore store) => Assert.Fail("not applied here");

        public override void Fail(Failure failure) => Assert.Fail("not failed here");
    }
}
