using Synod.Paxos.Essential;
using static Synod.Paxos.Tests.Essential.Names;

namespace Synod.Paxos.Tests.Essential;

/// <summary>The guards that the paper does not spell out, each with what it prevents.</summary>
public class EssentialRuleTests
{
    [Fact]
    public void A_second_value_under_an_accepted_ballot_is_an_alarm_not_an_overwrite()
    {
        var acceptor = NewAcceptor();
        Written(acceptor.Step(new Accept(At(1, A), Text("foo"))));
        Assert.Throws<InvariantViolatedException>(() => acceptor.Step(new Accept(At(1, A), Text("bar"))));
        Assert.Equal(Text("foo"), acceptor.State.AcceptedValue);
        Assert.Equal(Vote(A, At(1, A), "foo"), Written(acceptor.Step(new Accept(At(1, A), Text("foo")))));
    }

    [Fact]
    public void An_acceptor_does_not_start_from_a_promise_below_what_it_accepted()
    {
        Assert.Throws<InvariantViolatedException>(
            () => new Acceptor(A, new AcceptorState(At(1, A), At(2, A), Text("foo"))));
        Assert.Throws<InvariantViolatedException>(() => new Acceptor(A, new AcceptorState(At(1, A), At(1, A), null)));
    }

    [Fact]
    public void Two_reported_values_under_one_ballot_are_an_alarm()
    {
        var proposer = new Proposer(A, 1, TwoOfThree, new BallotMark(At(8, A)));
        proposer.Prepare();
        proposer.Step(Reporting(B, At(9, A), At(1, B), "foo"));
        Assert.Throws<InvariantViolatedException>(() => proposer.Step(Reporting(C, At(9, A), At(1, B), "bar")));
    }

    [Fact]
    public void A_promise_that_reports_the_asked_ballot_as_accepted_is_an_alarm()
    {
        var proposer = NewProposer();
        proposer.Prepare();
        Assert.Throws<InvariantViolatedException>(() => proposer.Step(Reporting(B, At(1, A), At(1, A), "foo")));
    }

    [Fact]
    public void A_second_wish_never_leaves_under_a_ballot_whose_Accept_has_left()
    {
        // The Accept has timed out: nobody refused it, and nobody knows who has it.
        var proposer = NewProposer();
        proposer.Propose(Text("foo"));
        proposer.Prepare();
        proposer.Step(Empty(A, At(1, A)));
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.Step(Empty(B, At(1, A))));
        Assert.Null(proposer.Propose(Text("bar")));
        Assert.Null(proposer.Step(Empty(C, At(1, A))));
        Assert.Equal(new Prepare(At(2, A)), Written<BallotMark, Prepare>(proposer.Prepare()));
    }

    [Fact]
    public void A_late_promise_does_not_change_the_value_of_a_ballot_under_way()
    {
        var proposer = new Proposer(A, 1, TwoOfThree, new BallotMark(At(8, A)));
        proposer.Propose(Text("foo"));
        proposer.Prepare();
        proposer.Step(Empty(A, At(9, A)));
        Assert.Equal(new Accept(At(9, A), Text("foo")), proposer.Step(Empty(B, At(9, A))));
        Assert.Null(proposer.Step(Reporting(C, At(9, A), At(2, B), "bar")));
        Assert.Equal(Text("foo"), proposer.Value);
    }

    [Fact]
    public void A_promise_of_who_is_not_a_voter_does_not_count()
    {
        var proposer = NewProposer();
        proposer.Propose(Text("foo"));
        proposer.Prepare();
        proposer.Step(Empty(B, At(1, A)));
        Assert.Null(proposer.Step(Empty(new NodeId(9), At(1, A))));
        Assert.Equal(1, proposer.Promises.Count);
    }

    [Fact]
    public void Promises_to_an_earlier_life_do_not_count_in_a_later_one()
    {
        var before = NewProposer();
        before.Propose(Text("foo"));
        var rebuilt = NewProposer(before.Prepare().Record);
        rebuilt.Propose(Text("bar"));
        Assert.Null(rebuilt.Step(Empty(B, At(1, A))));
        Assert.Null(rebuilt.Step(Empty(C, At(1, A))));
        Assert.Equal(MemberSet.Empty, rebuilt.Promises);
    }

    [Fact]
    public void A_wish_that_comes_after_phase_one_goes_out_at_once_and_once()
    {
        var proposer = NewProposer();
        proposer.Prepare();
        proposer.Step(Empty(B, At(1, A)));
        Assert.Null(proposer.Step(Empty(C, At(1, A))));
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.Propose(Text("foo")));
        Assert.Null(proposer.Propose(Text("bar")));
    }

    [Fact]
    public void A_flexible_phase_one_quorum_completes_phase_one()
    {
        var configuration = new Configuration(1, [A, B, C], QuorumSystem.Flexible(3, phase1Size: 3, phase2Size: 1));
        var proposer = new Proposer(A, 1, configuration, default);
        proposer.Propose(Text("foo"));
        proposer.Prepare();
        Assert.Null(proposer.Step(Empty(A, At(1, A))));
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.Step(Empty(C, At(1, A))));
        Assert.Equal(Text("foo"), new Learner(configuration).Step(Vote(C, At(1, A), "foo")));
    }

    [Fact]
    public void Empty_bytes_are_a_value_like_any_other()
    {
        var acceptor = NewAcceptor();
        Written(acceptor.Step(new Accept(At(1, A), default)));
        var promise = Written(acceptor.Step(new Prepare(At(2, B))));
        Assert.Equal(default(Value), promise.AcceptedValue);
        var proposer = new Proposer(B, 1, TwoOfThree, new BallotMark(At(1, B)));
        proposer.Propose(Text("bar"));
        proposer.Prepare();
        proposer.Step(promise);
        Assert.Equal(new Accept(At(2, B), default), proposer.Step(Empty(C, At(2, B))));
    }

    [Fact]
    public void States_are_written_and_read_back()
    {
        var acceptor = NewAcceptor();
        acceptor.Step(new Accept(At(1, A), Text("foo")));
        acceptor.Step(new Prepare(At(2, B)));
        var proposer = new Proposer(A, 1, TwoOfThree, new BallotMark(At(8, A)));
        proposer.Propose(Text("foo"));
        proposer.Prepare();
        proposer.Step(Reporting(B, At(9, A), At(2, B), "bar"));
        var learner = NewLearner();
        learner.Step(Vote(A, At(2, A), "foo"));
        learner.Step(Vote(C, At(1, A), "bar"));

        var writer = new StateWriter();
        Write(acceptor, proposer, learner, writer);
        var reader = new StateReader(writer.Written.ToArray());
        var (acceptor2, proposer2, learner2) = (NewAcceptor(), NewProposer(), NewLearner());
        acceptor2.Read(ref reader);
        proposer2.Read(ref reader);
        learner2.Read(ref reader);
        Assert.True(reader.IsAtEnd);
        Assert.Equal(acceptor.State, acceptor2.State);
        Assert.Equal(
            (proposer.Ballot, proposer.Value, proposer.HighestAccepted, proposer.Promises),
            (proposer2.Ballot, proposer2.Value, proposer2.HighestAccepted, proposer2.Promises));
        // And they go on alike.
        Assert.Equal(proposer.Step(Empty(C, At(9, A))), proposer2.Step(Empty(C, At(9, A))));
        Assert.Equal(learner.Step(Vote(B, At(1, A), "bar")), learner2.Step(Vote(B, At(1, A), "bar")));
        Assert.Equal(Text("bar"), learner2.Chosen);
        var (bytes, bytes2) = (new StateWriter(), new StateWriter());
        Write(acceptor, proposer, learner, bytes);
        Write(acceptor2, proposer2, learner2, bytes2);
        Assert.Equal(bytes.Written.ToArray(), bytes2.Written.ToArray());
    }

    [Fact]
    public void Steps_of_an_acceptor_allocate_nothing()
    {
        var acceptor = NewAcceptor();
        var value = Text("foo");
        var released = 0;
        long before = 0;
        for (var round = 1UL; round <= 2_000; round++)
        {
            if (round == 1_001)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            var promise = acceptor.Step(new Prepare(At(round, B)));
            released += promise!.Value.TryRelease(acceptor.State, out _) ? 1 : 0;
            var accepted = acceptor.Step(new Accept(At(round, B), value));
            released += accepted!.Value.TryRelease(acceptor.State, out _) ? 1 : 0;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4_000, released);
    }

    private static void Write(Acceptor acceptor, Proposer proposer, Learner learner, StateWriter writer)
    {
        acceptor.Write(writer);
        proposer.Write(writer);
        learner.Write(writer);
    }
}
