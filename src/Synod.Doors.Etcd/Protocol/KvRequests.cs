using Synod.Store;
using static Synod.Doors.Etcd.Protocol.ProtobufTag;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>Reads the requests that come often straight from their bytes; what they hold points into those bytes.</summary>
internal static class KvRequests
{
    /// <summary>Stands for an enum value that does not fit into the store's: refused by validation.</summary>
    private const byte UnknownChoice = byte.MaxValue;

    /// <summary>Reads a <c>PutRequest</c>; false when the bytes are none.</summary>
    public static bool TryReadPut(ReadOnlySpan<byte> message, out PutOperation put)
    {
        put = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case (1 << TypeBits) | Bytes:
                    put.Key = reader.Bytes;
                    break;
                case (2 << TypeBits) | Bytes:
                    put.Value = reader.Bytes;
                    break;
                case (3 << TypeBits) | Number:
                    put.Lease = (long)reader.Number;
                    break;
                case (4 << TypeBits) | Number:
                    put.WantPrevious = reader.Number != 0;
                    break;
                case (5 << TypeBits) | Number:
                    put.KeepValue = reader.Number != 0;
                    break;
                case (6 << TypeBits) | Number:
                    put.KeepLease = reader.Number != 0;
                    break;
            }
        }
        return !reader.IsMalformed;
    }

    /// <summary>Reads a <c>DeleteRangeRequest</c>; false when the bytes are none.</summary>
    public static bool TryReadDelete(ReadOnlySpan<byte> message, out DeleteOperation delete)
    {
        delete = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case (1 << TypeBits) | Bytes:
                    delete.Key = reader.Bytes;
                    break;
                case (2 << TypeBits) | Bytes:
                    delete.RangeEnd = reader.Bytes;
                    break;
                case (3 << TypeBits) | Number:
                    delete.WantPrevious = reader.Number != 0;
                    break;
            }
        }
        return !reader.IsMalformed;
    }

    /// <summary>Reads a <c>RangeRequest</c>; false when the bytes are none.</summary>
    public static bool TryReadRange(ReadOnlySpan<byte> message, out RangeQuery query, out bool serializable)
    {
        query = default;
        serializable = false;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case (1 << TypeBits) | Bytes:
                    query.Key = reader.Bytes;
                    break;
                case (2 << TypeBits) | Bytes:
                    query.RangeEnd = reader.Bytes;
                    break;
                case (3 << TypeBits) | Number:
                    query.Limit = (long)reader.Number;
                    break;
                case (4 << TypeBits) | Number:
                    query.Revision = (long)reader.Number;
                    break;
                case (5 << TypeBits) | Number:
                    query.SortOrder = SortOrderOf((int)reader.Number);
                    break;
                case (6 << TypeBits) | Number:
                    query.SortTarget = SortTargetOf((int)reader.Number);
                    break;
                case (7 << TypeBits) | Number:
                    serializable = reader.Number != 0;
                    break;
                case (8 << TypeBits) | Number:
                    query.KeysOnly = reader.Number != 0;
                    break;
                case (9 << TypeBits) | Number:
                    query.CountOnly = reader.Number != 0;
                    break;
                case (10 << TypeBits) | Number:
                    query.MinModRevision = (long)reader.Number;
                    break;
                case (11 << TypeBits) | Number:
                    query.MaxModRevision = (long)reader.Number;
                    break;
                case (12 << TypeBits) | Number:
                    query.MinCreateRevision = (long)reader.Number;
                    break;
                case (13 << TypeBits) | Number:
                    query.MaxCreateRevision = (long)reader.Number;
                    break;
            }
        }
        return !reader.IsMalformed;
    }

    /// <summary>The store's order for a protobuf choice; their numbers are the same where both have one.</summary>
    public static SortOrder SortOrderOf(int choice) =>
        (uint)choice <= (uint)SortOrder.Descending ? (SortOrder)choice : (SortOrder)UnknownChoice;

    /// <summary>The store's target for a protobuf choice; their numbers are the same where both have one.</summary>
    public static SortTarget SortTargetOf(int choice) =>
        (uint)choice <= (uint)SortTarget.Value ? (SortTarget)choice : (SortTarget)UnknownChoice;

    /// <summary>What a range read outside of a transaction may not ask for.</summary>
    public static StoreError Validate(in RangeQuery query)
    {
        if (query.Key.IsEmpty)
        {
            return StoreError.KeyNotProvided;
        }
        return query.SortOrder > SortOrder.Descending || query.SortTarget > SortTarget.Value
            ? StoreError.InvalidSortOption
            : StoreError.None;
    }
}
