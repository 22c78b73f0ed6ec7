using Synod.Storage.Format;

namespace Synod.Storage.Recovery;

/// <summary>Goes through the records of one segment, from its opening to the first place that cannot be read.</summary>
internal sealed class RecordCursor(SegmentReader reader, uint salt)
{
    private const int AlignmentBitsMax = 20;
    private ulong _segment;
    private int _alignment;

    /// <summary>Where the next record is looked for.</summary>
    internal long Position { get; private set; }

    /// <summary>Where the record last read begins.</summary>
    internal long Start { get; private set; }

    /// <summary>Number of the record last read; after the opening, the number that it bears.</summary>
    internal ulong Number { get; private set; }

    /// <summary>Checksum of the record last read, opening or not.</summary>
    internal uint Chain { get; private set; }

    /// <summary>The segment's alignment.</summary>
    internal int Alignment => _alignment;

    /// <summary>The record last read, or, after a damaged payload, the header of that one.</summary>
    internal RecordHeader Header { get; private set; }

    /// <summary>The record last read with all its bytes; valid until the next step.</summary>
    internal ReadOnlySpan<byte> Record => reader.At(Start, RecordFormat.SizeOf(Header.Length));

    /// <summary>Payload of the record last read.</summary>
    internal ReadOnlySpan<byte> Payload => Record.Slice(RecordFormat.HeaderBytes, Header.Length);

    /// <summary>Goes to the first record of a segment.</summary>
    internal RecordState Open(string name, ulong segment)
    {
        reader.Open(name);
        _segment = segment;
        _alignment = 1;
        Position = 0;
        var state = Read(out var header, out var checksum);
        if (state != RecordState.Intact)
        {
            return state;
        }
        if (header.Kind != RecordKind.Opening || header.Stream > AlignmentBitsMax)
        {
            return RecordState.Damaged;
        }
        _alignment = 1 << header.Stream;
        Take(header, checksum);
        return RecordState.Intact;
    }

    /// <summary>Goes to the next record. Any answer but Intact ends the segment, and does not move.</summary>
    internal RecordState Next()
    {
        var state = Read(out var header, out var checksum);
        if (state is RecordState.PayloadDamaged)
        {
            Header = header;
        }
        if (state != RecordState.Intact)
        {
            return state;
        }
        if (header.Kind != RecordKind.Host || header.Number != Number + 1 || header.Chain != Chain)
        {
            return RecordState.Damaged;
        }
        Take(header, checksum);
        return RecordState.Intact;
    }

    private void Take(in RecordHeader header, uint checksum)
    {
        Header = header;
        Number = header.Number;
        Chain = checksum;
        Start = Position;
        Position += RecordFormat.SizeOf(header.Length);
        if ((header.Flags & RecordFlags.EndsWrite) != 0)
        {
            Position = (Position + _alignment - 1) / _alignment * _alignment;
        }
    }

    private RecordState Read(out RecordHeader header, out uint checksum)
    {
        header = default;
        checksum = 0;
        var bytes = reader.At(Position, RecordFormat.HeaderBytes);
        if (bytes.Length < RecordFormat.HeaderBytes)
        {
            return RecordState.Blank;
        }
        var state = RecordFormat.ReadHeader(bytes, salt, out header);
        if (state != RecordState.Intact)
        {
            return state;
        }
        if (header.Segment != _segment || header.Length > reader.Length - Position)
        {
            return RecordState.Damaged;
        }
        var record = reader.At(Position, RecordFormat.SizeOf(header.Length));
        return record.Length == RecordFormat.SizeOf(header.Length)
            && RecordFormat.PayloadIsIntact(record, header.Length, out checksum)
            ? RecordState.Intact
            : RecordState.PayloadDamaged;
    }
}
