using Synod.Paxos.Commit;
using Synod.Paxos.Essential;
using static Synod.Paxos.Tests.Commit.CommitCluster;

namespace Synod.Paxos.Tests.Commit;

public class ForgettingTests
{
    private static readonly CommitLimits Small = new() { InitiatorsMax = 2, FinishedMax = 2, WindowTransactions = 4 };

    private readonly CommitAcceptor _acceptor = new(new NodeId(1), Small);

    [Fact]
    public void Late_messages_of_a_finished_transaction_are_answered_with_its_outcome()
    {
        _acceptor.Step(VoteIn(1));
        Assert.True(_acceptor.Step(Over(1)));
        Assert.False(_acceptor.Step(Over(1)));
        Assert.Equal(new Finished(new(A, 1), Outcome.Committed), _acceptor.Step(VoteIn(1)).Finished);
        Assert.Equal(new Finished(new(A, 1), Outcome.Committed), _acceptor.Step(PrepareIn(1)).Finished);
        Assert.Null(_acceptor.Step(PrepareIn(1)).Reply);
    }

    [Fact]
    public void A_forgotten_transaction_is_never_voted_on_again()
    {
        for (var sequence = 1ul; sequence <= 5; sequence++)
        {
            _acceptor.Step(VoteIn(sequence));
            _acceptor.Step(Over(sequence));
        }
        // "I have accepted nothing" would let a recovery abort what was committed.
        Assert.Equal(new Answer<Promise>(null, new Finished(new(A, 3), null)), _acceptor.Step(PrepareIn(3)));
        Assert.Equal(new Answer<Accepted>(null, new Finished(new(A, 3), null)), _acceptor.Step(VoteIn(3)));
        Assert.Equal(Outcome.Committed, _acceptor.Step(PrepareIn(4)).Finished!.Value.Outcome);
        Assert.Equal(Small.FinishedMax, _acceptor.TransactionsRemembered);
    }

    [Fact]
    public void Memory_is_bounded_over_many_transactions()
    {
        for (var sequence = 1ul; sequence <= 10_000; sequence++)
        {
            Assert.NotNull(_acceptor.Step(VoteIn(sequence)).Reply);
            Assert.True(_acceptor.Step(Over(sequence)));
            Assert.True(_acceptor.TransactionsRemembered <= Small.FinishedMax + 1);
        }
    }

    [Fact]
    public void An_open_transaction_is_never_forgotten_and_what_runs_too_far_ahead_waits()
    {
        _acceptor.Step(VoteIn(1));
        for (var sequence = 2ul; sequence <= 4; sequence++)
        {
            _acceptor.Step(VoteIn(sequence));
            _acceptor.Step(Over(sequence));
        }
        Assert.Equal(default, _acceptor.Step(VoteIn(5)));
        Assert.False(_acceptor.Step(Over(5)));
        Assert.NotNull(_acceptor.Step(VoteIn(1)).Reply);
        _acceptor.Step(Over(1));
        Assert.NotNull(_acceptor.Step(VoteIn(5)).Reply);
    }

    [Fact]
    public void Initiators_past_the_limit_are_not_answered()
    {
        _acceptor.Step(VoteIn(1));
        Assert.NotNull(_acceptor.Step(VoteIn(1, B)).Reply);
        Assert.Equal(default, _acceptor.Step(VoteIn(1, C)));
        Assert.Equal(default, _acceptor.Step(VoteIn(1, NodeId.None)));
    }

    [Fact]
    public void After_a_crash_the_disk_says_what_is_open_and_what_is_over()
    {
        var open = _acceptor.Step(VoteIn(3)).Reply!.Value.Record;
        var restarted = new CommitAcceptor(new NodeId(1), Small);
        restarted.Recover(new Finished(new(A, 1), null));
        restarted.Recover(new Finished(new(A, 2), Outcome.Aborted));
        restarted.Recover(open);
        // Its instances were not yet thrown away: it stays over.
        restarted.Recover(open with { Instance = new(new(A, 2), A) });
        restarted.Recover(open with { Instance = new(new(A, 1), A) });
        Assert.Equal(new Finished(new(A, 1), null), restarted.Step(PrepareIn(1)).Finished);
        Assert.Equal(new Finished(new(A, 2), Outcome.Aborted), restarted.Step(PrepareIn(2)).Finished);
        var reply = restarted.Step(PrepareIn(3)).Reply!.Value;
        Assert.True(reply.TryRelease(reply.Record, out var promise));
        Assert.Equal(Votes.ValueOf(Vote.Prepared), promise.Message.AcceptedValue);
    }

    [Fact]
    public void After_a_crash_long_after_the_start_the_marks_say_what_is_forgotten()
    {
        for (var sequence = 1ul; sequence <= 100; sequence++)
        {
            _acceptor.Step(VoteIn(sequence));
            _acceptor.Step(Over(sequence));
        }
        var open = _acceptor.Step(VoteIn(101)).Reply!.Value.Record;
        var mark = Assert.Single(_acceptor.Marks);
        Assert.Equal(new Finished(new(A, 98), null), mark);
        var restarted = new CommitAcceptor(new NodeId(1), Small);
        // Without the mark the record would lie outside the window; to drop it would take back what it says.
        Assert.Throws<InvariantViolatedException>(() => restarted.Recover(open));
        Assert.Throws<InvariantViolatedException>(() => restarted.Recover(Over(100)));
        restarted.Recover(mark);
        restarted.Recover(Over(99));
        restarted.Recover(Over(100));
        restarted.Recover(open);
        Assert.Equal(Bytes(_acceptor), Bytes(restarted));
        Assert.Equal(new Finished(new(A, 98), null), restarted.Step(PrepareIn(98)).Finished);
    }

    [Fact]
    public void More_initiators_on_disk_than_the_limit_are_an_alarm_and_not_dropped()
    {
        var restarted = new CommitAcceptor(new NodeId(1), Small with { InitiatorsMax = 1 });
        restarted.Recover(new Finished(new(A, 1), null));
        Assert.Throws<InvariantViolatedException>(() => restarted.Recover(new Finished(new(B, 1), null)));
    }

    [Fact]
    public void An_answer_waits_for_the_record_of_its_own_instance()
    {
        var reply = _acceptor.Step(VoteIn(1)).Reply!.Value;
        Assert.False(reply.TryRelease(default, out _));
        Assert.False(reply.TryRelease(reply.Record with { Instance = new(new(A, 2), A) }, out _));
        Assert.True(reply.TryRelease(reply.Record, out _));
    }

    [Fact]
    public void State_bytes_bring_back_the_same_state()
    {
        _acceptor.Step(VoteIn(1));
        _acceptor.Step(Over(1));
        _acceptor.Step(VoteIn(2));
        _acceptor.Step(PrepareIn(3, B));
        var written = Bytes(_acceptor);
        var reader = new StateReader(written);
        var other = new CommitAcceptor(new NodeId(1), Small);
        other.Read(ref reader);
        Assert.True(reader.IsAtEnd);
        Assert.Equal(written, Bytes(other));
        Assert.Equal(_acceptor.Step(VoteIn(1)), other.Step(VoteIn(1)));
    }

    private static byte[] Bytes(CommitAcceptor acceptor)
    {
        var writer = new StateWriter();
        acceptor.Write(writer);
        return writer.Written.ToArray();
    }

    private static InInstance<Accept> VoteIn(ulong sequence, NodeId? initiator = null) => new(
        new InstanceId(new TransactionId(initiator ?? A, sequence), A),
        new Accept(Transaction.BallotOf(A), Votes.ValueOf(Vote.Prepared)));

    private static InInstance<Prepare> PrepareIn(ulong sequence, NodeId? initiator = null) => new(
        new InstanceId(new TransactionId(initiator ?? A, sequence), A), new Prepare(new Ballot(2, Rival, 1)));

    private static Finished Over(ulong sequence) => new(new TransactionId(A, sequence), Outcome.Committed);
}
