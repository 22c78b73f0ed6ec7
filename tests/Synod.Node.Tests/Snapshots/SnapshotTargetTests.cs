using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Storage;
using Synod.Wire;

namespace Synod.Node.Tests;

/// <summary>A node that fetches a snapshot gives up on a peer that is silent, not on itself when it is slow.</summary>
public sealed class SnapshotTargetTests
{
    private const ulong Cluster = 1;
    private static readonly NodeId Source = new(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly SnapshotMailboxes _files = new(static () => { }, static () => { });
    private readonly SnapshotBoard _board = new(static () => { }, static () => { });
    private readonly SnapshotTarget _target;
    private Instant _now = new(1_000_000_000);

    public SnapshotTargetTests()
    {
        var self = new NodeId(1);
        var options = new NodeOptions { Self = self, ClusterId = Cluster, Identity = new DataIdentity(17), Members = [] };
        _target = new SnapshotTarget(options, new ScriptedPeers(), new WholeNode.QuietObserver(), _files.Pieces, _board.Building);
        _target.Offered(_now, Source, Packet(SnapshotMessageKind.Offer, 0, []));
        Assert.True(_target.IsActive);
    }

    [Fact]
    public void A_peer_that_does_not_answer_is_given_up()
    {
        Wait(8);
        Assert.False(_target.IsActive);
    }

    [Fact]
    public void A_slow_disk_or_state_machine_of_its_own_is_no_silence_of_the_peer()
    {
        var offset = 0;
        for (; offset < SnapshotMailboxes.PiecesMax; offset++)
        {
            Take(offset);
        }
        for (var wait = 0; wait < 100; wait++)
        {
            Wait(1);
            Take(offset); // It answers each time, and nothing here has room for it.
        }
        Assert.True(_target.IsActive);
        Assert.True(_files.Pieces.TryTake(out _) && _board.Building.TryTake(out _));
        Take(offset);
        Assert.Equal(SnapshotMailboxes.PiecesMax, _files.Pieces.Count);
        Assert.True(_files.Pieces.TryTake(out _) && _board.Building.TryTake(out _));
        Wait(8);
        Assert.False(_target.IsActive); // Now it is the peer.
    }

    [Fact]
    public void A_peer_that_this_node_has_no_room_to_hear_is_not_silent()
    {
        Wait(100, isHeard: false);
        Assert.True(_target.IsActive);
        Wait(8);
        Assert.False(_target.IsActive);
    }

    [Fact]
    public void When_all_has_come_and_neither_an_end_nor_a_failure_is_told_it_is_given_up_in_the_end()
    {
        _target.Take(_now, Source, Packet(SnapshotMessageKind.Piece, 0, new byte[100]));
        _target.Built(_now, new BuildReport(new Slot(9), null));
        var whole = _now;
        while (_target.IsActive)
        {
            Wait(1);
            Assert.True(_now <= whole + SnapshotTarget.EndPatience + Pause, "it waits for ever, and meanwhile the log is not asked for anything");
        }
        Assert.True(_now >= whole + SnapshotTarget.EndPatience); // The sync of a large file may take long.
    }

    [Fact]
    public void An_offer_of_more_than_any_state_takes_is_passed_over()
    {
        Wait(8);
        _target.Built(_now, new BuildReport(new Slot(9), null, IsDropped: true));
        _target.Turn(_now, Slot.Zero, isHeard: true);
        _target.Offered(_now, Source, Packet(SnapshotMessageKind.Offer, 0, []) with { Length = 1L << 60 });
        Assert.False(_target.IsActive);
        _target.Offered(_now, Source, Packet(SnapshotMessageKind.Offer, 0, []));
        Assert.True(_target.IsActive);
    }

    [Fact]
    public void A_late_report_of_an_abandoned_fetch_is_not_taken_for_the_next_one_of_the_same_slot()
    {
        _target.Take(_now, Source, Packet(SnapshotMessageKind.Piece, 0, new byte[100]));
        _target.FileFailed(_now, new Slot(9), "the disk is full");
        _now += TimeSpan.FromSeconds(6);
        _target.Turn(_now, Slot.Zero, isHeard: true);
        // The state's actor has stood still meanwhile, and now comes to the end of what it was given first.
        _target.Offered(_now, Source, Packet(SnapshotMessageKind.Offer, 0, []));
        _target.Built(_now, new BuildReport(new Slot(9), null));
        _target.Built(_now, new BuildReport(new Slot(9), null, IsDropped: true));
        _target.Offered(_now, Source, Packet(SnapshotMessageKind.Offer, 0, []));
        Assert.True(_target.IsActive);
        _target.Turn(_now, Slot.Zero, isHeard: true);
        var steps = new List<SnapshotStep>();
        while (_files.Pieces.TryTake(out var piece))
        {
            steps.Add(piece.Step);
        }
        Assert.Equal([SnapshotStep.Piece, SnapshotStep.Drop], steps); // Nothing of the new one is finished yet.
    }

    private static SnapshotPacket Packet(SnapshotMessageKind kind, long offset, byte[] bytes) =>
        new(kind, Cluster, new Slot(9), offset, 100, bytes);

    private void Take(long offset) => _target.Take(_now, Source, Packet(SnapshotMessageKind.Piece, offset, [1]));

    private void Wait(int pauses, bool isHeard = true)
    {
        for (var i = 0; i < pauses; i++)
        {
            _now += Pause;
            _target.Turn(_now, Slot.Zero, isHeard);
        }
    }
}
