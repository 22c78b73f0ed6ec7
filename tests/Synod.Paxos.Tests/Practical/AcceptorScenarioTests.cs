using Synod.Paxos.Essential;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;
using Acceptor = Synod.Paxos.Practical.Acceptor;

namespace Synod.Paxos.Tests.Practical;

/// <summary>Scenarios 36 to 44: acceptors that refuse aloud, can be passive, and wait for their disk.</summary>
public class AcceptorScenarioTests
{
    [Fact]
    public void Scenario_36_a_Prepare_below_the_promise_is_refused()
    {
        var acceptor = FreshAcceptor();
        Saved(acceptor.Step(new Prepare(At(2, A))));
        Assert.Equal(Refusal(A, At(1, A), At(2, A)), acceptor.Step(new Prepare(At(1, A))).Nack);
        acceptor.IsActive = false;
        AssertSilent(acceptor.Step(new Prepare(At(1, A))));
        Assert.Equal(At(2, A), acceptor.State.Promised);
    }

    [Fact]
    public void Scenario_37_an_Accept_below_the_promise_is_refused_and_changes_nothing()
    {
        var acceptor = FreshAcceptor();
        Saved(acceptor.Step(new Prepare(At(5, A))));
        var before = acceptor.State;
        Assert.Equal(Refusal(A, At(1, A), At(5, A)), acceptor.Step(new Accept(At(1, A), Text("foo"))).Nack);
        Assert.Equal(before, acceptor.State);
        acceptor.IsActive = false;
        AssertSilent(acceptor.Step(new Accept(At(1, A), Text("foo"))));
        Assert.Equal(before, acceptor.State);
    }

    [Fact]
    public void Scenario_38_a_passive_acceptor_says_nothing_and_is_bound_all_the_same()
    {
        var acceptor = FreshAcceptor();
        acceptor.IsActive = false;
        var promised = acceptor.Step(new Prepare(At(1, A)));
        AssertSilent(promised);
        // Known implementations forget to write what a passive acceptor takes; later it would answer from memory.
        Assert.Equal(new AcceptorState(At(1, A), Ballot.None, null), promised.Record);
        AssertSilent(acceptor.Step(new Prepare(At(1, A))));
        var accepted = acceptor.Step(new Accept(At(1, A), Text("foo")));
        AssertSilent(accepted);
        Assert.Equal(new AcceptorState(At(1, A), At(1, A), Text("foo")), accepted.Record);
        AssertSilent(acceptor.Step(new Accept(At(1, A), Text("foo"))));

        var unprepared = FreshAcceptor();
        unprepared.IsActive = false;
        AssertSilent(unprepared.Step(new Accept(At(1, A), Text("foo"))));
        Assert.Equal(Text("foo"), unprepared.State.AcceptedValue);
    }

    [Fact]
    public void Scenario_39_the_same_Accept_is_answered_again()
    {
        var acceptor = FreshAcceptor();
        var accept = new Accept(At(1, A), Text("foo"));
        Assert.Equal(Vote(A, At(1, A), "foo"), Saved(acceptor.Step(accept)));
        Assert.Equal(Vote(A, At(1, A), "foo"), Saved(acceptor.Step(accept)));
    }

    [Fact]
    public void Scenario_40_after_a_restart_the_same_Prepare_is_answered_again()
    {
        var acceptor = FreshAcceptor();
        Saved(acceptor.Step(new Prepare(At(2, A))));
        acceptor = FreshAcceptor(acceptor.State);
        Assert.Equal(Empty(A, At(2, A)), Saved(acceptor.Step(new Prepare(At(2, A)))));
    }

    [Fact]
    public void Scenario_41_after_a_restart_a_Promise_reports_what_was_accepted()
    {
        var acceptor = FreshAcceptor();
        Saved(acceptor.Step(new Prepare(At(1, A))));
        Saved(acceptor.Step(new Accept(At(1, A), Text("foo"))));
        acceptor = FreshAcceptor(acceptor.State);
        Assert.Equal(
            Reporting(A, At(2, B), At(1, A), "foo"), Saved(acceptor.Step(new Prepare(At(2, B)))));
    }

    /// <summary>
    /// Known outcome: the second Prepare, which comes during the first one's write, is dropped silently, and its
    /// proposer waits for nothing. Safe and live: each waits for its own record, and a completion releases what it
    /// wrote only.
    /// </summary>
    [Fact]
    public void Scenario_42_a_Prepare_that_comes_during_a_write_must_not_be_dropped()
    {
        var (acceptor, outbox) = (FreshAcceptor(), new Outbox<AcceptorState, Promise>(default));
        outbox.Add(acceptor.Step(new Prepare(At(1, A))).Reply!.Value);
        Assert.True(outbox.TryBeginWrite(out var first));
        outbox.Add(acceptor.Step(new Prepare(At(2, B))).Reply!.Value);
        Assert.Empty(Leaving(outbox));
        Assert.Equal(At(1, A), first.Promised);
        outbox.Written();
        Assert.Equal([Empty(A, At(1, A))], Leaving(outbox));
        Assert.True(outbox.TryBeginWrite(out var second));
        Assert.Equal(At(2, B), second.Promised);
        outbox.Written();
        Assert.Equal([Empty(A, At(2, B))], Leaving(outbox));
    }

    [Fact]
    public void Scenario_43_after_a_restart_Accepts_at_and_above_the_promise_are_accepted()
    {
        var acceptor = FreshAcceptor();
        Saved(acceptor.Step(new Prepare(At(1, A))));
        acceptor = FreshAcceptor(acceptor.State);
        Assert.Equal(Vote(A, At(1, A), "foo"), Saved(acceptor.Step(new Accept(At(1, A), Text("foo")))));
        Assert.Equal(Vote(A, At(5, A), "foo"), Saved(acceptor.Step(new Accept(At(5, A), Text("foo")))));
    }

    /// <summary>
    /// Known outcome: the Accept that comes during another one's write is dropped. Safe and live: both are answered,
    /// each after its own record.
    /// </summary>
    [Fact]
    public void Scenario_44_an_Accept_that_comes_during_a_write_must_not_be_dropped()
    {
        var (acceptor, outbox) = (FreshAcceptor(), new Outbox<AcceptorState, Accepted>(default));
        outbox.Add(acceptor.Step(new Prepare(At(1, A))).Record!.Value);
        Assert.True(outbox.TryBeginWrite(out _));
        outbox.Written();
        outbox.Add(acceptor.Step(new Accept(At(5, A), Text("foo"))).Reply!.Value);
        Assert.True(outbox.TryBeginWrite(out _));
        outbox.Add(acceptor.Step(new Accept(At(6, A), Text("foo"))).Reply!.Value);
        Assert.Empty(Leaving(outbox));
        outbox.Written();
        Assert.Equal([Vote(A, At(5, A), "foo")], Leaving(outbox));
        Assert.True(outbox.TryBeginWrite(out _));
        outbox.Written();
        Assert.Equal([Vote(A, At(6, A), "foo")], Leaving(outbox));
    }

    [Fact]
    public void A_repeated_request_waits_for_the_first_ones_write()
    {
        var (acceptor, outbox) = (FreshAcceptor(), new Outbox<AcceptorState, Promise>(default));
        outbox.Add(acceptor.Step(new Prepare(At(1, A))).Reply!.Value);
        Assert.True(outbox.TryBeginWrite(out _));
        outbox.Add(acceptor.Step(new Prepare(At(1, A))).Reply!.Value);
        Assert.Empty(Leaving(outbox));
        outbox.Written();
        // One answer for both; a third request, now that the disk has it, is answered without a write.
        Assert.Equal([Empty(A, At(1, A))], Leaving(outbox));
        outbox.Add(acceptor.Step(new Prepare(At(1, A))).Reply!.Value);
        Assert.False(outbox.TryBeginWrite(out _));
        Assert.Equal([Empty(A, At(1, A))], Leaving(outbox));
    }

    [Fact]
    public void An_Accept_that_comes_during_a_promises_write_is_not_acknowledged_by_it()
    {
        var acceptor = FreshAcceptor();
        var promises = new Outbox<AcceptorState, Promise>(default);
        var votes = new Outbox<AcceptorState, Accepted>(default);
        promises.Add(acceptor.Step(new Prepare(At(1, A))).Reply!.Value);
        Assert.True(promises.TryBeginWrite(out var written));
        var vote = acceptor.Step(new Accept(At(1, A), Text("foo"))).Reply!.Value;
        promises.Written();
        Assert.False(vote.TryRelease(written, out _));
        votes.Add(vote);
        Assert.Empty(Leaving(votes));
    }

    [Fact]
    public void An_outbox_without_a_write_under_way_cannot_have_written() =>
        Assert.Throws<InvariantViolatedException>(new Outbox<AcceptorState, Promise>(default).Written);

    [Fact]
    public void What_gathers_during_a_write_goes_out_with_one_more()
    {
        var (acceptor, outbox) = (FreshAcceptor(), new Outbox<AcceptorState, Promise>(default));
        outbox.Add(acceptor.Step(new Prepare(At(1, A))).Reply!.Value);
        Assert.True(outbox.TryBeginWrite(out _));
        for (var round = 2UL; round <= 9; round++)
        {
            outbox.Add(acceptor.Step(new Prepare(At(round, B))).Reply!.Value);
        }
        Assert.False(outbox.TryBeginWrite(out _));
        outbox.Written();
        Assert.Single(Leaving(outbox));
        Assert.True(outbox.TryBeginWrite(out var record));
        Assert.Equal(At(9, B), record.Promised);
        outbox.Written();
        Assert.Equal(8, Leaving(outbox).Count);
        Assert.Empty(outbox.Waiting);
    }

    [Fact]
    public void What_waits_is_bounded_and_the_rest_is_lost_but_not_its_record()
    {
        var (acceptor, outbox) = (FreshAcceptor(), new Outbox<AcceptorState, Promise>(default, waitingMax: 2));
        for (var round = 1UL; round <= 3; round++)
        {
            outbox.Add(acceptor.Step(new Prepare(At(round, B))).Reply!.Value);
        }
        Assert.Equal(2, outbox.Waiting.Count);
        Assert.True(outbox.TryBeginWrite(out var record));
        Assert.Equal(At(3, B), record.Promised);
    }
}
