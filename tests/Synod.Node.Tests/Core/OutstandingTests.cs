using Synod.Paxos;

namespace Synod.Node.Tests;

public sealed class OutstandingTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(750);
    private static readonly Ballot First = new(1, new NodeId(1), 1);
    private static readonly Ballot Second = new(2, new NodeId(2), 1);
    private static readonly Value Command = Value.FromText("c");

    [Fact]
    public void What_never_left_is_not_done_and_what_left_is_unknown()
    {
        var outstanding = new Outstanding(10);
        var stayed = outstanding.Add(Command, new Instant(0));
        var left = outstanding.Add(Command, new Instant(0));
        outstanding.MarkSent(left, new Instant(5), First, Retry);
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
        outstanding.MarkSent(sequence, new Instant(5), First, Retry);
        Assert.True(outstanding.NeedsSending(sequence, new Instant(5), Second, leads: false)); // A new leader.
        Assert.True(outstanding.IsExpired(sequence, new Instant(0) + Timeout, Timeout, out var failure));
        Assert.Equal(Failure.TimedOut, failure);
    }

    [Fact]
    public void What_this_node_proposed_itself_is_proposed_again_only_under_a_later_ballot()
    {
        var outstanding = new Outstanding(10);
        var sequence = outstanding.Add(Command, new Instant(0));
        Assert.True(outstanding.NeedsSending(sequence, new Instant(0), First, leads: true));
        outstanding.MarkSent(sequence, new Instant(0), First, Retry);
        Assert.False(outstanding.NeedsSending(sequence, new Instant(0) + (Timeout * 100), First, leads: true));
        Assert.True(outstanding.NeedsSending(sequence, new Instant(0), Second, leads: true));
    }

    [Fact]
    public void What_was_forwarded_is_forwarded_again_more_and_more_rarely()
    {
        var outstanding = new Outstanding(10);
        var sequence = outstanding.Add(Command, new Instant(0));
        var now = new Instant(0);
        outstanding.MarkSent(sequence, now, First, Retry);
        foreach (var wait in (TimeSpan[])[Retry, Retry * 2, Retry * 4])
        {
            Assert.False(outstanding.NeedsSending(sequence, now + (wait - TimeSpan.FromTicks(1)), First, leads: false));
            now += wait;
            Assert.True(outstanding.NeedsSending(sequence, now, First, leads: false));
            outstanding.MarkSent(sequence, now, First, Retry);
        }
        Assert.True(outstanding.NeedsSending(sequence, now, Second, leads: false));
        outstanding.MarkSent(sequence, now, Second, Retry); // Somebody else: patience begins anew.
        Assert.True(outstanding.NeedsSending(sequence, now + Retry, Second, leads: false));
    }

    [Fact]
    public void No_more_may_be_outstanding_than_a_session_remembers()
    {
        _ = new Outstanding(Synod.Replication.SessionTable.Window);
        Assert.Throws<ArgumentException>(() => new Outstanding(Synod.Replication.SessionTable.Window + 1));
        Assert.Throws<ArgumentException>(() => new Outstanding(0));
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
