using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Simulation;

namespace Synod.Storage.Tests;

/// <summary>Kept snapshots are read through: rot in any byte is told, whichever file it is in, and a sound file never is.</summary>
public sealed class SnapshotScrubTests
{
    private const byte EndKind = 9;
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly SimulatedMedium _medium = World.NewMedium();
    private readonly SnapshotMailboxes _mailboxes = new(static () => { }, static () => { });
    private readonly List<SnapshotEvent> _events = [];
    private Instant _now = new(1_000_000_000);

    [Theory]
    [InlineData(20)]
    [InlineData(SnapshotScrub.SliceBytes + 3)]
    public void A_wrong_byte_anywhere_in_the_older_file_is_told_within_a_minute_and_a_little(int payload)
    {
        var bytes = Snapshot(payload, 0, 5);
        for (var at = 0; at < bytes.Length; at += Math.Max(1, bytes.Length / 40))
        {
            var medium = World.NewMedium();
            var rotten = bytes.ToArray();
            rotten[at] ^= 0x20;
            var files = Opened(medium, (10, rotten), (20, bytes));
            var damaged = Assert.Single(Scrub(files));
            Assert.Equal((SnapshotEventKind.Damaged, 10UL), (damaged.Kind, damaged.File.Slot.Number));
            Assert.Equal((20UL, 0UL), (damaged.Newest.Slot.Number, damaged.CoveredUpTo.Number));
            Assert.Equal(2, medium.Names.Count); // It stays for inquiry.
            _events.Clear();
        }
    }

    [Fact]
    public void A_file_that_is_cut_short_is_told_also_between_two_chunks()
    {
        var bytes = Snapshot(20, 0, 5);
        for (var length = 0; length < bytes.Length; length++)
        {
            var files = Opened(World.NewMedium(), (10, bytes), (20, bytes[..length]));
            var damaged = Assert.Single(Scrub(files));
            Assert.Equal((20UL, 10UL), (damaged.File.Slot.Number, damaged.Newest.Slot.Number));
            _events.Clear();
        }
    }

    [Fact]
    public void Sound_files_are_read_again_and_again_and_never_called_damaged()
    {
        var scrub = new SnapshotScrub(_medium.Open(), EndKind, Every);
        var large = Snapshot(SnapshotScrub.SliceBytes * 2, SnapshotScrub.SliceBytes - 12, 0, 1);
        var files = Opened(_medium, scrub, (10, large), (20, Snapshot(3)));
        Assert.Empty(Scrub(files));
        Assert.Equal(2, scrub.Verified);
        _now += Every;
        Assert.Empty(Scrub(files));
        Assert.Equal(4, scrub.Verified);
    }

    [Fact]
    public void Rot_that_comes_later_is_told_by_the_next_pass_and_the_file_goes_when_two_sound_ones_are_there()
    {
        var files = Opened(_medium, (10, Snapshot(50)), (20, Snapshot(60)));
        Assert.Empty(Scrub(files));
        _medium.Rot(SnapshotName.Of(new Slot(20)), 30, 0x01);
        Assert.Empty(Scrub(files));
        _now += Every;
        Assert.Equal(20UL, Assert.Single(Scrub(files)).File.Slot.Number);
        Assert.Equal(new Slot(10), files.Newest.Slot);
        _mailboxes.Pieces.TryPost(new SnapshotPiece(SnapshotOrigin.Own, new Slot(30), 0, Snapshot(70), SnapshotStep.Last));
        Scrub(files);
        Assert.Equal([SnapshotName.Of(new Slot(10)), SnapshotName.Of(new Slot(30))], _medium.Names);
        Assert.Equal(new Slot(10), files.CoveredUpTo);
    }

    private static byte[] Snapshot(params int[] payloads)
    {
        var chain = SnapshotChunk.FirstChain;
        List<byte> bytes = [];
        foreach (var payload in payloads)
        {
            bytes.AddRange(SnapshotChunk.Seal(1, 1, World.PayloadOf((ulong)payload, payload), ref chain));
        }
        bytes.AddRange(SnapshotChunk.Seal(EndKind, 1, [7], ref chain));
        return [.. bytes];
    }

    private SnapshotFiles Opened(SimulatedMedium medium, params (ulong Slot, byte[] Bytes)[] files) =>
        Opened(medium, new SnapshotScrub(medium.Open(), EndKind, Every), files);

    private SnapshotFiles Opened(SimulatedMedium medium, SnapshotScrub scrub, params (ulong Slot, byte[] Bytes)[] files)
    {
        var disk = medium.Open();
        foreach (var (slot, bytes) in files)
        {
            disk.Submit(new DiskRequest(1, DiskOperation.ReplaceWhole, SnapshotName.Of(new Slot(slot)), 0, bytes, 0));
            while (disk.TryTakeCompletion(out _))
            {
            }
        }
        return new SnapshotFiles(
            medium.Open(), _mailboxes, files.Select(f => new SnapshotFile(new Slot(f.Slot), f.Bytes.Length)), [], scrub);
    }

    /// <summary>Two minutes of turns, as they are asked for.</summary>
    private List<SnapshotEvent> Scrub(SnapshotFiles files)
    {
        var before = _events.Count;
        for (var end = _now + TimeSpan.FromMinutes(2); _now < end;)
        {
            var next = files.Turn(_now);
            while (_mailboxes.Events.TryTake(out var e))
            {
                _events.Add(e);
            }
            var soonest = _now + TimeSpan.FromMilliseconds(1);
            _now = next < soonest ? soonest : Instant.Min(next, end);
        }
        return _events[before..];
    }
}
