using Synod.Paxos;

namespace Synod.Wire;

/// <summary>What is said about snapshots between peers; the numbers are on the wire.</summary>
public enum SnapshotMessageKind : byte
{
    /// <summary>"What you ask for is older than my journal: here is a snapshot of this slot and length."</summary>
    Offer = 1,

    /// <summary>"Give me its bytes from this offset on."</summary>
    Fetch = 2,

    /// <summary>Some of its bytes.</summary>
    Piece = 3,

    /// <summary>"I do not have it (any more)."</summary>
    Gone = 4,
}

/// <summary>
/// One message about a snapshot. It travels on the bulk lane under a first byte of its own, apart from the replica's
/// packets: it speaks of the state machine's state alone, never of promises, ballots or acceptances.
/// </summary>
/// <param name="Kind">Which.</param>
/// <param name="ClusterId">Which cluster.</param>
/// <param name="Slot">Which snapshot: its last slot.</param>
/// <param name="Offset">In Fetch and Piece: where.</param>
/// <param name="Length">In Offer and Piece: the length of the whole.</param>
/// <param name="Bytes">In Piece: the bytes; at least one.</param>
public readonly record struct SnapshotPacket(
    SnapshotMessageKind Kind, ulong ClusterId, Slot Slot, long Offset, long Length, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>What such a packet begins with.</summary>
    public const byte FirstByte = 4;

    /// <summary>The most that one Piece carries.</summary>
    public const int PieceBytesMax = 256 << 10;

    /// <summary>Whether a packet is one.</summary>
    public static bool IsOne(ReadOnlySpan<byte> packet) => packet.Length > 0 && packet[0] == FirstByte;

    /// <summary>Writes it.</summary>
    public void Write(ByteWriter writer)
    {
        Check.That(Bytes.Length <= PieceBytesMax);
        writer.U8(FirstByte);
        writer.U8((byte)Kind);
        writer.U64(ClusterId);
        writer.Slot(Slot);
        writer.I64(Offset);
        writer.I64(Length);
        writer.Bytes(Bytes.Span);
    }

    /// <summary>Reads it; false if it is malformed, of another cluster, or beyond a limit.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, ulong clusterId, out SnapshotPacket packet)
    {
        var r = new ByteReader(bytes);
        r.U8();
        packet = new SnapshotPacket((SnapshotMessageKind)r.U8(), r.U64(), r.Slot(), r.I64(), r.I64(), r.Bytes());
        var isPiece = packet.Kind == SnapshotMessageKind.Piece;
        return !r.IsBad && r.IsAtEnd
            && packet.Kind is >= SnapshotMessageKind.Offer and <= SnapshotMessageKind.Gone
            && packet.ClusterId == clusterId
            && packet.Slot != Slot.Zero && packet.Offset >= 0 && packet.Length >= 0
            && packet.Bytes.Length <= PieceBytesMax
            && (isPiece ? packet.Bytes.Length > 0 && packet.Offset <= packet.Length - packet.Bytes.Length : packet.Bytes.IsEmpty);
    }
}
