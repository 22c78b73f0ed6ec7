using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Simulation;

namespace Synod.Storage.Tests;

/// <summary>Snapshot files: whole or not at all, two kept, none removed while it is read.</summary>
public sealed class SnapshotFilesTests
{
    private readonly SimulatedMedium _medium = World.NewMedium();
    private readonly SnapshotMailboxes _mailboxes = new(static () => { }, static () => { });
    private readonly List<SnapshotEvent> _events = [];
    private SimulatedDisk _disk;
    private SnapshotFiles _files;
    private Instant _now = new(1_000_000_000);

    public SnapshotFilesTests()
    {
        _disk = _medium.Open();
        _files = new SnapshotFiles(_disk, _mailboxes, [], []);
    }

    [Fact]
    public void A_snapshot_shows_under_its_name_when_it_is_whole_and_is_read_back()
    {
        Write(SnapshotOrigin.Own, 7, [[1, 2], [3]]);
        Assert.Equal([SnapshotName.Of(new Slot(7))], _medium.Names);
        Assert.Equal([1, 2, 3], _medium.Snapshot(SnapshotName.Of(new Slot(7))));
        var durable = Assert.Single(_events);
        Assert.Equal((SnapshotEventKind.Durable, SnapshotOrigin.Own, new SnapshotFile(new Slot(7), 3)), (durable.Kind, durable.Origin, durable.File));
        _mailboxes.Reads.TryPost(new SnapshotRead(new NodeId(2), new Slot(7), 1, 100));
        Turn();
        Assert.Equal([2, 3], _events[^1].Bytes.ToArray());
        _mailboxes.Reads.TryPost(new SnapshotRead(new NodeId(2), new Slot(8), 0, 100));
        Turn();
        Assert.Equal(SnapshotEventKind.Gone, _events[^1].Kind);
    }

    [Fact]
    public void Two_are_kept_and_what_they_cover_begins_with_the_older()
    {
        foreach (var slot in (ulong[])[10, 20, 30, 40])
        {
            Write(SnapshotOrigin.Own, slot, [[(byte)slot]]);
        }
        Assert.Equal([SnapshotName.Of(new Slot(30)), SnapshotName.Of(new Slot(40))], _medium.Names);
        Assert.Equal(new Slot(30), _files.CoveredUpTo);
        Assert.Equal([0UL, 10, 20, 30], _events.Select(e => e.CoveredUpTo.Number));
    }

    [Fact]
    public void None_is_removed_while_somebody_reads_it()
    {
        Write(SnapshotOrigin.Own, 10, [[1]]);
        Write(SnapshotOrigin.Own, 20, [[2]]);
        _mailboxes.Reads.TryPost(new SnapshotRead(new NodeId(2), new Slot(10), 0, 100));
        Turn();
        Write(SnapshotOrigin.Own, 30, [[3]]);
        Assert.Contains(SnapshotName.Of(new Slot(10)), _medium.Names);
        _now += TimeSpan.FromMinutes(1);
        Turn();
        Assert.DoesNotContain(SnapshotName.Of(new Slot(10)), _medium.Names);
    }

    [Fact]
    public void A_peers_snapshot_comes_before_the_own_one_and_dropped_pieces_leave_nothing()
    {
        Post(SnapshotOrigin.Own, 10, 0, [1], SnapshotStep.Piece);
        Post(SnapshotOrigin.Peer, 50, 0, [5], SnapshotStep.Piece);
        Assert.Equal((SnapshotEventKind.Failed, SnapshotOrigin.Own), (_events[^1].Kind, _events[^1].Origin));
        Post(SnapshotOrigin.Own, 10, 1, [1], SnapshotStep.Last);
        Post(SnapshotOrigin.Own, 20, 0, [2], SnapshotStep.Last);
        Assert.Equal((SnapshotEventKind.Failed, new Slot(20)), (_events[^1].Kind, _events[^1].File.Slot));
        Post(SnapshotOrigin.Peer, 50, 0, [], SnapshotStep.Drop);
        Post(SnapshotOrigin.Peer, 50, 1, [6], SnapshotStep.Last);
        Assert.Empty(_medium.Names);
        Write(SnapshotOrigin.Own, 30, [[3]]);
        Assert.Equal([SnapshotName.Of(new Slot(30))], _medium.Names);
    }

    [Theory]
    [InlineData(DiskOperation.AppendAside, DiskFault.WriteFails)]
    [InlineData(DiskOperation.AppendAside, DiskFault.NoSpace)]
    [InlineData(DiskOperation.FinishAside, DiskFault.SyncFails)]
    public void A_snapshot_that_cannot_be_written_is_told_and_the_next_one_is(DiskOperation at, DiskFault fault)
    {
        _disk.FaultOf = request => request.Operation == at ? fault : DiskFault.None;
        Write(SnapshotOrigin.Own, 10, [[1], [2]]);
        Assert.Equal(SnapshotEventKind.Failed, Assert.Single(_events).Kind);
        Assert.Empty(_medium.Names);
        _disk.FaultOf = static _ => DiskFault.None;
        Write(SnapshotOrigin.Own, 20, [[1], [2]]);
        Assert.Equal(SnapshotEventKind.Durable, _events[^1].Kind);
    }

    [Fact]
    public void Damaged_files_go_when_two_sound_ones_are_there()
    {
        _medium.Open().Submit(new DiskRequest(1, DiskOperation.ReplaceWhole, SnapshotName.Of(new Slot(9)), 0, new byte[] { 9 }, 0));
        _disk = _medium.Open();
        _files = new SnapshotFiles(_disk, _mailboxes, [], [SnapshotName.Of(new Slot(9))]);
        Write(SnapshotOrigin.Own, 10, [[1]]);
        Assert.Contains(SnapshotName.Of(new Slot(9)), _medium.Names);
        Write(SnapshotOrigin.Own, 20, [[1]]);
        Assert.Equal([SnapshotName.Of(new Slot(10)), SnapshotName.Of(new Slot(20))], _medium.Names);
    }

    [Fact]
    public void Whenever_the_power_fails_a_snapshot_is_there_whole_or_not_at_all()
    {
        for (var crashAt = 1; crashAt <= 4; crashAt++)
        {
            var medium = World.NewMedium((ulong)crashAt);
            var disk = medium.Open();
            disk.CompletesByHand = true;
            var files = new SnapshotFiles(disk, _mailboxes, [], []);
            _mailboxes.Pieces.TryPost(new SnapshotPiece(SnapshotOrigin.Own, new Slot(5), 0, new byte[] { 1, 2 }, SnapshotStep.Piece));
            _mailboxes.Pieces.TryPost(new SnapshotPiece(SnapshotOrigin.Own, new Slot(5), 2, new byte[] { 3 }, SnapshotStep.Last));
            for (var i = 0; i < crashAt; i++)
            {
                files.Turn(_now);
                disk.CompleteOne();
            }
            files.Turn(_now);
            medium.LosePower();
            Assert.All(medium.Names, name => Assert.Equal([1, 2, 3], medium.Snapshot(name)));
            Assert.True(crashAt < 4 || medium.Names.Count == 1);
            while (_mailboxes.Pieces.TryTake(out _))
            {
            }
        }
    }

    [Theory]
    [InlineData("snapshot-0000000000000010", 16)]
    [InlineData("snapshot-000000000000001", 0)]
    [InlineData("snapshot-000000000000001G", 0)]
    [InlineData("snapshot-000000000000001A", 0)]
    [InlineData("snapshot-0000000000000000", 0)]
    [InlineData("journal-0000000000000001", 0)]
    public void Only_names_as_they_are_written_are_names(string name, ulong slot) =>
        Assert.Equal((slot > 0, slot), (SnapshotName.TryParse(name, out var found), found.Number));

    private void Write(SnapshotOrigin origin, ulong slot, byte[][] pieces)
    {
        var offset = 0;
        for (var i = 0; i < pieces.Length; i++)
        {
            Post(origin, slot, offset, pieces[i], i + 1 == pieces.Length ? SnapshotStep.Last : SnapshotStep.Piece);
            offset += pieces[i].Length;
        }
        Turn();
    }

    private void Post(SnapshotOrigin origin, ulong slot, long offset, byte[] bytes, SnapshotStep step)
    {
        Assert.True(_mailboxes.Pieces.TryPost(new SnapshotPiece(origin, new Slot(slot), offset, bytes, step)));
        Turn();
    }

    private void Turn()
    {
        for (var i = 0; i < 10; i++)
        {
            _files.Turn(_now);
            while (_mailboxes.Events.TryTake(out var e))
            {
                _events.Add(e);
            }
        }
    }
}
