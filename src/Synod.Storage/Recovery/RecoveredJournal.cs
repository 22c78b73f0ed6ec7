using Synod.Storage.Format;

namespace Synod.Storage.Recovery;

/// <summary>What recovery did, for the log.</summary>
/// <param name="Decision">The row of the table.</param>
/// <param name="LastNumber">Number of the last record; the next one is one more.</param>
/// <param name="RecordsVisited">How many records were shown to the host.</param>
/// <param name="RecordsRewritten">How many of them stood above the mark and were written and synced anew.</param>
/// <param name="TailWasCut">Behind the last record there was a torn write; it was never reported persisted.</param>
/// <param name="Segment">The segment that takes the next record.</param>
public sealed record RecoveryReport(
    RecoveryDecision Decision, ulong LastNumber, ulong RecordsVisited, ulong RecordsRewritten, bool TailWasCut,
    ulong Segment);

/// <summary>Everything that the pump goes on with.</summary>
internal sealed record RecoveredJournal
{
    internal required RecoveryReport Report { get; init; }

    internal required PositionIndex Index { get; init; }

    internal required MarkSector Mark { get; init; }

    internal required ReadOnlyMemory<byte> Carry { get; init; }

    internal required SegmentPlace Present { get; init; }

    /// <summary>A blank segment that waits for its turn; Number 0 when there is none.</summary>
    internal required SegmentPlace Spare { get; init; }

    internal required ulong HighestSegment { get; init; }

    internal required uint Chain { get; init; }

    internal required uint HostChain { get; init; }

    /// <summary>The segments before the present one, oldest first; also such that are not needed any more.</summary>
    internal required IReadOnlyList<SegmentRange> OlderSegments { get; init; }

    /// <summary>What the present segment holds.</summary>
    internal required SegmentRange PresentRange { get; init; }

    /// <summary>The lowest record number that must stay readable.</summary>
    internal required ulong OldestNeeded { get; init; }
}

/// <summary>A segment and the place in it where the next write goes.</summary>
internal readonly record struct SegmentPlace(ulong Number, long Length, long Position, int Alignment)
{
    internal long Room => Length - Position;
}
