using Synod.Paxos;
using Synod.Store;

namespace Synod.Node;

/// <summary>What an archive of a snapshot holds.</summary>
/// <param name="ClusterId">Of which cluster it is.</param>
/// <param name="Slot">The last decree in it.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Keys">Keys at that revision.</param>
public sealed record SnapshotArchiveSummary(ulong ClusterId, Slot Slot, long Revision, long Keys);

/// <summary>
/// A snapshot outside of any node: chunks as in a snapshot file, zeros up to a multiple of 512 bytes, and a SHA-256 of all
/// that (which the host computes and compares). It is read in whatever pieces, and can become the first state of another
/// cluster. Used once, by one owner.
/// </summary>
public sealed class SnapshotArchive
{
    /// <summary>The whole but the hash is a multiple of this.</summary>
    public const int UnitBytes = 512;

    /// <summary>Bytes of the hash at the end.</summary>
    public const int HashBytes = 32;

    private readonly StateInstaller _installer = new(isPadded: true);

    /// <summary>Zeros that follow a snapshot of this length.</summary>
    public static int PaddingAfter(long length) => (int)((UnitBytes - length % UnitBytes) % UnitBytes);

    /// <summary>Takes the next bytes, all but the hash.</summary>
    public void Take(ReadOnlySpan<byte> bytes) => _installer.Take(bytes);

    /// <summary>No more bytes come.</summary>
    /// <returns>Null, or why it cannot be used.</returns>
    public string? End()
    {
        _installer.End();
        return _installer.Error;
    }

    /// <summary>What is in it; only after an <see cref="End"/> without error.</summary>
    public SnapshotArchiveSummary Summarize()
    {
        Check.That(_installer.IsComplete);
        var nobody = default(Nobody);
        var all = _installer.Store.Range(new RangeQuery { Key = [0], RangeEnd = [0], CountOnly = true }, ref nobody);
        return new SnapshotArchiveSummary(
            _installer.Header!.ClusterId, _installer.Header.Slot, all.Revision, all.Count);
    }

    /// <summary>Writes the state as the first snapshot of another cluster, whose log goes on after its slot.</summary>
    /// <param name="options">Cluster and members of a node of it; all its nodes get the same bytes.</param>
    /// <param name="skippedRevisions">So far above the old revisions the new ones begin.</param>
    /// <param name="write">Takes the bytes in order; the last call says so.</param>
    /// <returns>The slot, which names the file.</returns>
    public Slot Restore(NodeOptions options, long skippedRevisions, Action<ReadOnlyMemory<byte>, bool> write)
    {
        Check.That(_installer.IsComplete);
        var state = new ReplicatedState(0);
        state.Install(_installer);
        state.BeginAnew(skippedRevisions);
        NodeId[] voters = [.. options.Members.Select(m => m.Id)];
        var cursor = state.OpenCursor(options.ClusterId, new Configuration(1, voters, QuorumSystem.Majority(voters.Length)));
        while (!cursor.IsAtEnd)
        {
            var bytes = cursor.Next(options.Snapshots.SliceBytes);
            write(bytes, cursor.IsAtEnd);
        }
        return cursor.Slot;
    }

    private struct Nobody : IKeyValueSink
    {
        public readonly void Take(in KeyValueView pair)
        {
        }
    }
}
