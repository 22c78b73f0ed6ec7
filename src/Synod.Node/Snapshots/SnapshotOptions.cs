using Synod.Wire;

namespace Synod.Node;

/// <summary>When snapshots are taken, and what stays beside them.</summary>
public sealed record SnapshotOptions
{
    /// <summary>A snapshot is taken whenever so many decrees were applied.</summary>
    public ulong EveryDecrees { get; init; } = 100_000;

    /// <summary>
    /// A snapshot that is due waits for its next turn until the decrees since the last have so many times that one's bytes;
    /// 0: it never waits. A large state that is overwritten fast would otherwise be written more often than what changes it.
    /// </summary>
    public int JournalPerSnapshotMin { get; init; } = 2;

    /// <summary>
    /// At least so many decrees before the newest snapshot stay in the journal, for members that lag a little. All since
    /// the snapshot before the newest stay in any case.
    /// </summary>
    public ulong TailDecrees { get; init; } = 1_000;

    /// <summary>The kept snapshots are read through for rot a minute after a start, and then so long after each time.</summary>
    public TimeSpan VerifyEvery { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Bytes of one slice of a snapshot that is written; one record may exceed it.</summary>
    public int SliceBytes { get; init; } = 64 << 10;

    /// <summary>Bytes of one piece that a peer is given at a time.</summary>
    public int PieceBytes { get; init; } = SnapshotPacket.PieceBytesMax;

    /// <summary>Faults when the limits make no sense.</summary>
    public void Validate()
    {
        Paxos.Check.That(EveryDecrees > 0 && JournalPerSnapshotMin >= 0 && VerifyEvery > TimeSpan.Zero && SliceBytes > 0 && PieceBytes is > 0 and <= SnapshotPacket.PieceBytesMax);
    }
}
