using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Storage;
using Synod.Storage.Recovery;
using Synod.Wire;

namespace Synod.Replication.Tests;

/// <summary>A replica from its journal: what does not fit together is refused, with words that an operator can use.</summary>
public sealed class LogRecoveryTests
{
    private static readonly Ballot B = new(3, new NodeId(2), 1);
    private readonly Replica _replica = new(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
    private readonly ReplicaOutput _output = new();
    private readonly List<LearnedDecree> _applied = [];
    private readonly LogRecovery _recovery;
    private ulong _number;

    public LogRecoveryTests() => _recovery = new LogRecovery(_replica, _output, _applied.Add);

    [Fact]
    public void A_chosen_prefix_beyond_snapshot_and_journal_is_refused_with_a_clear_message()
    {
        _replica.RecoverSnapshot(new Slot(5));
        Visit(new StateRecord(StateRecordKind.Accepted, B, new Slot(6), Decree.NoOp));
        Visit(new StateRecord(StateRecordKind.ChosenUpTo, default, new Slot(6), default));
        Assert.Equal(new Slot(6), Assert.Single(_applied).Slot);
        var refused = Assert.Throws<JournalRefusedException>(
            () => Visit(new StateRecord(StateRecordKind.ChosenUpTo, default, new Slot(9), default)));
        Assert.Contains("up to slot 9", refused.Message, StringComparison.Ordinal);
        Assert.Contains("reach only to slot 6", refused.Message, StringComparison.Ordinal);
        Assert.Contains("replace the member", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Acceptances_from_before_a_jump_to_a_snapshot_are_never_taken_for_chosen_when_that_snapshot_is_damaged()
    {
        // A leader that was cut off has accepted decrees of its own; others were chosen there, and it jumped over them.
        var loser = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var written = new ReplicaOutput();
        var now = new Instant(1_000_000_000);
        var from = new Sender(B.Node, B.Incarnation, 1);
        for (var slot = 1UL; slot <= 3; slot++)
        {
            loser.Step(now, from, new Accept(B, new Slot(slot), Decree.NoOp, Slot.Zero), written);
        }
        Assert.True(loser.InstallSnapshot(now, new Slot(3), written));

        // At the next start the snapshot of slot 3 is damaged; the journal is all there is.
        var refused = Assert.Throws<JournalRefusedException>(() =>
        {
            foreach (var record in written.Records)
            {
                Visit(record);
            }
        });
        Assert.Empty(_applied);
        Assert.Contains("slot 3", refused.Message, StringComparison.Ordinal);
        Assert.Contains("replace the member", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_with_a_jump_goes_on_behind_the_snapshot_that_was_jumped_to()
    {
        _replica.RecoverSnapshot(new Slot(3));
        Visit(new StateRecord(StateRecordKind.Accepted, B, new Slot(2), Decree.NoOp));
        Visit(new StateRecord(StateRecordKind.Jumped, default, new Slot(3), default));
        Visit(new StateRecord(StateRecordKind.Accepted, B, new Slot(4), Decree.NoOp));
        Visit(new StateRecord(StateRecordKind.ChosenUpTo, default, new Slot(4), default));
        Assert.Equal(new Slot(4), Assert.Single(_applied).Slot);
    }

    [Fact]
    public void A_journal_that_begins_behind_all_sound_snapshots_is_refused_with_a_clear_message()
    {
        _replica.RecoverSnapshot(new Slot(5));
        var carry = Carry(letGoUpTo: new Slot(8));
        var refused = Assert.Throws<JournalRefusedException>(() => _recovery.VisitCarry(carry));
        Assert.Contains("begins after slot 8", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ends at slot 5", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_carry_brings_back_the_promise_and_what_was_let_go_and_is_carried_on()
    {
        _replica.RecoverSnapshot(new Slot(8));
        _recovery.VisitCarry(Carry(letGoUpTo: new Slot(5)));
        Assert.Equal(B, _replica.Promised);
        Assert.Equal(new Slot(5), _recovery.LetGoUpTo);
        Assert.Equal(Carry(letGoUpTo: new Slot(5)), _recovery.BuildCarry().ToArray());
    }

    private static byte[] Carry(Slot letGoUpTo)
    {
        var writer = new ByteWriter();
        LogRecovery.WriteCarry(writer, 1, B, letGoUpTo);
        return writer.Span.ToArray();
    }

    private void Visit(in StateRecord state)
    {
        var writer = new ByteWriter();
        RecordCodec.Write(writer, state);
        _recovery.Visit(new JournalRecord(++_number, 0, LogHost.Stream, 1, 0), writer.Span);
    }
}
