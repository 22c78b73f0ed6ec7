using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Storage;
using Synod.Store;

namespace Synod.Node.Tests;

/// <summary>The whole replicated state as chunks, and back.</summary>
public class StateSnapshotTests
{
    private static readonly Configuration s_configuration =
        new(1, [new NodeId(1), new NodeId(2), new NodeId(3)], QuorumSystem.Majority(3));

    [Fact]
    public void A_long_chunk_in_small_pieces_is_taken_in_linear_time()
    {
        var chain = SnapshotChunk.FirstChain;
        var chunk = SnapshotChunk.Seal((byte)SnapshotChunkKind.Header, 1, new byte[SnapshotChunk.PayloadBytesMax], ref chain);
        var installer = new StateInstaller();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var at = 0; at < chunk.Length; at += 4096)
        {
            installer.Take(chunk.AsSpan(at, Math.Min(4096, chunk.Length - at)));
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 8L * chunk.Length);
        Assert.Contains("its header makes no sense", installer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void After_an_install_every_later_decree_comes_to_the_same()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var driver = new StateDriver(seed);
            var state = new ReplicatedState(0);
            var still = new ReplicatedState(0);
            for (var i = 0; i < 300; i++)
            {
                var decree = driver.Next();
                state.Apply(decree, static _ => false);
                still.Apply(decree, static _ => false);
            }
            var later = new List<LearnedDecree>();
            var installer = new StateInstaller();
            foreach (var chunk in Chunks(state, 512, () =>
            {
                later.Add(driver.Next());
                state.Apply(later[^1], static _ => false);
            }))
            {
                installer.Take(chunk);
            }
            installer.End();
            Assert.Null(installer.Error);
            Assert.True(installer.IsComplete && later.Count > 10);
            var installed = new ReplicatedState(0);
            installed.Install(installer);
            AssertSame(still, installed);
            for (var i = 0; i < 200; i++)
            {
                var decree = i < later.Count ? later[i] : driver.Next();
                var expected = still.Apply(decree, static _ => true);
                var actual = installed.Apply(decree, static _ => true);
                Assert.Equal((expected.Kind, expected.Envelope, expected.Session), (actual.Kind, actual.Envelope, actual.Session));
                Assert.Equivalent(expected.Outcome, actual.Outcome, strict: true);
            }
            AssertSame(still, installed);
        }
    }

    [Fact]
    public void A_snapshot_may_come_in_pieces_of_any_size()
    {
        var state = Applied(1, 200);
        var bytes = Bytes(state);
        foreach (var piece in (int[])[1, 7, 100, bytes.Length])
        {
            var installer = Read(bytes, piece);
            Assert.True(installer.IsComplete, installer.Error);
            Assert.Equal(state.AppliedUpTo, installer.Header!.Slot);
        }
    }

    [Fact]
    public void A_snapshot_that_is_cut_anywhere_is_refused()
    {
        var bytes = Bytes(Applied(2, 12));
        for (var length = 0; length < bytes.Length; length++)
        {
            var installer = Read(bytes.AsSpan(0, length).ToArray(), 1 << 20);
            Assert.False(installer.IsComplete);
            Assert.NotNull(installer.Error);
        }
        Assert.Equal("it ends too early", Read(bytes.AsSpan(0, bytes.Length - 1).ToArray(), 1 << 20).Error);
        Assert.Equal("something follows its end", Read([.. bytes, .. bytes], 1 << 20).Error);
    }

    [Fact]
    public void A_snapshot_with_a_wrong_bit_anywhere_is_refused()
    {
        var bytes = Bytes(Applied(3, 12));
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 0x10;
            var installer = Read(bytes, 1 << 20);
            Assert.False(installer.IsComplete, $"byte {at}");
            Assert.NotNull(installer.Error);
            bytes[at] ^= 0x10;
        }
        Assert.True(Read(bytes, 1 << 20).IsComplete);
    }

    [Fact]
    public void Chunks_that_are_missing_doubled_or_from_another_snapshot_are_refused()
    {
        var chunks = Chunks(Applied(4, 200), 512, static () => { });
        var other = Chunks(Applied(5, 200), 512, static () => { });
        Assert.True(chunks.Count > 6);
        for (var i = 0; i < chunks.Count; i++)
        {
            Assert.NotNull(Read([.. chunks.Where((_, at) => at != i).SelectMany(c => c)], 1 << 20).Error);
            Assert.NotNull(Read([.. chunks.SelectMany((c, at) => at == i ? [.. c, .. c] : c)], 1 << 20).Error);
            if (i > 0 && i < other.Count)
            {
                Assert.NotNull(Read([.. chunks.SelectMany((c, at) => at == i ? other[i] : c)], 1 << 20).Error);
            }
        }
    }

    [Fact]
    public void A_section_or_version_of_a_later_format_is_refused_by_name()
    {
        var header = Chunks(Applied(6, 10), 512, static () => { })[0];
        var chain = BitConverter.ToUInt32(header, 8);
        var unknown = SnapshotChunk.Seal(9, SnapshotHeader.FormatVersion, [1, 2], ref chain);
        Assert.Contains("kind 9", Read([.. header, .. unknown], 1 << 20).Error, StringComparison.Ordinal);
        chain = BitConverter.ToUInt32(header, 8);
        var later = SnapshotChunk.Seal((byte)SnapshotChunkKind.Store, 9, [1, 2], ref chain);
        Assert.Contains("version 9", Read([.. header, .. later], 1 << 20).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_chunk_is_much_longer_than_the_slice_limit()
    {
        foreach (var chunk in Chunks(Applied(7, 2000), 1024, static () => { }))
        {
            var isStore = chunk[4] == (byte)SnapshotChunkKind.Store;
            Assert.True(!isStore || chunk.Length < 1024 + 400, $"{chunk.Length} bytes");
        }
    }

    private static ReplicatedState Applied(int seed, int decrees)
    {
        var driver = new StateDriver(seed);
        var state = new ReplicatedState(0);
        for (var i = 0; i < decrees; i++)
        {
            state.Apply(driver.Next(), static _ => false);
        }
        return state;
    }

    private static List<byte[]> Chunks(ReplicatedState state, int sliceBytes, Action between)
    {
        var cursor = state.OpenCursor(77, s_configuration);
        var chunks = new List<byte[]>();
        while (!cursor.IsAtEnd)
        {
            chunks.Add(cursor.Next(sliceBytes));
            between();
        }
        return chunks;
    }

    private static byte[] Bytes(ReplicatedState state) =>
        [.. Chunks(state, 512, static () => { }).SelectMany(chunk => chunk)];

    private static StateInstaller Read(byte[] bytes, int piece)
    {
        var installer = new StateInstaller();
        for (var at = 0; at < bytes.Length; at += piece)
        {
            installer.Take(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        }
        installer.End();
        return installer;
    }

    private static void AssertSame(ReplicatedState expected, ReplicatedState actual)
    {
        Assert.Equal(expected.AppliedUpTo, actual.AppliedUpTo);
        Assert.Equal(expected.StoreTimeMicroseconds, actual.StoreTimeMicroseconds);
        Assert.Equal(expected.Store.EffectSum, actual.Store.EffectSum);
        Assert.Equal(expected.Store.CurrentRevision, actual.Store.CurrentRevision);
        Assert.Equal(expected.Store.CompactedRevision, actual.Store.CompactedRevision);
        for (var node = 1u; node < 6; node++)
        {
            var id = new NodeId(node);
            Assert.Equal(expected.Sessions.SessionOf(id), actual.Sessions.SessionOf(id));
            Assert.Equal(expected.Sessions.NonceOf(id), actual.Sessions.NonceOf(id));
            Assert.Equal(expected.Sessions.AboutOf(id).ToArray(), actual.Sessions.AboutOf(id).ToArray());
        }
        // The same state has the same bytes: nothing that the cursor writes differs.
        Assert.Equal(Bytes(expected), Bytes(actual));
    }
}
