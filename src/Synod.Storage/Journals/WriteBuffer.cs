using System.Numerics;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <summary>
/// The bytes of one append. Batches are copied in as they are; when all are in, every record is sealed with its place,
/// the mark and the checksum of the record before it.
/// </summary>
internal sealed class WriteBuffer(uint salt)
{
    private readonly record struct Indexed(uint Group, ulong Key, long Offset);

    private byte[] _bytes = new byte[64 << 10];
    private Indexed[] _indexed = new Indexed[256];
    private int _length;
    private int _indexedCount;
    private int _alignment;
    private ulong _segment;

    /// <summary>Checksum of the record last sealed, opening or not.</summary>
    internal uint Chain { get; private set; }

    /// <summary>Checksum of the host record last sealed.</summary>
    internal uint HostChain { get; private set; }

    /// <summary>Where the append goes.</summary>
    internal long Offset { get; private set; }

    /// <summary>Bytes so far, without the padding at the end.</summary>
    internal int Length => _length;

    /// <summary>Number of the last record in it, or 0.</summary>
    internal ulong LastNumber { get; private set; }

    /// <summary>Number of the first record in it, or 0.</summary>
    internal ulong FirstNumber { get; private set; }

    /// <summary>The highest key in it, or 0.</summary>
    internal ulong HighestKey { get; private set; }

    /// <summary>What the next record's chain is, after recovery.</summary>
    internal void Continue(uint chain, uint hostChain)
    {
        Chain = chain;
        HostChain = hostChain;
    }

    /// <summary>Starts an append.</summary>
    internal void Begin(ulong segment, long offset, int alignment)
    {
        Check.That(offset % alignment == 0);
        _segment = segment;
        _alignment = alignment;
        Offset = offset;
        _length = 0;
        _indexedCount = 0;
        FirstNumber = 0;
        LastNumber = 0;
        HighestKey = 0;
    }

    /// <summary>The first record of a segment.</summary>
    internal void AppendOpening(ulong after, ulong oldestNeeded, ReadOnlySpan<byte> carry)
    {
        Check.That(_length == 0 && Offset == 0);
        Reserve(RecordFormat.SizeOf(carry.Length));
        var header = new RecordHeader(
            carry.Length, 0, after, 0, oldestNeeded, 0, 0, RecordKind.Opening,
            (byte)BitOperations.Log2((uint)_alignment), RecordFlags.None, 0);
        RecordFormat.Prepare(_bytes, header);
        carry.CopyTo(_bytes.AsSpan(RecordFormat.HeaderBytes));
        _length = RecordFormat.SizeOf(carry.Length);
    }

    /// <summary>Host records, prepared or sealed before for another place.</summary>
    internal void Append(ReadOnlySpan<byte> records)
    {
        Reserve(_length + records.Length);
        records.CopyTo(_bytes.AsSpan(_length));
        for (var at = 0; at < records.Length; at += RecordFormat.SizeOf(RecordFormat.LengthOf(records[at..])))
        {
            var record = records[at..];
            LastNumber = RecordFormat.NumberOf(record);
            FirstNumber = FirstNumber == 0 ? LastNumber : FirstNumber;
            if (RecordFormat.KeyOf(record) is var key and not 0)
            {
                HighestKey = Math.Max(HighestKey, key);
                AddIndexed(new Indexed(RecordFormat.GroupOf(record), key, Offset + _length + at));
            }
        }
        _length += records.Length;
    }

    /// <summary>Seals all records and pads to the end of the last sector.</summary>
    internal ReadOnlyMemory<byte> Finish(ulong syncedUpTo)
    {
        var end = RoundUp(_length, _alignment);
        Reserve(end);
        _bytes.AsSpan(_length, end - _length).Clear();
        for (var at = 0; at < _length;)
        {
            var record = _bytes.AsSpan(at);
            var size = RecordFormat.SizeOf(RecordFormat.LengthOf(record));
            var isOpening = RecordFormat.KindOf(record) == RecordKind.Opening;
            var flags = at + size == _length ? RecordFlags.EndsWrite : RecordFlags.None;
            Chain = RecordFormat.Seal(record, salt, _segment, syncedUpTo, isOpening ? HostChain : Chain, flags);
            HostChain = isOpening ? HostChain : Chain;
            at += size;
        }
        return _bytes.AsMemory(0, end);
    }

    /// <summary>Enters the places of its records, now that they are persisted.</summary>
    internal void MoveInto(PositionIndex index)
    {
        foreach (ref readonly var entry in _indexed.AsSpan(0, _indexedCount))
        {
            index.Set(entry.Group, entry.Key, _segment, entry.Offset);
        }
        _indexedCount = 0;
    }

    /// <summary>The next multiple of <paramref name="unit"/>, a power of two.</summary>
    internal static int RoundUp(int bytes, int unit) => checked((bytes + unit - 1) & ~(unit - 1));

    private void AddIndexed(in Indexed entry)
    {
        if (_indexedCount == _indexed.Length)
        {
            Array.Resize(ref _indexed, 2 * _indexed.Length);
        }
        _indexed[_indexedCount++] = entry;
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(bytes, 2 * _bytes.Length));
        }
    }
}
