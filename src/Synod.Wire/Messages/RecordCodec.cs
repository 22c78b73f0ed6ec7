using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Wire;

/// <summary>Records of the log's durable state to bytes and back. The journal adds number, configuration and checksum.</summary>
public static class RecordCodec
{
    /// <summary>Writes one record.</summary>
    public static void Write(ByteWriter writer, in StateRecord record)
    {
        writer.U8((byte)record.Kind);
        switch (record.Kind)
        {
            case StateRecordKind.Promised:
                writer.Ballot(record.Ballot);
                break;
            case StateRecordKind.Accepted:
                writer.Ballot(record.Ballot);
                writer.Slot(record.Slot);
                writer.Decree(record.Decree);
                break;
            case StateRecordKind.Learned:
                writer.Slot(record.Slot);
                writer.Decree(record.Decree);
                break;
            case StateRecordKind.ChosenUpTo or StateRecordKind.Jumped:
                writer.Slot(record.Slot);
                break;
            default:
                Check.Fail($"record kind {record.Kind}");
                break;
        }
    }

    /// <summary>Reads one record; false if it is malformed.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out StateRecord record)
    {
        var r = new ByteReader(bytes);
        var kind = (StateRecordKind)r.U8();
        switch (kind)
        {
            case StateRecordKind.Promised:
                record = new StateRecord(kind, r.Ballot(), default, default);
                break;
            case StateRecordKind.Accepted:
                record = new StateRecord(kind, r.Ballot(), r.Slot(), r.Decree());
                break;
            case StateRecordKind.Learned:
                record = new StateRecord(kind, default, r.Slot(), r.Decree());
                break;
            case StateRecordKind.ChosenUpTo or StateRecordKind.Jumped:
                record = new StateRecord(kind, default, r.Slot(), default);
                break;
            default:
                record = default;
                return false;
        }
        return !r.IsBad && r.IsAtEnd;
    }
}
