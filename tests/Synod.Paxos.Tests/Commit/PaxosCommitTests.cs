using Synod.Paxos.Commit;
using Synod.Paxos.Essential;
using static Synod.Paxos.Tests.Commit.CommitCluster;

namespace Synod.Paxos.Tests.Commit;

public class PaxosCommitTests
{
    private static readonly int[] All = [0, 1, 2];

    private readonly CommitCluster _cluster = new(new Transaction(Id, [A, B]));

    [Fact]
    public void A_transaction_commits_when_all_are_prepared()
    {
        Assert.Null(_cluster.Deliver(Cast(_cluster.Join(A), Vote.Prepared), All));
        Assert.Null(_cluster.Deliver(Cast(_cluster.Join(B), Vote.Prepared), 0));
        Assert.Equal(new Finished(Id, Outcome.Committed), _cluster.Deliver(Cast(_cluster.Join(B), Vote.Prepared), 2));
    }

    [Fact]
    public void One_participant_aborts_it()
    {
        _cluster.Deliver(Cast(_cluster.Join(A), Vote.Prepared), All);
        Assert.Equal(new Finished(Id, Outcome.Aborted), _cluster.Deliver(Cast(_cluster.Join(B), Vote.Aborted), All));
    }

    [Fact]
    public void The_first_abort_is_enough_without_the_others()
    {
        Assert.Equal(new Finished(Id, Outcome.Aborted), _cluster.Deliver(Cast(_cluster.Join(A), Vote.Aborted), All));
    }

    [Fact]
    public void A_dead_participant_is_recovered_as_an_abort()
    {
        _cluster.Deliver(Cast(_cluster.Join(A), Vote.Prepared), All);
        Assert.Equal(new Finished(Id, Outcome.Aborted), _cluster.Recover(_cluster.NewRecovery(Rival), 0, 1));
        Assert.Equal(Vote.Prepared, _cluster.Observer.ChosenAt(0));
        Assert.Equal(Vote.Aborted, _cluster.Observer.ChosenAt(1));
    }

    [Fact]
    public void Recovery_adopts_a_vote_that_it_finds()
    {
        // B's vote reached one acceptor before B died; A's reached a quorum. Nobody knows what is chosen.
        _cluster.Deliver(Cast(_cluster.Join(A), Vote.Prepared), 1, 2);
        _cluster.Deliver(Cast(_cluster.Join(B), Vote.Prepared), 1);
        Assert.Equal(new Finished(Id, Outcome.Committed), _cluster.Recover(_cluster.NewRecovery(Rival), 0, 1));
    }

    [Fact]
    public void A_vote_that_comes_after_the_recovery_is_refused()
    {
        Assert.Equal(Outcome.Aborted, _cluster.Recover(_cluster.NewRecovery(Rival), All)!.Value.Outcome);
        Assert.Null(_cluster.Acceptors[0].Step(Cast(_cluster.Join(B), Vote.Prepared)).Reply);
        Assert.Equal(Outcome.Aborted, _cluster.Observer.Outcome);
    }

    [Fact]
    public void Rival_recoveries_end_alike()
    {
        var first = _cluster.RunPhase1(_cluster.NewRecovery(Rival), 0, 1);
        _cluster.Deliver(first[0], 0);
        var second = _cluster.Recover(_cluster.NewRecovery(OtherRival), 0, 2);
        Assert.Equal(Outcome.Aborted, second!.Value.Outcome);
        // The slower one's Accepts go nowhere: a quorum has promised the higher ballot.
        Assert.Null(_cluster.Acceptors[0].Step(first[1]).Reply);
        Assert.Null(_cluster.Acceptors[2].Step(first[1]).Reply);
    }

    [Fact]
    public void Repeated_messages_change_nothing()
    {
        var vote = Cast(_cluster.Join(A), Vote.Prepared);
        var first = _cluster.Acceptors[0].Step(vote).Reply!.Value;
        var second = _cluster.Acceptors[0].Step(vote).Reply!.Value;
        Assert.Equal(first.Record, second.Record);
        Assert.True(first.TryRelease(first.Record, out var accepted));
        Assert.Null(_cluster.Observer.Step(accepted));
        Assert.Null(_cluster.Observer.Step(accepted));
        Assert.Null(_cluster.Observer.ChosenAt(0));
    }

    [Fact]
    public void With_a_threshold_enough_prepared_participants_commit()
    {
        var cluster = new CommitCluster(new Transaction(Id, [A, B, C], preparedNeeded: 2));
        Assert.Null(cluster.Deliver(Cast(cluster.Join(A), Vote.Prepared), All));
        Assert.Null(cluster.Deliver(Cast(cluster.Join(B), Vote.Aborted), All));
        Assert.Equal(Outcome.Committed, cluster.Deliver(Cast(cluster.Join(C), Vote.Prepared), All)!.Value.Outcome);
    }

    [Fact]
    public void With_a_threshold_it_aborts_only_when_too_few_are_left()
    {
        var cluster = new CommitCluster(new Transaction(Id, [A, B, C], preparedNeeded: 2));
        Assert.Null(cluster.Deliver(Cast(cluster.Join(A), Vote.Aborted), All));
        Assert.Equal(Outcome.Aborted, cluster.Deliver(Cast(cluster.Join(B), Vote.Aborted), All)!.Value.Outcome);
    }

    [Fact]
    public void Nobody_but_the_participant_can_use_its_ballot()
    {
        var instance = new InstanceId(Id, B);
        var forged = new Accept(Transaction.BallotOf(Rival), Votes.ValueOf(Vote.Prepared));
        Assert.Equal(default, _cluster.Acceptors[0].Step(new InInstance<Accept>(instance, forged)));
        var lowest = new Accept(new Ballot(1, B, 2), Votes.ValueOf(Vote.Prepared));
        Assert.Equal(default, _cluster.Acceptors[0].Step(new InInstance<Accept>(instance, lowest)));
    }

    [Fact]
    public void A_recovery_proposes_nothing_before_a_quorum_has_promised()
    {
        var recovery = _cluster.NewRecovery(Rival);
        Assert.Empty(_cluster.RunPhase1(recovery, 0));
        Assert.Equal(2, _cluster.RunPhase1(recovery, 0, 1).Count);
    }

    [Fact]
    public void A_restarted_recovery_uses_a_higher_ballot()
    {
        var recovery = _cluster.NewRecovery(Rival);
        var mark = recovery.Begin().Record;
        Assert.True(mark.Ballot > Transaction.BallotOf(C));
        Assert.True(_cluster.NewRecovery(Rival, durable: mark).Begin().Record.Ballot > mark.Ballot);
    }

    [Fact]
    public void A_recovery_leaves_instances_alone_that_have_chosen()
    {
        _cluster.Deliver(Cast(_cluster.Join(A), Vote.Prepared), All);
        var recovery = _cluster.NewRecovery(Rival, _cluster.Observer);
        Assert.Equal([new InstanceId(Id, B)], recovery.OpenInstances);
        Assert.Equal(Outcome.Aborted, _cluster.Recover(recovery, All)!.Value.Outcome);
    }

    [Fact]
    public void A_participant_never_changes_its_vote_not_even_after_a_crash()
    {
        var participant = _cluster.Join(A);
        var cast = participant.Cast(Vote.Prepared);
        Assert.False(cast.TryRelease(default, out _));
        Assert.Equal(Vote.Prepared, Votes.Of(Cast(participant, Vote.Aborted).Message.Value));
        var restarted = _cluster.Join(A, cast.Record);
        Assert.Equal(Vote.Prepared, Votes.Of(Cast(restarted, Vote.Aborted).Message.Value));
        // Whose vote never reached the disk has told nobody, and is free.
        Assert.Equal(Vote.Aborted, Votes.Of(Cast(_cluster.Join(A), Vote.Aborted).Message.Value));
    }

    [Fact]
    public void Two_outcomes_of_one_transaction_are_an_alarm()
    {
        var participant = _cluster.Join(A, new VoteRecord(Vote.Prepared));
        participant.Step(new Finished(Id, Outcome.Committed));
        Assert.Throws<InvariantViolatedException>(() => participant.Step(new Finished(Id, Outcome.Aborted)));
        _cluster.Observer.Step(new Finished(Id, Outcome.Committed));
        Assert.Throws<InvariantViolatedException>(() => _cluster.Observer.Step(new Finished(Id, Outcome.Aborted)));
    }

    [Fact]
    public void A_commit_past_a_participant_that_is_not_prepared_is_an_alarm()
    {
        Assert.Throws<InvariantViolatedException>(() => _cluster.Join(A).Step(new Finished(Id, Outcome.Committed)));
        var threshold = new CommitCluster(new Transaction(Id, [A, B], preparedNeeded: 1));
        var left = threshold.Join(A, new VoteRecord(Vote.Aborted));
        left.Step(new Finished(Id, Outcome.Committed));
        Assert.Equal(Outcome.Committed, left.Outcome);
    }

    [Fact]
    public void Messages_of_other_transactions_change_nothing()
    {
        var other = new TransactionId(B, 1);
        Assert.Null(_cluster.Observer.Step(new InInstance<Accepted>(
            new InstanceId(other, A), new Accepted(new NodeId(1), Transaction.BallotOf(A), Votes.ValueOf(Vote.Aborted)))));
        _cluster.Observer.Step(new Finished(other, Outcome.Aborted));
        Assert.Null(_cluster.Observer.Outcome);
    }

    [Fact]
    public void Impossible_transactions_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Transaction(Id, []));
        Assert.Throws<ArgumentException>(() => new Transaction(Id, [A, A]));
        Assert.Throws<ArgumentException>(() => new Transaction(Id, [A, NodeId.None]));
        Assert.Throws<ArgumentException>(() => new Transaction(Id, [A, B], 0));
        Assert.Throws<ArgumentException>(() => new Transaction(Id, [A, B], 3));
        Assert.Throws<ArgumentException>(() => new Transaction(new TransactionId(A, 0), [A]));
    }
}
