using Synod.Paxos;
using Synod.Wire;

namespace Synod.Node;

/// <summary>What a chunk of a snapshot holds; the numbers are on disk and on the wire.</summary>
internal enum SnapshotChunkKind : byte
{
    /// <summary>Whose snapshot, of which slot.</summary>
    Header = 1,

    /// <summary>The sessions.</summary>
    Sessions = 2,

    /// <summary>A slice of the store, leases among it.</summary>
    Store = 3,

    /// <summary>The end, with a count of the chunks before.</summary>
    End = 4,
}

/// <summary>
/// The first chunk: it says nothing of promises or ballots, so a snapshot is the same whoever wrote it, and whoever
/// takes it keeps the promises that it has made itself.
/// </summary>
/// <param name="ClusterId">Which cluster.</param>
/// <param name="Group">Which log.</param>
/// <param name="Configuration">The number of the configuration in force at the slot.</param>
/// <param name="Voters">Its voters, in order.</param>
/// <param name="Slot">The last slot applied.</param>
/// <param name="StoreTimeMicroseconds">Store time at that slot.</param>
/// <param name="EffectSum">The state machine's effect sum.</param>
internal sealed record SnapshotHeader(
    ulong ClusterId, uint Group, ulong Configuration, IReadOnlyList<NodeId> Voters, Slot Slot,
    ulong StoreTimeMicroseconds, ulong EffectSum)
{
    /// <summary>The version of all chunks that this code writes.</summary>
    public const byte FormatVersion = 1;

    private const ulong Magic = 0x746F6873_44594E53; // "SNYDshot"

    public void Write(ByteWriter into)
    {
        into.U64(Magic);
        into.U64(ClusterId);
        into.U32(Group);
        into.U64(Configuration);
        into.U32((uint)Voters.Count);
        foreach (var voter in Voters)
        {
            into.U32(voter.Number);
        }
        into.Slot(Slot);
        into.U64(StoreTimeMicroseconds);
        into.U64(EffectSum);
    }

    public static SnapshotHeader? Read(ref ByteReader reader)
    {
        var magic = reader.U64();
        var cluster = reader.U64();
        var group = reader.U32();
        var configuration = reader.U64();
        var count = reader.U32();
        var voters = new List<NodeId>();
        for (var i = 0u; i < count && !reader.IsBad; i++)
        {
            voters.Add(new NodeId(reader.U32()));
        }
        var header = new SnapshotHeader(
            cluster, group, configuration, voters, reader.Slot(), reader.U64(), reader.U64());
        return reader.IsBad || !reader.IsAtEnd || magic != Magic ? null : header;
    }
}
