using Synod.Storage.Format;

namespace Synod.Storage.Recovery;

/// <summary>What lies behind the last readable record.</summary>
/// <param name="IsBlank">Nothing but zeros.</param>
/// <param name="SyncedUpTo">The highest mark in any header that can still be trusted.</param>
internal readonly record struct TailFound(bool IsBlank, ulong SyncedUpTo)
{
    internal TailFound And(in TailFound other) =>
        new(IsBlank && other.IsBlank, Math.Max(SyncedUpTo, other.SyncedUpTo));
}

/// <summary>
/// Looks behind a damaged place for headers of later records: their mark says whether what is damaged had been synced.
/// </summary>
internal sealed class TailScan(SegmentReader reader, uint salt)
{
    private const int BlockBytes = 64 << 10;

    /// <summary>Scans a file from some place to its end.</summary>
    internal TailFound Scan(string name, ulong segment, long from)
    {
        reader.Open(name);
        var found = new TailFound(true, 0);
        for (var at = from; at < reader.Length; at += BlockBytes)
        {
            // Headers lie at multiples of 8; the last ones of a block reach into the next.
            var block = reader.At(at, BlockBytes + RecordFormat.HeaderBytes - 8);
            found = found.And(ScanBlock(block, segment));
        }
        return found;
    }

    private TailFound ScanBlock(ReadOnlySpan<byte> block, ulong segment)
    {
        var syncedUpTo = 0UL;
        var at = block.IndexOfAnyExcept((byte)0);
        var isBlank = at < 0;
        for (at &= ~7; at >= 0 && at + RecordFormat.HeaderBytes <= block.Length; at += 8)
        {
            if (RecordFormat.ReadHeader(block[at..], salt, out var header) == RecordState.Intact
                && header.Segment == segment)
            {
                syncedUpTo = Math.Max(syncedUpTo, MarkOf(header));
            }
        }
        return new TailFound(isBlank, syncedUpTo);
    }

    /// <summary>
    /// An opening that is not whole swears only to what is older than its segment: the records that recovery copied
    /// into the segment count from the moment when the opening is whole (see <see cref="JournalOpening"/>).
    /// </summary>
    private static ulong MarkOf(in RecordHeader header) => header.Kind switch
    {
        RecordKind.Opening => header.Number,
        RecordKind.Host when header.SyncedUpTo < header.Number => header.SyncedUpTo,
        _ => 0,
    };
}
