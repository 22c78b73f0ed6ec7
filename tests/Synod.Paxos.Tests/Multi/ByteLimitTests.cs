using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>What is open, waits or is taken is bounded in bytes as well as in number: at each limit, and one past it.</summary>
public sealed class ByteLimitTests
{
    private static readonly Sender Two = new(new NodeId(2), 1, 1);
    private readonly ReplicaOutput _output = new();
    private readonly Instant _now = new(2_000_000_000);

    [Fact]
    public void The_window_is_bounded_in_bytes()
    {
        var replica = Leader(new ReplicaOptions { WindowBytesMax = 100 });
        Assert.Equal(Proposal.Taken, Propose(replica, 60));
        Assert.Equal(Proposal.Taken, Propose(replica, 40)); // Exactly full.
        Assert.Equal([2ul, 3], Proposed());
        Assert.Equal(Proposal.Taken, Propose(replica, 1));
        Assert.Equal(1, replica.PendingProposals);
        replica.Finish(_now, 0, _output);
        Assert.Equal([2ul, 3], Proposed());
        Choose(replica, 2);
        replica.Finish(_now, 0, _output);
        Assert.Equal([2ul, 3, 4], Proposed());
    }

    [Fact]
    public void A_single_decree_may_exceed_the_window()
    {
        var replica = Leader(new ReplicaOptions { WindowBytesMax = 100 });
        Assert.Equal(Proposal.Taken, Propose(replica, 101));
        Assert.Equal(Proposal.Taken, Propose(replica, 102));
        Assert.Equal([2ul], Proposed());
        Choose(replica, 2);
        replica.Finish(_now, 0, _output);
        Assert.Equal([2ul, 3], Proposed());
    }

    [Fact]
    public void What_waits_for_the_window_is_bounded_in_bytes()
    {
        var replica = Leader(new ReplicaOptions { WindowSlots = 1, PendingBytesMax = 100 });
        Propose(replica, 1);
        Assert.Equal(Proposal.Taken, Propose(replica, 60));
        Assert.Equal(Proposal.Taken, Propose(replica, 40));
        Assert.Equal(Proposal.Full, Propose(replica, 1));
        Choose(replica, 2);
        replica.Finish(_now, 0, _output);
        Assert.Equal(Proposal.Taken, Propose(replica, 60)); // 60 bytes have left the queue.
        Assert.Equal(Proposal.Full, Propose(replica, 1));
    }

    [Fact]
    public void A_command_above_the_limit_is_refused_and_never_written()
    {
        var replica = Leader(new ReplicaOptions { CommandBytesMax = 100 });
        Assert.Equal(Proposal.Taken, Propose(replica, 100));
        Assert.Equal(Proposal.TooLarge, Propose(replica, 101));
        var records = _output.Records.Count;
        replica.Step(_now, Two, new Forward(Bytes(101)), _output);
        Assert.Equal(records, _output.Records.Count);
        replica.Step(_now, Two, new Forward(Bytes(100)), _output);
        Assert.Equal(records + 1, _output.Records.Count);
        Assert.True(replica.IsLeading);
    }

    [Fact]
    public void A_decree_above_the_limit_is_taken_from_nobody()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions { CommandBytesMax = 100 });
        var ballot = new Ballot(1, Two.Node, 1);
        replica.Step(_now, Two, new Accept(ballot, new Slot(1), Command(101), default), _output);
        replica.Step(_now, Two, new Learn(new Slot(1), Command(101)), _output);
        Assert.Empty(_output.Records);
        Assert.Equal(2, _output.Events.Count(e => e.Kind == ReplicaEventKind.StrangeMessageDropped));
        replica.Step(_now, Two, new Accept(ballot, new Slot(1), Command(100), default), _output);
        Assert.Single(_output.Records);
        Assert.Equal(NodeId.None, replica.ForwardToLeader(_now, Bytes(101), _output));
    }

    [Fact]
    public void A_promise_with_a_decree_above_the_limit_does_not_count()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions { CommandBytesMax = 100 });
        var ballot = Campaign(replica);
        var entry = new AcceptedEntry(new Slot(1), new Ballot(1, Two.Node, 1), Command(101), false);
        replica.Step(_now, Two, new Promise(ballot, new Slot(1), new Slot(1), true, default, [entry]), _output);
        Assert.False(replica.IsLeading);
    }

    [Fact]
    public void An_acceptor_that_lags_is_silent_above_its_limit_in_bytes_but_always_takes_the_next_slot()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions { WindowBytesMax = 1, CommandBytesMax = 99, AcceptAheadBytesMax = 100 });
        var ballot = new Ballot(1, Two.Node, 1);
        void Accept(ulong slot, int bytes) =>
            replica.Step(_now, Two, new Accept(ballot, new Slot(slot), Command(bytes), default), _output);
        Accept(2, 60);
        Accept(3, 40);
        Assert.Equal(2, _output.Records.Count);
        Accept(4, 1);
        Assert.Equal(2, _output.Records.Count);
        Accept(1, 50); // What is above must not keep it out.
        Assert.Equal(3, _output.Records.Count);
        replica.Step(_now, Two, new Chosen(ballot, new Slot(2)), _output);
        Accept(4, 60); // 40 bytes are left above the chosen prefix.
        Assert.Equal(2, (int)replica.ChosenUpTo.Number);
        Accept(5, 1);
        Assert.Equal([StateRecordKind.Accepted, StateRecordKind.Accepted, StateRecordKind.Accepted, StateRecordKind.Accepted], _output.Records.Select(r => r.Kind));
    }

    [Fact]
    public void A_candidate_waits_as_long_as_pages_come_and_no_longer()
    {
        var options = new ReplicaOptions();
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), options);
        var ballot = Campaign(replica);
        var now = _now;
        for (var page = 1ul; page <= 5; page++)
        {
            now += options.ElectionTimeout * 0.9;
            var entry = new AcceptedEntry(new Slot(page), new Ballot(1, Two.Node, 1), Command(1), false);
            replica.Step(now, Two, new Promise(ballot, new Slot(page), new Slot(page), false, default, [entry]), _output);
            _output.Clear();
            replica.Finish(now, 0, _output);
            Assert.Equal(ballot, replica.Promised); // No new attempt.
        }
        replica.Step(now, Two, new Promise(ballot, new Slot(6), new Slot(6), true, default, []), _output);
        Assert.True(replica.IsLeading);
        Assert.Equal(6, (int)replica.OpenSlots); // Five found, one no-op of its own.
    }

    [Fact]
    public void A_candidate_gives_up_when_no_more_pages_come()
    {
        var options = new ReplicaOptions();
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), options);
        var ballot = Campaign(replica);
        var page = new Promise(ballot, new Slot(1), new Slot(1), false, default, []);
        replica.Step(_now, Two, page, _output);
        var late = _now + options.ElectionTimeout;
        replica.Step(late, Two, page, _output); // The same one again is no progress.
        replica.Finish(late, 0, _output);
        replica.Step(late, Two, page with { From = new Slot(2), Through = new Slot(2), Last = true }, _output);
        Assert.False(replica.IsLeading);
    }

    private Proposal Propose(Replica replica, int bytes) => replica.Propose(_now, Bytes(bytes), _output);

    private ulong[] Proposed() => [.. _output.Accepts.Select(a => a.Slot.Number).Distinct()];

    private void Choose(Replica replica, ulong slot)
    {
        replica.Persisted(_now, _output.LastRecord, _output);
        replica.Step(_now, Two, new Accepted(replica.Promised, new Slot(slot), new Slot(slot)), _output);
        Assert.Equal(slot, replica.ChosenUpTo.Number);
    }

    private Replica Leader(ReplicaOptions options)
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), options);
        var ballot = Campaign(replica);
        replica.Step(_now, Two, new Promise(ballot, new Slot(1), new Slot(1), true, default, []), _output);
        Assert.True(replica.IsLeading);
        Choose(replica, 1);
        _output.Clear();
        return replica;
    }

    private Ballot Campaign(Replica replica)
    {
        foreach (var node in (uint[])[2, 3])
        {
            var heartbeat = new Heartbeat(1, _now.Nanoseconds, 0, new Ballot(5, Two.Node, 1), default, true, true, default);
            replica.Step(_now, new Sender(new NodeId(node), 1, 1), heartbeat, _output);
        }
        replica.Finish(_now, 0, _output);
        replica.Persisted(_now, _output.LastRecord, _output);
        return replica.Promised;
    }

    private static Decree Command(int bytes) => new(DecreeKind.Command, 0, Bytes(bytes));

    private static Value Bytes(int count) => new(new byte[count]);
}
