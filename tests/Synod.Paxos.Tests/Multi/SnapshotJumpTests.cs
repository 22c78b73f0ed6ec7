using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>A replica that jumps to a snapshot: what is below is chosen, what was promised and accepted above stays.</summary>
public sealed class SnapshotJumpTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly Ballot B = new(3, new NodeId(2), 1);
    private static readonly Sender Two = new(new NodeId(2), 1, 1);
    private readonly Replica _replica = new(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
    private readonly ReplicaOutput _output = new();
    private readonly Instant _now = new(1_000_000_000);

    [Fact]
    public void What_is_chosen_up_to_is_the_snapshots_slot_and_is_persisted()
    {
        Accept(3);
        Assert.True(_replica.InstallSnapshot(_now, new Slot(5), _output));
        Assert.Equal(new Slot(5), _replica.ChosenUpTo);
        Assert.Equal(new Slot(5), _replica.SnapshotFloor);
        Assert.Contains(_output.Records, r => r.Kind == StateRecordKind.Jumped && r.Slot == new Slot(5));
        Assert.Empty(_output.Decrees);
        Assert.False(_replica.InstallSnapshot(_now, new Slot(5), _output));
        Assert.False(_replica.InstallSnapshot(_now, new Slot(4), _output));
    }

    [Fact]
    public void Promises_and_acceptances_above_the_slot_stay_and_are_shown_to_candidates()
    {
        Accept(3);
        Accept(7);
        _replica.InstallSnapshot(_now, new Slot(5), _output);
        Assert.Equal(B, _replica.Promised);
        _output.Clear();
        _replica.Step(_now, new Sender(new NodeId(3), 1, 1), new Prepare(new Ballot(9, new NodeId(3), 1), new Slot(1)), _output);
        var promise = Assert.Single(_output.Promises);
        Assert.Equal(new Slot(5), promise.ChosenUpTo);
        Assert.Equal(new Slot(7), Assert.Single(promise.Entries).Slot);
    }

    [Fact]
    public void Nothing_at_or_below_the_slot_is_accepted_as_if_it_were_empty()
    {
        _replica.InstallSnapshot(_now, new Slot(5), _output);
        _output.Clear();
        Accept(4);
        Assert.Empty(_output.Records);
        Assert.Empty(_output.Accepteds);
    }

    [Fact]
    public void Decrees_above_the_slot_that_were_known_to_be_chosen_are_handed_out_after_it()
    {
        Accept(6);
        Accept(7);
        _replica.Step(_now, Two, new Learn(new Slot(6), DecreeOf(6)), _output);
        Assert.Empty(_output.Decrees);
        _replica.InstallSnapshot(_now, new Slot(5), _output);
        Assert.Equal(new Slot(6), Assert.Single(_output.Decrees).Slot);
        Assert.Equal(new Slot(6), _replica.ChosenUpTo);
    }

    [Fact]
    public void A_restart_with_a_snapshot_takes_records_on_both_sides_of_its_slot()
    {
        _replica.RecoverSnapshot(new Slot(5));
        ulong number = 0;
        foreach (var slot in (ulong[])[4, 5, 6, 7])
        {
            _replica.Recover(new StateRecord(StateRecordKind.Accepted, B, new Slot(slot), DecreeOf(slot)), ++number, _output);
        }
        _replica.Recover(new StateRecord(StateRecordKind.ChosenUpTo, default, new Slot(4), default), ++number, _output);
        Assert.Empty(_output.Decrees);
        _replica.Recover(new StateRecord(StateRecordKind.ChosenUpTo, default, new Slot(6), default), ++number, _output);
        Assert.Equal(new Slot(6), Assert.Single(_output.Decrees).Slot);
        Assert.Equal(new Slot(6), _replica.ChosenUpTo);
        Assert.Equal(B, _replica.Promised);
    }

    [Theory]
    [InlineData(StateRecordKind.ChosenUpTo, 4UL, true)]
    [InlineData(StateRecordKind.ChosenUpTo, 5UL, false)]
    [InlineData(StateRecordKind.Jumped, 5UL, false)]
    public void A_restart_records_its_jump_unless_the_journal_reaches_as_far_as_the_snapshot(
        StateRecordKind kind, ulong upTo, bool isRecorded)
    {
        // The snapshot of slot 5 was durable before the records that would have shown its last decrees to be chosen.
        _replica.RecoverSnapshot(new Slot(5));
        _replica.Recover(new StateRecord(StateRecordKind.Accepted, B, new Slot(5), DecreeOf(5)), 1, _output);
        _replica.Recover(new StateRecord(kind, default, new Slot(upTo), default), 2, _output);
        _output.ContinueAfter(2);
        Accept(6);
        _replica.Step(_now, Two, new Chosen(B, new Slot(6)), _output);
        _replica.Finish(_now, 0, _output);
        var jumped = _output.Records.FindIndex(r => r.Kind == StateRecordKind.Jumped);
        var chosen = _output.Records.FindIndex(r => r.Kind == StateRecordKind.ChosenUpTo && r.Slot == new Slot(6));
        Assert.Equal(isRecorded, jumped >= 0);
        Assert.True(jumped < chosen);
        Assert.All(_output.Records.Where(r => r.Kind == StateRecordKind.Jumped), r => Assert.Equal(new Slot(5), r.Slot));
    }

    [Fact]
    public void A_leader_with_a_proposal_of_its_own_below_the_slot_vouches_for_nothing_any_more()
    {
        var cluster = Led(out var leader);
        cluster.Drops = (from, _, kind) => from == leader && kind == MessageKind.Accept;
        Assert.Equal(Proposal.Taken, cluster.Propose(leader, "perhaps never chosen"));
        cluster.Run(TimeSpan.FromMilliseconds(5));
        var open = cluster[leader].ChosenUpTo.Next;
        cluster.Inject(leader, (replica, output) => Assert.True(replica.InstallSnapshot(cluster.Now, open, output)));
        Assert.False(cluster[leader].IsLeading);
        Assert.DoesNotContain("perhaps never chosen", cluster.TextsOf(leader));
    }

    [Fact]
    public void A_leader_steps_down_when_its_next_slot_is_below_the_snapshot()
    {
        var cluster = Led(out var leader);
        var beyond = cluster[leader].ChosenUpTo + 10;
        cluster.Inject(leader, (replica, output) => Assert.True(replica.InstallSnapshot(cluster.Now, beyond, output)));
        Assert.False(cluster[leader].IsLeading);
    }

    [Fact]
    public void What_snapshots_stand_for_leaves_memory_once_it_is_durable()
    {
        var cluster = Led(out var leader);
        for (var i = 0; i < 20; i++)
        {
            cluster.Propose(leader, $"c{i}");
        }
        cluster.Run(TimeSpan.FromMilliseconds(500));
        var upTo = new Slot(cluster[leader].ChosenUpTo.Number - 3);
        Assert.True(cluster[leader].MemoryFloor < upTo);
        cluster[leader].Forget(upTo);
        Assert.Equal(upTo, cluster[leader].MemoryFloor);
        cluster[leader].Forget(new Slot(1));
        Assert.Equal(upTo, cluster[leader].MemoryFloor);
    }

    private static ReplicaCluster Led(out int leader)
    {
        var cluster = new ReplicaCluster(3);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        cluster.Run(TimeSpan.FromMilliseconds(500));
        leader = cluster.Leaders.Single();
        return cluster;
    }

    private static Decree DecreeOf(ulong slot) => new(DecreeKind.Command, 0, Value.FromText($"d{slot}"));

    private void Accept(ulong slot) =>
        _replica.Step(_now, Two, new Accept(B, new Slot(slot), DecreeOf(slot), Slot.Zero), _output);
}
