using Synod.Paxos.Essential;
using static Synod.Paxos.Tests.Essential.Names;

namespace Synod.Paxos.Tests.Essential;

/// <summary>Sentences of Lamport 2001, section 2, in the order of the paper.</summary>
public class PaxosMadeSimpleTests
{
    [Fact]
    public void S2_1_only_a_value_that_has_been_proposed_may_be_chosen()
    {
        // Without a wish of its own and without a report there is nothing to propose, whoever promises.
        var proposer = NewProposer();
        proposer.Prepare();
        Assert.Null(proposer.Step(Empty(A, At(1, A))));
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Null(proposer.Step(Empty(C, At(1, A))));
    }

    [Fact]
    public void S2_1_a_process_never_learns_that_a_value_has_been_chosen_unless_it_has_been()
    {
        var learner = new Learner(Configuration.OfMajority(5));
        for (var voter = 1u; voter <= 2; voter++)
        {
            Assert.Null(learner.Step(Vote(new NodeId(voter), At(1, A), "foo")));
        }
        Assert.Equal(Text("foo"), learner.Step(Vote(new NodeId(5), At(1, A), "foo")));
    }

    [Fact]
    public void S2_2_P1_an_acceptor_must_accept_the_first_proposal_that_it_receives() =>
        Assert.Equal(Vote(A, At(7, C), "foo"), Written(NewAcceptor().Step(new Accept(At(7, C), Text("foo")))));

    [Fact]
    public void S2_2_an_acceptor_must_be_allowed_to_accept_more_than_one_proposal()
    {
        var acceptor = NewAcceptor();
        Written(acceptor.Step(new Accept(At(1, A), Text("foo"))));
        Assert.Equal(Vote(A, At(2, B), "bar"), Written(acceptor.Step(new Accept(At(2, B), Text("bar")))));
        Assert.Equal(new AcceptorState(At(2, B), At(2, B), Text("bar")), acceptor.State);
    }

    [Fact]
    public void S2_2_different_proposals_have_different_numbers()
    {
        // Two proposers, or two incarnations of one, never share a ballot, whatever each has seen.
        Assert.NotEqual(Ballot.None.NextFor(A, 1), Ballot.None.NextFor(B, 1));
        Assert.NotEqual(Ballot.None.NextFor(A, 1), Ballot.None.NextFor(A, 2));
    }

    [Fact]
    public void S2_2_phase_1a_a_proposer_sends_a_prepare_request_with_number_n() =>
        Assert.Equal(new Prepare(At(1, A)), Written<BallotMark, Prepare>(NewProposer().Prepare()));

    [Fact]
    public void S2_2_phase_1b_an_acceptor_responds_to_a_higher_number_with_a_promise_and_what_it_has_accepted()
    {
        var acceptor = NewAcceptor();
        Written(acceptor.Step(new Accept(At(1, A), Text("foo"))));
        Written(acceptor.Step(new Accept(At(3, B), Text("bar"))));
        Assert.Equal(Reporting(A, At(4, C), At(3, B), "bar"), Written(acceptor.Step(new Prepare(At(4, C)))));
    }

    [Fact]
    public void S2_2_phase_1b_an_acceptor_ignores_a_prepare_request_below_its_promise()
    {
        var acceptor = NewAcceptor();
        Written(acceptor.Step(new Prepare(At(2, B))));
        var before = acceptor.State;
        Assert.Null(acceptor.Step(new Prepare(At(2, A))));
        Assert.Equal(before, acceptor.State);
    }

    [Fact]
    public void S2_2_phase_2a_a_majority_of_responses_lets_the_proposer_propose_any_value()
    {
        var proposer = NewProposer();
        proposer.Propose(Text("foo"));
        proposer.Prepare();
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.Step(Empty(C, At(1, A))));
    }

    [Fact]
    public void S2_2_phase_2a_the_value_is_that_of_the_highest_numbered_proposal_among_the_responses()
    {
        // The highest comes first and last: it is the number that counts, not the order.
        foreach (var lowFirst in new[] { true, false })
        {
            var proposer = new Proposer(A, 1, TwoOfThree, new BallotMark(At(8, A)));
            proposer.Propose(Text("own"));
            proposer.Prepare();
            var low = Reporting(B, At(9, A), At(2, B), "low");
            var high = Reporting(C, At(9, A), At(3, B), "high");
            Assert.Null(proposer.Step(lowFirst ? low : high));
            Assert.Equal(new Accept(At(9, A), Text("high")), proposer.Step(lowFirst ? high : low));
        }
    }

    [Fact]
    public void S2_2_phase_2b_an_acceptor_accepts_unless_it_has_responded_to_a_higher_prepare()
    {
        var acceptor = NewAcceptor();
        Written(acceptor.Step(new Prepare(At(1, B))));
        Assert.Null(acceptor.Step(new Accept(At(1, A), Text("foo"))));
        Assert.Equal(Vote(A, At(1, B), "bar"), Written(acceptor.Step(new Accept(At(1, B), Text("bar")))));
    }

    [Fact]
    public void S2_2_an_acceptor_must_remember_even_if_it_fails_and_is_restarted()
    {
        var acceptor = NewAcceptor();
        Written(acceptor.Step(new Accept(At(1, A), Text("foo"))));
        var step = acceptor.Step(new Prepare(At(3, B)));
        var restarted = new Acceptor(A, step!.Value.Record);
        Assert.Null(restarted.Step(new Accept(At(2, A), Text("bar"))));
        Assert.Equal(Reporting(A, At(4, B), At(1, A), "foo"), Written(restarted.Step(new Prepare(At(4, B)))));
    }

    [Fact]
    public void S2_2_a_proposer_may_abandon_a_proposal_at_any_time_and_forget_it()
    {
        var proposer = NewProposer();
        proposer.Propose(Text("foo"));
        proposer.Prepare();
        proposer.Step(Empty(B, At(1, A)));
        proposer.Prepare();
        // The one promise that was missing for the abandoned ballot comes late: it moves nothing.
        Assert.Null(proposer.Step(Empty(C, At(1, A))));
        Assert.Null(proposer.Step(Empty(C, At(2, A))));
        Assert.Equal(new Accept(At(2, A), Text("foo")), proposer.Step(Empty(B, At(2, A))));
    }

    [Fact]
    public void S2_3_a_learner_finds_out_that_a_proposal_has_been_accepted_by_a_majority()
    {
        var learner = NewLearner();
        Assert.Null(learner.Step(Vote(B, At(1, A), "foo")));
        Assert.Equal(Text("foo"), learner.Step(Vote(C, At(1, A), "foo")));
    }

    [Fact]
    public void S2_3_because_of_message_loss_a_value_can_be_chosen_with_no_learner_ever_finding_out()
    {
        // A and B accept; B's message is lost; C answers the next proposer, which proposes the same value again.
        var learner = NewLearner();
        Assert.Null(learner.Step(Vote(A, At(1, A), "foo")));
        var next = new Proposer(B, 1, TwoOfThree, new BallotMark(At(1, B)));
        next.Propose(Text("bar"));
        next.Prepare();
        Assert.Null(next.Step(Empty(C, At(2, B))));
        Assert.Equal(new Accept(At(2, B), Text("foo")), next.Step(Reporting(B, At(2, B), At(1, A), "foo")));
        Assert.Null(learner.Step(Vote(B, At(2, B), "foo")));
        Assert.Equal(Text("foo"), learner.Step(Vote(C, At(2, B), "foo")));
    }

    [Fact]
    public void S2_4_two_proposers_can_each_keep_issuing_proposals_none_of_which_are_ever_chosen()
    {
        var acceptors = new[] { A, B, C }.Select(node => new Acceptor(node, default)).ToArray();
        var first = new Proposer(new NodeId(4), 1, TwoOfThree, default);
        var second = new Proposer(new NodeId(5), 1, TwoOfThree, default);
        first.Propose(Text("foo"));
        second.Propose(Text("bar"));
        var pending = Round(first, acceptors);
        for (var duel = 0; duel < 10; duel++)
        {
            var (other, ahead) = duel % 2 == 0 ? (second, first) : (first, second);
            var next = Round(other, acceptors);
            Assert.NotEqual(ahead.Ballot, other.Ballot);
            Assert.All(acceptors, acceptor => Assert.Null(acceptor.Step(pending)));
            pending = next;
        }
    }

    [Fact]
    public void S2_5_an_acceptor_records_its_response_before_sending_it()
    {
        var acceptor = NewAcceptor();
        var promise = acceptor.Step(new Prepare(At(1, A)))!.Value;
        Assert.False(promise.TryRelease(default, out _));
        var accepted = acceptor.Step(new Accept(At(1, A), Text("foo")))!.Value;
        // The promise's record is on disk: that releases the promise, and not what speaks of more.
        Assert.True(promise.TryRelease(promise.Record, out var sent));
        Assert.Equal(Empty(A, At(1, A)), sent);
        Assert.False(accepted.TryRelease(promise.Record, out _));
        Assert.True(accepted.TryRelease(accepted.Record, out _));
    }

    [Fact]
    public void S2_5_a_repeated_request_waits_for_the_record_of_the_first_one()
    {
        var acceptor = NewAcceptor();
        var first = acceptor.Step(new Prepare(At(1, A)))!.Value;
        var again = acceptor.Step(new Prepare(At(1, A)))!.Value;
        Assert.Equal(first.Record, again.Record);
        Assert.False(again.TryRelease(default, out _));
        Assert.True(again.TryRelease(first.Record, out _));
    }

    [Fact]
    public void S2_5_a_newer_record_on_disk_releases_the_answers_to_older_ones()
    {
        var acceptor = NewAcceptor();
        var promise = acceptor.Step(new Prepare(At(1, A)))!.Value;
        var accepted = acceptor.Step(new Accept(At(2, B), Text("foo")))!.Value;
        Assert.True(promise.TryRelease(accepted.Record, out var sent));
        // As it was when it was asked, not as it is now.
        Assert.Equal(Empty(A, At(1, A)), sent);
    }

    [Fact]
    public void S2_5_a_proposer_begins_with_a_higher_number_than_any_it_has_already_used()
    {
        var proposer = NewProposer();
        proposer.Prepare();
        var last = proposer.Prepare();
        Assert.False(last.TryRelease(default, out _));
        Assert.False(last.TryRelease(new BallotMark(At(1, A)), out _));
        Assert.True(last.TryRelease(new BallotMark(At(2, A)), out _));
        var rebuilt = NewProposer(last.Record);
        Assert.Equal(new Prepare(At(3, A)), Written<BallotMark, Prepare>(rebuilt.Prepare()));
    }

    private static Accept Round(Proposer proposer, Acceptor[] acceptors)
    {
        Accept? accept = null;
        while (accept is null)
        {
            var prepare = Written<BallotMark, Prepare>(proposer.Prepare());
            foreach (var acceptor in acceptors)
            {
                if (acceptor.Step(prepare) is { } promise)
                {
                    accept ??= proposer.Step(Written<AcceptorState, Promise>(promise));
                }
            }
        }
        return accept.Value;
    }
}
