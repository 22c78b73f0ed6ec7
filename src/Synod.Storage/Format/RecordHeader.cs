namespace Synod.Storage.Format;

/// <summary>What a record is.</summary>
public enum RecordKind : byte
{
    /// <summary>A record of the host, with a number of its own.</summary>
    Host = 1,

    /// <summary>
    /// The first record of a segment. Its payload is the host's carry. It stands after the record whose number it
    /// bears: all up to that one were synced before, and whatever an older segment holds above it no longer counts.
    /// </summary>
    Opening = 2,
}

/// <summary>Marks on a record.</summary>
[Flags]
public enum RecordFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>
    /// The last record of one write: the next one starts at the next aligned place, in sectors of its own.
    /// </summary>
    EndsWrite = 1,
}

/// <summary>The fixed part of a record, as it was read.</summary>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Segment">The segment it was written for: a block that strayed from another file is noticed.</param>
/// <param name="Number">Its number; in an opening, the number of the record before.</param>
/// <param name="Configuration">The number of the configuration under which it was written.</param>
/// <param name="Key">
/// The key under which it can be read back, or 0; in an opening, the lowest record number that must still be there.
/// </param>
/// <param name="SyncedUpTo">The mark: all records up to here were synced before this one was written.</param>
/// <param name="Group">Which group of the node.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Stream">Which stream of the group; opaque to the journal.</param>
/// <param name="Flags">Marks.</param>
/// <param name="Chain">Checksum of the record before; in an opening, of the record whose number it bears.</param>
public readonly record struct RecordHeader(
    int Length, ulong Segment, ulong Number, ulong Configuration, ulong Key, ulong SyncedUpTo, uint Group,
    RecordKind Kind, byte Stream, RecordFlags Flags, uint Chain);
