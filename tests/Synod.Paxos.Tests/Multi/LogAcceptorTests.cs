using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>One replica as an acceptor, driven by hand.</summary>
public sealed class LogAcceptorTests
{
    private static readonly Sender Two = new(new NodeId(2), 1, 1);
    private static readonly Sender Three = new(new NodeId(3), 1, 1);
    private static readonly Decree X = new(DecreeKind.Command, 0, Value.FromText("x"));
    private static readonly Decree Y = new(DecreeKind.Command, 0, Value.FromText("y"));

    private readonly Replica _replica = new(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
    private readonly ReplicaOutput _output = new();

    [Fact]
    public void A_promise_waits_for_its_own_record()
    {
        _replica.Step(new Instant(1), Two, new Prepare(BallotOf(5, 2), new Slot(1)), _output);
        Assert.Equal(StateRecordKind.Promised, Assert.Single(_output.Records).Kind);
        Assert.Equal(_output.LastRecord, Assert.Single(_output.Outgoing).AfterRecord);
    }

    [Fact]
    public void A_repeated_prepare_waits_for_the_same_record()
    {
        var prepare = new Prepare(BallotOf(5, 2), new Slot(1));
        _replica.Step(new Instant(1), Two, prepare, _output);
        _replica.Step(new Instant(2), Two, prepare, _output);
        Assert.Single(_output.Records);
        Assert.All(_output.Outgoing, o => Assert.Equal(1ul, o.AfterRecord));
    }

    [Fact]
    public void A_repeated_accept_waits_for_the_record_of_the_first()
    {
        var accept = new Accept(BallotOf(5, 2), new Slot(1), X, default);
        _replica.Step(new Instant(1), Two, accept, _output);
        _replica.Step(new Instant(1), Three, new Prepare(BallotOf(6, 3), new Slot(9)), _output);
        _output.Clear();
        // The ballot is below the new promise now, so it is refused; under the same promise it is repeated.
        _replica.Step(new Instant(2), Two, accept, _output);
        Assert.Equal(BallotOf(6, 3), Assert.Single(_output.Nacks).Promised);
        _output.Clear();
        var higher = new Accept(BallotOf(6, 3), new Slot(1), X, default);
        _replica.Step(new Instant(3), Three, higher, _output);
        var record = _output.LastRecord;
        _replica.Step(new Instant(4), Three, new Accept(BallotOf(6, 3), new Slot(2), Y, default), _output);
        _output.Clear();
        _replica.Step(new Instant(5), Three, higher, _output);
        Assert.Equal(record, Assert.Single(_output.Outgoing).AfterRecord);
        Assert.Empty(_output.Records);
    }

    [Fact]
    public void An_acceptance_is_also_a_promise()
    {
        _replica.Step(new Instant(1), Two, new Accept(BallotOf(5, 2), new Slot(1), X, default), _output);
        Assert.Equal(BallotOf(5, 2), _replica.Promised);
        _output.Clear();
        _replica.Step(new Instant(2), Three, new Prepare(BallotOf(4, 3), new Slot(1)), _output);
        Assert.Equal(BallotOf(5, 2), Assert.Single(_output.Nacks).Promised);
    }

    [Fact]
    public void Recovery_ends_with_promised_at_least_accepted()
    {
        _replica.Recover(new StateRecord(StateRecordKind.Promised, BallotOf(3, 2), default, default), 1, _output);
        _replica.Recover(new StateRecord(StateRecordKind.Accepted, BallotOf(7, 3), new Slot(4), X), 2, _output);
        Assert.Equal(BallotOf(7, 3), _replica.Promised);
    }

    [Fact]
    public void A_chosen_prefix_beyond_what_the_journal_holds_is_not_believed()
    {
        _replica.Recover(new StateRecord(StateRecordKind.Accepted, BallotOf(3, 2), new Slot(1), X), 1, _output);
        _replica.Recover(new StateRecord(StateRecordKind.ChosenUpTo, default, new Slot(1), default), 2, _output);
        Assert.Single(_output.Decrees);
        _replica.Recover(new StateRecord(StateRecordKind.ChosenUpTo, default, new Slot(2), default), 3, _output);
        Assert.Single(_output.Decrees);
        Assert.Equal(new Slot(1), _replica.ChosenUpTo);
    }

    [Fact]
    public void Time_alone_changes_no_promise_and_no_acceptance()
    {
        _replica.Step(new Instant(1), Two, new Prepare(BallotOf(5, 2), new Slot(1)), _output);
        _replica.Step(new Instant(1), Two, new Accept(BallotOf(5, 2), new Slot(1), X, default), _output);
        var now = new Instant(1);
        for (var day = 1; day <= 1000; day++)
        {
            now += TimeSpan.FromDays(1);
            _replica.Finish(now, 0, _output);
        }
        Assert.Equal(BallotOf(5, 2), _replica.Promised);
        _output.Clear();
        _replica.Step(now, Three, new Prepare(BallotOf(4, 3), new Slot(1)), _output);
        Assert.Equal(BallotOf(5, 2), Assert.Single(_output.Nacks).Promised);
        _replica.Step(now, Three, new Prepare(BallotOf(6, 3), new Slot(1)), _output);
        Assert.Equal(new AcceptedEntry(new Slot(1), BallotOf(5, 2), X, false), Assert.Single(Assert.Single(_output.Promises).Entries));
    }

    [Fact]
    public void Promise_is_never_lowered()
    {
        foreach (var round in (ulong[])[5, 3, 9, 1, 8])
        {
            var before = _replica.Promised;
            _replica.Step(new Instant(1), Two, new Prepare(BallotOf(round, 2), new Slot(1)), _output);
            Assert.True(_replica.Promised >= before);
        }
        Assert.Equal(BallotOf(9, 2), _replica.Promised);
    }

    [Fact]
    public void Two_decrees_under_one_ballot_are_an_alarm()
    {
        _replica.Step(new Instant(1), Two, new Accept(BallotOf(5, 2), new Slot(1), X, default), _output);
        Assert.Throws<InvariantViolatedException>(
            () => _replica.Step(new Instant(2), Two, new Accept(BallotOf(5, 2), new Slot(1), Y, default), _output));
    }

    [Fact]
    public void A_decided_slot_never_changes()
    {
        _replica.Step(new Instant(1), Two, new Learn(new Slot(1), X), _output);
        _replica.Step(new Instant(1), Two, new Learn(new Slot(1), X), _output);
        Assert.Single(_output.Decrees);
        Assert.Throws<InvariantViolatedException>(
            () => _replica.Step(new Instant(2), Two, new Learn(new Slot(1), Y), _output));
    }

    [Fact]
    public void A_late_proposer_cannot_overwrite_what_is_chosen()
    {
        _replica.Step(new Instant(1), Two, new Learn(new Slot(1), X), _output);
        _output.Clear();
        _replica.Step(new Instant(2), Two, new Accept(BallotOf(5, 2), new Slot(1), Y, default), _output);
        Assert.Empty(_output.Accepteds);
        Assert.Empty(_output.Records);
    }

    [Fact]
    public void Strangers_other_incarnations_other_configurations_and_foreign_ballots_are_dropped()
    {
        var prepare = new Prepare(BallotOf(5, 2), new Slot(1));
        _replica.Step(new Instant(1), new Sender(new NodeId(9), 1, 1), prepare, _output);
        _replica.Step(new Instant(1), new Sender(new NodeId(2), 2, 1), prepare, _output);
        _replica.Step(new Instant(1), new Sender(new NodeId(2), 1, 7), prepare, _output);
        _replica.Step(new Instant(1), Three, prepare, _output); // n3 speaks under n2's ballot.
        _replica.Step(new Instant(1), new Sender(new NodeId(1), 1, 1), new Prepare(BallotOf(5, 1), new Slot(1)), _output);
        Assert.Empty(_output.Outgoing);
        Assert.Equal(5, _output.Events.Count(e => e.Kind == ReplicaEventKind.StrangeMessageDropped));
        Assert.Equal(Ballot.None, _replica.Promised);
    }

    [Fact]
    public void A_ballot_beyond_the_bound_is_dropped()
    {
        _replica.Step(new Instant(1), Two, new Prepare(BallotOf(Ballot.RoundMax + 1, 2), new Slot(1)), _output);
        Assert.Equal(Ballot.None, _replica.Promised);
        _replica.Step(new Instant(1), Two, new Prepare(BallotOf(Ballot.RoundLeapMax, 2), new Slot(1)), _output);
        Assert.Equal(Ballot.RoundLeapMax, _replica.Promised.Round);
    }

    [Fact]
    public void Promises_are_paged_and_leave_out_the_chosen_prefix()
    {
        var options = new ReplicaOptions { PromisePageBytesMax = 100 };
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), options);
        replica.Step(new Instant(1), Two, new Learn(new Slot(1), X), _output);
        for (var slot = 2ul; slot <= 10; slot++)
        {
            replica.Step(new Instant(1), Two, new Accept(BallotOf(5, 2), new Slot(slot), X, default), _output);
        }
        var seen = new List<Slot>();
        var from = new Slot(1);
        Promise page;
        do
        {
            _output.Clear();
            replica.Step(new Instant(2), Three, new Prepare(BallotOf(6, 3), from), _output);
            page = Assert.Single(_output.Promises);
            Assert.Equal(from, page.From);
            Assert.Equal(new Slot(1), page.ChosenUpTo);
            seen.AddRange(page.Entries.Select(e => e.Slot));
            from = page.Through.Next;
        }
        while (!page.Last);
        Assert.Equal(Enumerable.Range(2, 9).Select(i => new Slot((ulong)i)), seen);
    }

    [Fact]
    public void Neighbouring_acceptances_become_one_message_that_waits_for_the_last()
    {
        for (var slot = 1ul; slot <= 3; slot++)
        {
            _replica.Step(new Instant(1), Two, new Accept(BallotOf(5, 2), new Slot(slot), X, default), _output);
        }
        var run = Assert.Single(_output.Accepteds);
        Assert.Equal((new Slot(1), new Slot(3)), (run.First, run.Last));
        Assert.Equal(3ul, Assert.Single(_output.Outgoing).AfterRecord);
    }

    private static Ballot BallotOf(ulong round, uint node) => new(round, new NodeId(node), 1);
}
