using System.Buffers.Binary;

namespace Synod.Storage.Format;

/// <summary>What some bytes turned out to be.</summary>
internal enum RecordState
{
    /// <summary>Zeros: nothing was ever written here.</summary>
    Blank,

    /// <summary>Not a record, or one whose header is damaged.</summary>
    Damaged,

    /// <summary>The header can be trusted, the payload is damaged.</summary>
    PayloadDamaged,

    /// <summary>A whole record.</summary>
    Intact,

    /// <summary>An intact header of a format that this code does not know.</summary>
    OtherFormat,
}

/// <summary>
/// The bytes of one record, little-endian: header (64), payload, checksum (4), zeros to the next multiple of 8.
/// <code>
///  0 "SYJ" and format version   4 length        8 segment          16 number       24 configuration   32 key
/// 40 synced up to              48 group        52 kind 53 stream   54 flags        56 chain           60 header crc
/// </code>
/// The header has a checksum of its own, so that a damaged payload still tells which record it was, and so that a
/// search behind a damaged place cannot mistake a payload for a mark. The record's checksum covers header and payload.
/// Both start from the journal's salt: a record of another data directory, or bytes that a client made to look like
/// one, is not taken for one of ours.
/// </summary>
internal static class RecordFormat
{
    internal const int HeaderBytes = 64;
    internal const int TrailerBytes = 4;
    internal const byte Version = 1;

    private const uint MagicBytes = 'S' | ('Y' << 8) | ('J' << 16);
    private const int HeaderChecksumAt = 60;

    /// <summary>Bytes that a record with so much payload takes.</summary>
    internal static int SizeOf(int payloadBytes) => checked((HeaderBytes + payloadBytes + TrailerBytes + 7) & ~7);

    /// <summary>
    /// Writes what the owner of the record knows; the rest of the header is written by <see cref="Seal"/>.
    /// </summary>
    internal static void Prepare(Span<byte> record, in RecordHeader header)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, MagicBytes | ((uint)Version << 24));
        SetLength(record, header.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], header.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], header.Configuration);
        BinaryPrimitives.WriteUInt64LittleEndian(record[32..], header.Key);
        BinaryPrimitives.WriteUInt32LittleEndian(record[48..], header.Group);
        record[52] = (byte)header.Kind;
        record[53] = header.Stream;
    }

    /// <summary>Changes the length of a prepared record, and clears what follows its payload.</summary>
    internal static void SetLength(Span<byte> record, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)length);
        record[(HeaderBytes + length)..SizeOf(length)].Clear();
    }

    /// <summary>Length of the payload of a prepared record.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> record) =>
        (int)BinaryPrimitives.ReadUInt32LittleEndian(record[4..]);

    /// <summary>Number of a prepared record.</summary>
    internal static ulong NumberOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[16..]);

    /// <summary>Key of a prepared record.</summary>
    internal static ulong KeyOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record[32..]);

    /// <summary>Group of a prepared record.</summary>
    internal static uint GroupOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[48..]);

    /// <summary>Kind of a prepared record.</summary>
    internal static RecordKind KindOf(ReadOnlySpan<byte> record) => (RecordKind)record[52];

    /// <summary>Completes a prepared record for its place in the journal.</summary>
    /// <returns>Its checksum, which the next record repeats.</returns>
    internal static uint Seal(
        Span<byte> record, uint salt, ulong segment, ulong syncedUpTo, uint chain, RecordFlags flags)
    {
        var length = LengthOf(record);
        BinaryPrimitives.WriteUInt64LittleEndian(record[8..], segment);
        BinaryPrimitives.WriteUInt64LittleEndian(record[40..], syncedUpTo);
        BinaryPrimitives.WriteUInt16LittleEndian(record[54..], (ushort)flags);
        BinaryPrimitives.WriteUInt32LittleEndian(record[56..], chain);
        var headerChecksum = Crc32C.Of(record[..HeaderChecksumAt], salt);
        BinaryPrimitives.WriteUInt32LittleEndian(record[HeaderChecksumAt..], headerChecksum);
        var checksum = Crc32C.Of(record.Slice(HeaderBytes, length), headerChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(record[(HeaderBytes + length)..], checksum);
        return checksum;
    }

    /// <summary>Judges the 64 bytes of a header; <see cref="RecordState.Intact"/> speaks of the header alone.</summary>
    internal static RecordState ReadHeader(ReadOnlySpan<byte> bytes, uint salt, out RecordHeader header)
    {
        header = default;
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if ((magic & 0xFFFFFF) != MagicBytes)
        {
            return bytes[..HeaderBytes].ContainsAnyExcept((byte)0) ? RecordState.Damaged : RecordState.Blank;
        }
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeaderChecksumAt..]);
        if (Crc32C.Of(bytes[..HeaderChecksumAt], salt) != checksum)
        {
            return RecordState.Damaged;
        }
        if (magic >> 24 != Version)
        {
            return RecordState.OtherFormat;
        }
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (length > int.MaxValue - 2 * HeaderBytes)
        {
            return RecordState.Damaged;
        }
        header = new RecordHeader(
            (int)length,
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            NumberOf(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            KeyOf(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            GroupOf(bytes),
            (RecordKind)bytes[52],
            bytes[53],
            (RecordFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[54..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[56..]));
        return RecordState.Intact;
    }

    /// <summary>Judges payload and checksum of a record whose header is intact.</summary>
    internal static bool PayloadIsIntact(ReadOnlySpan<byte> record, int length, out uint checksum)
    {
        var headerChecksum = BinaryPrimitives.ReadUInt32LittleEndian(record[HeaderChecksumAt..]);
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(record[(HeaderBytes + length)..]);
        return Crc32C.Of(record.Slice(HeaderBytes, length), headerChecksum) == checksum;
    }
}
