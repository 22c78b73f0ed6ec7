using System.Buffers.Binary;

namespace Synod.Storage.Format;

/// <summary>How the two copies of the mark were found.</summary>
public enum MarkCopies
{
    /// <summary>There is no mark file, or not all of it.</summary>
    Absent,

    /// <summary>No mark was ever written (or the first one is torn).</summary>
    Blank,

    /// <summary>At least one copy can be read.</summary>
    Intact,

    /// <summary>Both copies are damaged: no crash does that, only one is ever being written.</summary>
    Damaged,
}

/// <summary>
/// The mark of an idle journal: "all up to this record are synced, and so is the opening of this segment". Two copies
/// take turns, each in a block of its own: the one that holds the latest mark is never the one being written.
/// </summary>
internal readonly record struct MarkSector(ulong Sequence, ulong SyncedUpTo, ulong Segment)
{
    /// <summary>The block of a copy: no medium tears or damages more than that at once.</summary>
    internal const int BlockBytes = 4096;
    internal const int Copies = 2;
    internal const int FileBytes = Copies * BlockBytes;

    /// <summary>Bytes that are written: one sector.</summary>
    internal const int SectorBytes = 512;
    private const int ChecksumAt = 32;
    private const ulong Magic = 0x014B_5241_4D4A_5953; // "SYJMARK" and version 1

    /// <summary>Where this mark belongs.</summary>
    internal long Offset => (long)(Sequence % Copies) * BlockBytes;

    internal void WriteTo(Span<byte> sector)
    {
        sector.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(sector, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[8..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[16..], SyncedUpTo);
        BinaryPrimitives.WriteUInt64LittleEndian(sector[24..], Segment);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[ChecksumAt..], Crc32C.Of(sector[..ChecksumAt]));
    }

    /// <summary>Judges the whole mark file and takes the latest mark from it.</summary>
    internal static MarkCopies Read(ReadOnlySpan<byte> file, out MarkSector latest)
    {
        latest = default;
        if (file.Length < FileBytes)
        {
            return MarkCopies.Absent;
        }
        var intact = 0;
        var damaged = 0;
        for (var copy = 0; copy < Copies; copy++)
        {
            var sector = file.Slice(copy * BlockBytes, SectorBytes);
            if (TryRead(sector, copy, out var mark))
            {
                intact++;
                latest = mark.Sequence > latest.Sequence ? mark : latest;
            }
            else if (sector.ContainsAnyExcept((byte)0))
            {
                damaged++;
            }
        }
        return intact > 0 ? MarkCopies.Intact : damaged == Copies ? MarkCopies.Damaged : MarkCopies.Blank;
    }

    private static bool TryRead(ReadOnlySpan<byte> sector, int copy, out MarkSector mark)
    {
        mark = new MarkSector(
            BinaryPrimitives.ReadUInt64LittleEndian(sector[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(sector[24..]));
        return BinaryPrimitives.ReadUInt64LittleEndian(sector) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(sector[ChecksumAt..]) == Crc32C.Of(sector[..ChecksumAt])
            && mark.Sequence % Copies == (ulong)copy;
    }
}
