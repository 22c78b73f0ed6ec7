using Synod.Paxos;
using Synod.Ports;

namespace Synod.Storage;

/// <summary>Limits and times of a journal.</summary>
public sealed record JournalOptions
{
    /// <summary>The data directory's identity: records of another directory are not taken for ours.</summary>
    public DataIdentity Identity { get; init; }

    /// <summary>
    /// The data directory says that a journal was begun here: none, or an empty one, is a loss and is refused.
    /// </summary>
    public bool MustExist { get; init; }

    /// <summary>Length of a segment file.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Each write starts at a multiple of this, so that a write that is torn damages no sector that was synced before.
    /// A power of two: 512, or 4096 for media with such sectors.
    /// </summary>
    public int AlignmentBytes { get; init; } = 512;

    /// <summary>The most that one batch holds, record headers included.</summary>
    public int BatchBytesMax { get; init; } = 4 << 20;

    /// <summary>The most that one append writes; several waiting batches share it.</summary>
    public int WriteBytesMax { get; init; } = 8 << 20;

    /// <summary>The most that a carry may be.</summary>
    public int CarryBytesMax { get; init; } = 64 << 10;

    /// <summary>How long the journal is idle before it writes its mark into a sector of its own.</summary>
    public TimeSpan IdleBeforeMark { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How often a segment that found no space is tried again.</summary>
    public TimeSpan SpaceRetryEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many batches may wait.</summary>
    public int BatchesWaitingMax { get; init; } = 256;

    /// <summary>How many reads may wait.</summary>
    public int ReadsWaitingMax { get; init; } = 64;

    /// <summary>What checksums start from.</summary>
    internal uint Salt
    {
        get
        {
            Span<byte> bits = stackalloc byte[16];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(bits, Identity.Bits);
            return Format.Crc32C.Of(bits);
        }
    }

    /// <summary>Faults when the limits do not fit together.</summary>
    internal void Validate()
    {
        Check.That(AlignmentBytes is >= 8 and <= 1 << 20 && (AlignmentBytes & (AlignmentBytes - 1)) == 0);
        Check.That(SegmentBytes % AlignmentBytes == 0);
        Check.That(BatchBytesMax >= Format.RecordFormat.SizeOf(0));
        Check.That(WriteBytesMax >= BatchBytesMax);
        Check.That(CarryBytesMax >= 0);
        Check.That(BatchesWaitingMax > 0 && ReadsWaitingMax > 0);
        Check.That(IdleBeforeMark > TimeSpan.Zero && SpaceRetryEvery > TimeSpan.Zero);
        // An opening and any one batch fit into an empty segment: otherwise a batch could wait for ever.
        Check.That(Format.RecordFormat.SizeOf(CarryBytesMax) + BatchBytesMax + 2L * AlignmentBytes <= SegmentBytes);
    }
}
