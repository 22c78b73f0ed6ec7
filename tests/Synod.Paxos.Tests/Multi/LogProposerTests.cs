using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>One replica as a proposer, driven by hand until it leads.</summary>
public sealed class LogProposerTests
{
    private static readonly Sender Two = new(new NodeId(2), 1, 1);
    private static readonly Sender Three = new(new NodeId(3), 1, 1);
    private readonly ReplicaOutput _output = new();
    private Replica _replica = new(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
    private Instant _now = new(1_000_000_000);

    [Fact]
    public void No_prepare_leaves_before_the_own_promise_is_durable()
    {
        Campaign();
        var own = Assert.Single(_output.Records);
        Assert.Equal(StateRecordKind.Promised, own.Kind);
        Assert.All(
            _output.Outgoing.Where(o => o.Kind == MessageKind.Prepare), o => Assert.Equal(_output.LastRecord, o.AfterRecord));
        Assert.Equal(2, _output.Prepares.Count);
    }

    [Fact]
    public void The_highest_ballot_over_the_whole_quorum_is_proposed_again_and_holes_become_no_ops()
    {
        var ballot = Campaign();
        Persist();
        _output.Clear();
        _replica.Step(_now, Two, new Promise(ballot, new Slot(1), new Slot(5), true, default,
        [
            Entry(1, 1, "low"), Entry(3, 3, "c"), Entry(5, 1, "e"),
        ]), _output);
        Assert.True(_replica.IsLeading); // Own promise and n2's.
        var accepts = ToTwo();
        Assert.Equal(["low", "", "c", "", "e", ""], accepts.Select(a => a.Decree.Value.ToString()));
        Assert.Equal([1ul, 2, 3, 4, 5, 6], accepts.Select(a => a.Slot.Number));
        Assert.Equal(DecreeKind.NoOp, accepts[1].Decree.Kind);
        Assert.Equal(DecreeKind.NoOp, accepts[5].Decree.Kind);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Of_two_reports_the_one_under_the_higher_ballot_is_proposed_in_whatever_order_they_come(
        uint first, uint second)
    {
        // Three of five are a quorum: the own promise and two more.
        _replica = new Replica(new NodeId(1), Configuration.OfMajority(5), new ReplicaOptions());
        _replica.RecoverPromise(new Ballot(9, new NodeId(3), 1));
        _replica.Campaign(_now, _output);
        var ballot = _replica.Promised;
        Persist();
        _output.Clear();
        foreach (var node in (uint[])[first, second])
        {
            Assert.False(_replica.IsLeading);
            var entry = node == 2 ? Entry(1, 7, "higher") : Entry(1, 4, "lower");
            _replica.Step(
                _now, new Sender(new NodeId(node), 1, 1),
                new Promise(ballot, new Slot(1), new Slot(1), true, default, [entry]), _output);
        }
        Assert.True(_replica.IsLeading);
        Assert.Equal("higher", ToTwo()[0].Decree.Value.ToString());
    }

    [Fact]
    public void An_own_acceptance_under_a_higher_ballot_beats_a_reported_one()
    {
        _replica.Step(_now, Three, new Accept(new Ballot(2, new NodeId(3), 1), new Slot(1), Command("mine"), default), _output);
        Persist();
        var ballot = Campaign();
        Persist();
        _output.Clear();
        _replica.Step(_now, Two, new Promise(ballot, new Slot(1), new Slot(1), true, default, [Entry(1, 1, "theirs")]), _output);
        Assert.Equal("mine", ToTwo()[0].Decree.Value.ToString());
    }

    [Fact]
    public void Slots_that_anybody_knows_to_be_chosen_are_never_proposed_in()
    {
        var ballot = Campaign();
        Persist();
        _output.Clear();
        _replica.Step(_now, Two, new Promise(ballot, new Slot(1), new Slot(7), true, new Slot(6), [Entry(7, 1, "open")]), _output);
        Assert.Equal([7ul, 8], ToTwo().Select(a => a.Slot.Number));
    }

    [Fact]
    public void Promises_of_another_ballot_and_repeated_ones_do_not_count()
    {
        var ballot = Campaign();
        _output.Clear();
        // The own promise is not durable yet, so n2 alone is no quorum, however often it answers.
        var promise = new Promise(ballot, new Slot(1), new Slot(1), true, default, []);
        _replica.Step(_now, Two, promise, _output);
        _replica.Step(_now, Two, promise, _output);
        Assert.False(_replica.IsLeading);
        _replica.Step(_now, Three, promise with { Ballot = new Ballot(ballot.Round - 1, new NodeId(1), 1) }, _output);
        Assert.False(_replica.IsLeading);
        Persist();
        Assert.True(_replica.IsLeading);
    }

    [Fact]
    public void A_value_is_chosen_by_a_quorum_of_members_under_one_ballot_and_not_by_repeats()
    {
        var ballot = Lead();
        var slot = new Slot(1);
        _replica.Step(_now, Two, new Accepted(new Ballot(1, new NodeId(3), 1), slot, slot), _output);
        Assert.Equal(Slot.Zero, _replica.ChosenUpTo);
        _replica.Step(_now, Two, new Accepted(ballot, slot, slot), _output);
        _replica.Step(_now, Two, new Accepted(ballot, slot, slot), _output);
        Assert.Equal(Slot.Zero, _replica.ChosenUpTo); // n2 twice is still one member.
        Persist();
        Assert.Equal(slot, _replica.ChosenUpTo); // With the own vote, once durable.
        _replica.Step(_now, Three, new Accepted(ballot, slot, slot), _output);
        Assert.Single(_output.Decrees);
    }

    [Fact]
    public void The_window_is_enforced_and_what_waits_is_bounded()
    {
        _replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions { WindowSlots = 4, PendingProposalsMax = 3 });
        Lead();
        _output.Clear();
        var taken = Enumerable.Range(0, 7).Select(i => _replica.Propose(_now, Value.FromText($"{i}"), _output)).ToArray();
        // Slot 1 is the leader's no-op: three more fit into the window of four, three wait, the seventh is refused.
        Assert.Equal([2ul, 3, 4], ToTwo().Select(a => a.Slot.Number));
        Assert.Equal(6, taken.Count(t => t == Proposal.Taken));
        Assert.Equal(Proposal.Full, taken[6]);
    }

    [Fact]
    public void A_stale_nack_changes_nothing_and_a_real_one_ends_leadership()
    {
        var ballot = Lead();
        _replica.Step(_now, Two, new Nack(new Ballot(1, new NodeId(1), 1), new Ballot(90, new NodeId(2), 1)), _output);
        Assert.True(_replica.IsLeading);
        _replica.Step(_now, Two, new Nack(ballot, new Ballot(91, new NodeId(2), 1)), _output);
        Assert.False(_replica.IsLeading);
        Assert.Equal(Proposal.NotLeading, _replica.Propose(_now, Value.FromText("x"), _output));
    }

    [Fact]
    public void Elapsed_time_in_decrees_adds_up_to_the_leaders_time()
    {
        Lead();
        _output.Clear();
        var start = _now;
        for (var i = 0; i < 5; i++)
        {
            _now += TimeSpan.FromMicroseconds(1000.5);
            _replica.Propose(_now, Value.FromText("x"), _output);
        }
        var sum = ToTwo().Sum(a => a.Decree.ElapsedMicroseconds);
        Assert.Equal((long)(_now - start).TotalMicroseconds, sum);
    }

    [Fact]
    public void Elapsed_time_above_what_a_decree_can_carry_is_not_put_off_to_later_decrees()
    {
        Lead();
        _output.Clear();
        _now += TimeSpan.FromHours(5);
        _replica.Propose(_now, Value.FromText("sets a deadline"), _output);
        _now += TimeSpan.FromSeconds(1);
        _replica.Propose(_now, Value.FromText("looks at it"), _output);
        Assert.Equal([uint.MaxValue, 1_000_000u], ToTwo().Select(a => a.Decree.ElapsedMicroseconds));
    }

    private Accept[] ToTwo() =>
        [.. _output.Outgoing.Where(o => o.Kind == MessageKind.Accept && o.To == Two.Node).Select(o => _output.Accepts[o.Index])];

    private Ballot Lead()
    {
        var ballot = Campaign();
        _replica.Step(_now, Two, new Promise(ballot, new Slot(1), new Slot(1), true, default, []), _output);
        _replica.Persisted(_now, _output.LastRecord, _output);
        Assert.True(_replica.IsLeading);
        return ballot;
    }

    private Ballot Campaign()
    {
        foreach (var peer in (Sender[])[Two, Three])
        {
            _replica.Step(_now, peer, new Heartbeat(1, _now.Nanoseconds, 0, new Ballot(50, new NodeId(3), 1), default, true, true, default), _output);
        }
        _replica.Finish(_now, 0, _output);
        _replica.Finish(_now, 0, _output);
        var started = _output.Events.Last(e => e.Kind == ReplicaEventKind.CampaignStarted);
        return started.Ballot;
    }

    private void Persist() => _replica.Persisted(_now, _output.LastRecord, _output);

    private static Decree Command(string text) => new(DecreeKind.Command, 0, Value.FromText(text));

    private static AcceptedEntry Entry(ulong slot, ulong round, string text) =>
        new(new Slot(slot), new Ballot(round, new NodeId(3), 1), Command(text), false);
}
