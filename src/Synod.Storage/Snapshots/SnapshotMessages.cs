using Synod.Paxos;

namespace Synod.Storage;

/// <summary>Where the bytes of a snapshot come from.</summary>
public enum SnapshotOrigin : byte
{
    /// <summary>This node's own state.</summary>
    Own = 1,

    /// <summary>A peer that this node catches up from.</summary>
    Peer = 2,
}

/// <summary>What a <see cref="SnapshotPiece"/> is of its file.</summary>
public enum SnapshotStep : byte
{
    /// <summary>Some bytes, and more will follow.</summary>
    Piece = 0,

    /// <summary>The last bytes: the file is whole with them.</summary>
    Last = 1,

    /// <summary>No more will come: what there is of the file is thrown away.</summary>
    Drop = 2,
}

/// <summary>Some bytes of a snapshot on their way to its file.</summary>
/// <param name="Origin">Whose.</param>
/// <param name="Slot">The last slot applied in it.</param>
/// <param name="Offset">Where in the file; 0 begins it anew.</param>
/// <param name="Bytes">The bytes; nobody writes to them again.</param>
/// <param name="Step">Whether more follow.</param>
public readonly record struct SnapshotPiece(
    SnapshotOrigin Origin, Slot Slot, long Offset, ReadOnlyMemory<byte> Bytes, SnapshotStep Step);

/// <summary>Asks for some bytes of a snapshot that is kept.</summary>
/// <param name="Reader">For whom; comes back in the answer.</param>
/// <param name="Slot">Which.</param>
/// <param name="Offset">From where on.</param>
/// <param name="BytesMax">At most so many.</param>
public readonly record struct SnapshotRead(NodeId Reader, Slot Slot, long Offset, int BytesMax);

/// <summary>A snapshot that is kept.</summary>
/// <param name="Slot">The last slot applied in it.</param>
/// <param name="Bytes">Its length.</param>
public readonly record struct SnapshotFile(Slot Slot, long Bytes);

/// <summary>What became of a file of a snapshot.</summary>
public enum SnapshotEventKind
{
    /// <summary>It is whole, synced and has its name.</summary>
    Durable,

    /// <summary>It was given up; <see cref="SnapshotEvent.Text"/> says why.</summary>
    Failed,

    /// <summary>Bytes that were asked for.</summary>
    Read,

    /// <summary>What was asked for is not there (any more).</summary>
    Gone,

    /// <summary>It was found damaged when it was read through, and is kept no more.</summary>
    Damaged,
}

/// <summary>One event of the snapshot files.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Origin">In Durable and Failed: whose.</param>
/// <param name="File">Which snapshot, and how long it is.</param>
/// <param name="Reader">In Read and Gone: who asked.</param>
/// <param name="Offset">In Read and Gone: where.</param>
/// <param name="Bytes">In Read: the bytes, owned by the receiver.</param>
/// <param name="Took">In Durable: from the first piece to the end.</param>
/// <param name="Text">In Failed and Damaged: why.</param>
/// <param name="CoveredUpTo">In Durable and Damaged: what <see cref="SnapshotFiles.CoveredUpTo"/> is now.</param>
/// <param name="Newest">In Damaged: the newest that is left; the default if none is.</param>
public readonly record struct SnapshotEvent(
    SnapshotEventKind Kind, SnapshotOrigin Origin, SnapshotFile File, NodeId Reader = default, long Offset = 0,
    ReadOnlyMemory<byte> Bytes = default, TimeSpan Took = default, string? Text = null,
    Slot CoveredUpTo = default, SnapshotFile Newest = default);
