using Synod.Paxos.Essential;
using Synod.Paxos.Fast;

namespace Synod.Paxos.Tests.Fast;

public class FastPaxosTests
{
    private static readonly NodeId Coordinator = new(9);
    private static readonly NodeId[] Voters = [new(1), new(2), new(3), new(4)];
    private static readonly FastQuorums Quorums = FastQuorums.WithMajorities(4);
    private static readonly Value Foo = Value.FromText("foo"), Bar = Value.FromText("bar");

    private readonly FastAcceptor[] _acceptors = [.. Voters.Select(voter => new FastAcceptor(voter, default))];
    private readonly FastCoordinator _coordinator = new(Coordinator, 1, Voters, Quorums, default);
    private readonly FastLearner _learner = new(Voters, Quorums);

    [Fact]
    public void Without_a_collision_a_clients_value_is_chosen_without_the_coordinator()
    {
        OpenFastBallot();
        Assert.Null(Propose(Foo, 0));
        Assert.Null(Propose(Foo, 1));
        Assert.Equal(Foo, Propose(Foo, 2));
        Assert.False(_learner.SeesCollision);
    }

    [Fact]
    public void A_collision_is_recovered_by_a_classic_ballot()
    {
        OpenFastBallot();
        Propose(Foo, 0, 1);
        Propose(Bar, 2, 3);
        Assert.True(_learner.SeesCollision);
        Assert.Null(_learner.Chosen);
        var accept = RunPhase1(fast: false, 0, 2, 3);
        Assert.Equal(Bar, accept.Value);
        Assert.Equal(Bar, Deliver(accept, 0, 1, 2));
    }

    [Fact]
    public void Recovery_takes_the_value_that_a_fast_quorum_may_have_chosen()
    {
        OpenFastBallot();
        // Chosen by 0, 1, 2; the recovery hears 1, 2, 3 of which one voted for something else.
        Propose(Foo, 0, 1, 2);
        Propose(Bar, 3);
        Assert.Equal(Foo, _learner.Chosen);
        Assert.Equal(Foo, RunPhase1(fast: false, 3, 2, 1).Value);
    }

    [Fact]
    public void Where_nobody_voted_a_classic_ballot_proposes_the_wish()
    {
        Assert.Null(_coordinator.Step(new FastProposal(Foo)));
        var accept = RunPhase1(fast: false, 0, 1, 2);
        Assert.Equal(Foo, accept.Value);
        Assert.Equal(Foo, Deliver(accept, 1, 2, 3));
    }

    [Fact]
    public void A_classic_ballots_value_is_taken_over_by_a_fast_one()
    {
        _coordinator.Step(new FastProposal(Foo));
        Deliver(RunPhase1(fast: false, 0, 1, 2), 0);
        Assert.Equal(Foo, RunPhase1(fast: true, 0, 1, 2).Value);
    }

    [Fact]
    public void An_acceptor_votes_once_in_a_fast_ballot()
    {
        OpenFastBallot();
        Propose(Foo, 0);
        Assert.True(_acceptors[0].Step(new FastProposal(Bar))!.Value is var again);
        Assert.True(again.TryRelease(again.Record, out var vote));
        Assert.Equal(Foo, vote.Value);
    }

    [Fact]
    public void Clients_are_not_heard_before_the_coordinator_opens_a_fast_ballot_nor_after_a_higher_promise()
    {
        Assert.Null(_acceptors[0].Step(new FastProposal(Foo)));
        OpenFastBallot();
        _acceptors[0].Step(new FastPrepare(new FastBallot(4, Coordinator, 1)));
        Assert.Null(_acceptors[0].Step(new FastProposal(Foo)));
    }

    [Fact]
    public void What_is_below_the_promise_is_not_heard()
    {
        _acceptors[0].Step(new FastPrepare(new FastBallot(4, Coordinator, 1)));
        Assert.Null(_acceptors[0].Step(new FastPrepare(new FastBallot(3, Coordinator, 1))));
        Assert.Null(_acceptors[0].Step(new FastAccept(new FastBallot(3, Coordinator, 1), null)));
        Assert.Null(_acceptors[0].Step(new FastAccept(new FastBallot(2, Coordinator, 1), Foo)));
    }

    [Fact]
    public void After_a_crash_an_acceptor_remembers_its_vote_and_a_coordinator_its_ballots()
    {
        OpenFastBallot();
        var vote = _acceptors[0].Step(new FastProposal(Foo))!.Value;
        Assert.False(vote.TryRelease(default, out _));
        var restarted = new FastAcceptor(Voters[0], vote.Record);
        Assert.Null(restarted.Step(new FastProposal(Bar)));
        var promise = restarted.Step(new FastPrepare(new FastBallot(2, Coordinator, 1)))!.Value;
        Assert.True(promise.TryRelease(promise.Record, out var message));
        Assert.Equal(Foo, message.VotedValue);
        var mark = _coordinator.Prepare(fast: false).Record;
        Assert.True(new FastCoordinator(Coordinator, 1, Voters, Quorums, mark).Prepare(fast: true).Record.Ballot > mark.Ballot);
    }

    [Fact]
    public void A_majority_of_votes_chooses_in_a_classic_ballot_only()
    {
        Assert.Equal((3, 3), (Quorums.ClassicSize, Quorums.FastSize));
        var five = FastQuorums.WithMajorities(5);
        Assert.Equal((3, 4), (five.ClassicSize, five.FastSize));
        Assert.True(five.Chooses(new FastBallot(2, Coordinator, 1), 3));
        Assert.False(five.Chooses(new FastBallot(1, Coordinator, 1), 3));
    }

    private void OpenFastBallot()
    {
        var any = RunPhase1(fast: true, 0, 1, 2);
        Assert.Null(any.Value);
        Assert.Null(Deliver(any, 0, 1, 2, 3));
    }

    private FastAccept RunPhase1(bool fast, params int[] acceptors)
    {
        var begun = _coordinator.Prepare(fast);
        Assert.True(begun.TryRelease(begun.Record, out var prepare));
        FastAccept? accept = null;
        foreach (var place in acceptors)
        {
            Assert.Null(accept);
            var answer = _acceptors[place].Step(prepare)!.Value;
            Assert.True(answer.TryRelease(answer.Record, out var promise));
            accept = _coordinator.Step(promise);
        }
        return accept!.Value;
    }

    private Value? Deliver(FastAccept accept, params int[] acceptors) =>
        Learn(acceptors, place => _acceptors[place].Step(accept));

    private Value? Propose(Value value, params int[] acceptors) =>
        Learn(acceptors, place => _acceptors[place].Step(new FastProposal(value)));

    private Value? Learn(int[] acceptors, Func<int, AfterWrite<FastAcceptorState, FastVote>?> step)
    {
        Value? chosen = null;
        foreach (var place in acceptors)
        {
            if (step(place) is { } vote)
            {
                Assert.True(vote.TryRelease(vote.Record, out var message));
                chosen ??= _learner.Step(message);
            }
        }
        return chosen;
    }
}
