using System.Globalization;
using Synod.Ports;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <summary>Reads persisted records back for members that must catch up.</summary>
internal sealed class JournalReader(IDisk disk, uint salt, PositionIndex index)
{
    private const int FirstReadBytes = 4096;
    private byte[] _buffer = new byte[FirstReadBytes];

    internal JournalReadResult Answer(in JournalReadRequest request)
    {
        var records = new List<JournalReadRecord>();
        var budget = (long)request.BytesMax;
        var last = Math.Min(request.ToKey, index.KeyBound(request.Group));
        for (var key = Math.Max(1, request.FromKey); key <= last; key++)
        {
            if (!index.TryGet(request.Group, key, out var segment, out var offset))
            {
                continue;
            }
            var damage = TryRead(request.Group, key, segment, offset, out var record);
            if (damage is not null)
            {
                return new JournalReadResult(request.Id, request.Group, records, key, key, damage);
            }
            budget -= record.Payload.Length + RecordFormat.HeaderBytes;
            if (budget < 0 && records.Count > 0)
            {
                return new JournalReadResult(request.Id, request.Group, records, key, 0, null);
            }
            records.Add(record);
        }
        var next = request.ToKey == ulong.MaxValue ? ulong.MaxValue : request.ToKey + 1;
        return new JournalReadResult(request.Id, request.Group, records, next, 0, null);
    }

    /// <returns>Null, or what is wrong with the record.</returns>
    private string? TryRead(uint group, ulong key, ulong segment, long offset, out JournalReadRecord record)
    {
        record = default;
        try
        {
            var name = SegmentName.Of(segment);
            var count = disk.Read(name, offset, _buffer);
            var intact = count >= RecordFormat.HeaderBytes
                & RecordFormat.ReadHeader(_buffer, salt, out var header) == RecordState.Intact
                && header.Segment == segment && header.Group == group && header.Key == key;
            var size = intact ? RecordFormat.SizeOf(header.Length) : 0;
            if (intact && size > count)
            {
                _buffer = _buffer.Length < size ? new byte[size] : _buffer;
                count = disk.Read(name, offset, _buffer.AsSpan(0, size));
            }
            if (intact && size <= count && RecordFormat.PayloadIsIntact(_buffer, header.Length, out _))
            {
                var payload = _buffer.AsSpan(RecordFormat.HeaderBytes, header.Length).ToArray();
                record = new JournalReadRecord(key, header.Number, header.Stream, header.Configuration, payload);
                return null;
            }
            return Damaged(segment, offset, "does not match its checksum");
        }
        catch (IOException e)
        {
            return Damaged(segment, offset, e.Message);
        }
    }

    private static string Damaged(ulong segment, long offset, string what) => string.Create(
        CultureInfo.InvariantCulture, $"the record at offset {offset} of journal segment {segment}: {what}");
}
