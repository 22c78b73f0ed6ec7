using System.Text;
using Synod.Paxos;

namespace Synod.Node.Tests;

/// <summary>One consistent snapshot as a stream, read while writes go on, and what can be made of it elsewhere.</summary>
public sealed class SnapshotStreamTests
{
    private sealed class RecordedSnapshot : SnapshotStream
    {
        public List<byte> Bytes { get; } = [];

        public int Slices { get; private set; }

        public long Revision { get; private set; }

        public bool IsWhole { get; private set; }

        public Failure? Failure { get; private set; }

        public int Room { get; set; } = int.MaxValue;

        public bool Gone { get; set; }

        public override bool HasRoom => Room > Slices;

        public override bool IsAbandoned => Gone;

        public override void Begin(long revision) => Revision = revision;

        public override void Take(ReadOnlyMemory<byte> bytes, bool isLast)
        {
            Assert.False(IsWhole);
            Slices++;
            Bytes.AddRange(bytes.Span);
            IsWhole = isLast;
        }

        public override void Fail(Failure failure) => Failure = failure;
    }

    private static WholeNode Written(int keys)
    {
        var world = new WholeNode(adjust: o => o with { Snapshots = new SnapshotOptions { SliceBytes = 500 } });
        world.Begin();
        for (var i = 0; i < keys; i++)
        {
            Put(world, $"key {i}");
        }
        return world;
    }

    private static void Put(WholeNode world, string key)
    {
        var put = WholeNode.PutOf(100, key);
        world.Node.Submit(put);
        world.RunUntil("the put is done", () => put.Ended.Count == 1);
    }

    [Fact]
    public void It_holds_the_state_of_one_revision_although_writes_go_on()
    {
        var world = Written(40);
        var revision = world.Node.State.Store.CurrentRevision;
        var snapshot = new RecordedSnapshot { Room = 3 };
        world.Node.Submit(snapshot);
        for (var i = 0; i < 30; i++)
        {
            Put(world, $"later {i}");
        }
        Assert.Equal(3, snapshot.Slices);
        snapshot.Room = int.MaxValue;
        world.RunUntil("the snapshot is whole", () => snapshot.IsWhole);
        Assert.Equal(revision, snapshot.Revision);
        var archive = new SnapshotArchive();
        foreach (var piece in snapshot.Bytes.Chunk(333))
        {
            archive.Take(piece);
        }
        archive.Take(new byte[SnapshotArchive.PaddingAfter(snapshot.Bytes.Count)]);
        Assert.Null(archive.End());
        var summary = archive.Summarize();
        Assert.Equal((1UL, revision, 41L), (summary.ClusterId, summary.Revision, summary.Keys));
    }

    [Fact]
    public void A_damaged_or_cut_archive_is_refused()
    {
        var world = Written(10);
        var snapshot = new RecordedSnapshot();
        world.Node.Submit(snapshot);
        world.RunUntil("the snapshot is whole", () => snapshot.IsWhole);
        var bytes = snapshot.Bytes.ToArray();
        var cut = new SnapshotArchive();
        cut.Take(bytes.AsSpan(0, bytes.Length - 1));
        Assert.Equal("it ends too early", cut.End());
        var followed = new SnapshotArchive();
        followed.Take(bytes);
        followed.Take([0, 0, 7]);
        Assert.Equal("something follows its end", followed.End());
        bytes[bytes.Length / 2] ^= 4;
        var damaged = new SnapshotArchive();
        damaged.Take(bytes);
        Assert.NotNull(damaged.End());
    }

    [Fact]
    public void Who_went_is_let_go_and_too_many_are_refused()
    {
        var world = Written(10);
        var readers = Enumerable.Range(0, 6).Select(_ => new RecordedSnapshot { Room = 1 }).ToArray();
        foreach (var reader in readers)
        {
            world.Node.Submit(reader);
        }
        world.RunUntil("all are taken or refused", () => readers.All(r => r.Slices == 1 || r.Failure is not null));
        Assert.Equal(2, readers.Count(r => r.Failure == Failure.LimitExceeded));
        foreach (var reader in readers)
        {
            reader.Gone = true;
        }
        world.Turn();
        var next = new RecordedSnapshot();
        world.Node.Submit(next);
        world.RunUntil("the next one is whole", () => next.IsWhole);
    }

    [Fact]
    public void A_restored_state_begins_above_all_old_revisions_with_the_same_keys()
    {
        var world = Written(20);
        var snapshot = new RecordedSnapshot();
        world.Node.Submit(snapshot);
        world.RunUntil("the snapshot is whole", () => snapshot.IsWhole);
        var archive = new SnapshotArchive();
        archive.Take(snapshot.Bytes.ToArray());
        Assert.Null(archive.End());
        NodeId[] members = [new(1), new(2), new(3)];
        var options = new NodeOptions
        {
            Self = members[1],
            ClusterId = 99,
            Identity = default,
            Members = [.. members.Select(m => new InitialMember(m, $"m{m}", ["http://there"]))],
        };
        var restored = new StateInstaller();
        archive.Restore(options, 1000, (bytes, isLast) => restored.Take(bytes.Span));
        restored.End();
        Assert.Null(restored.Error);
        Assert.Equal(99UL, restored.Header!.ClusterId);
        Assert.Equal(members, restored.Header.Voters);
        Assert.Equal(snapshot.Revision + 1000, restored.Store.CurrentRevision);
        Assert.Equal(restored.Store.CurrentRevision, restored.Store.CompactedRevision);
        Assert.Equal(0UL, restored.Sessions.SessionOf(new NodeId(1)));
        Assert.Null(SnapshotRecovery.WrongFor(options, restored.Header, restored.Header.Slot));
        Assert.NotNull(SnapshotRecovery.WrongFor(options with { ClusterId = 1 }, restored.Header, restored.Header.Slot));
        Assert.NotNull(SnapshotRecovery.WrongFor(options, restored.Header, restored.Header.Slot.Next));
    }
}
