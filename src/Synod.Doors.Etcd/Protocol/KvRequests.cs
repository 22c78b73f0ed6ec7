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
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> value = default;
        long lease = default;
        bool wantPrevious = default;
        bool keepValue = default;
        bool keepLease = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case (1 << TypeBits) | Bytes:
                    key = reader.Bytes;
                    break;
                case (2 << TypeBits) | Bytes:
                    value = reader.Bytes;
                    break;
                case (3 << TypeBits) | Number:
                    lease = (long)reader.Number;
                    break;
                case (4 << TypeBits) | Number:
                    wantPrevious = reader.Number != 0;
                    break;
                case (5 << TypeBits) | Number:
                    keepValue = reader.Number != 0;
                    break;
                case (6 << TypeBits) | Number:
                    keepLease = reader.Number != 0;
                    break;
            }
        }
        put = new PutOperation
        {
            Key = key,
            Value = value,
            Lease = lease,
            WantPrevious = wantPrevious,
            KeepValue = keepValue,
            KeepLease = keepLease,
        };
        return !reader.IsMalformed;
    }

    /// <summary>Reads a <c>DeleteRangeRequest</c>; false when the bytes are none.</summary>
    public static bool TryReadDelete(ReadOnlySpan<byte> message, out DeleteOperation delete)
    {
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> rangeEnd = default;
        bool wantPrevious = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case (1 << TypeBits) | Bytes:
                    key = reader.Bytes;
                    break;
                case (2 << TypeBits) | Bytes:
                    rangeEnd = reader.Bytes;
                    break;
                case (3 << TypeBits) | Number:
                    wantPrevious = reader.Number != 0;
                    break;
            }
        }
        delete = new DeleteOperation
        {
            Key = key,
            RangeEnd = rangeEnd,
            WantPrevious = wantPrevious,
        };
        return !reader.IsMalformed;
    }

    /// <summary>Reads a <c>RangeRequest</c>; false when the bytes are none.</summary>
    public static bool TryReadRange(ReadOnlySpan<byte> message, out RangeQuery query, out bool serializable)
    {
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> rangeEnd = default;
        long limit = default;
        long revision = default;
        SortOrder sortOrder = default;
        SortTarget sortTarget = default;
        bool keysOnly = default;
        bool countOnly = default;
        long minModRevision = default;
        long maxModRevision = default;
        long minCreateRevision = default;
        long maxCreateRevision = default;
        serializable = false;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Tag)
            {
                case (1 << TypeBits) | Bytes:
                    key = reader.Bytes;
                    break;
                case (2 << TypeBits) | Bytes:
                    rangeEnd = reader.Bytes;
                    break;
                case (3 << TypeBits) | Number:
                    limit = (long)reader.Number;
                    break;
                case (4 << TypeBits) | Number:
                    revision = (long)reader.Number;
                    break;
                case (5 << TypeBits) | Number:
                    sortOrder = SortOrderOf((int)reader.Number);
                    break;
                case (6 << TypeBits) | Number:
                    sortTarget = SortTargetOf((int)reader.Number);
                    break;
                case (7 << TypeBits) | Number:
                    serializable = reader.Number != 0;
                    break;
                case (8 << TypeBits) | Number:
                    keysOnly = reader.Number != 0;
                    break;
                case (9 << TypeBits) | Number:
                    countOnly = reader.Number != 0;
                    break;
                case (10 << TypeBits) | Number:
                    minModRevision = (long)reader.Number;
                    break;
                case (11 << TypeBits) | Number:
                    maxModRevision = (long)reader.Number;
                    break;
                case (12 << TypeBits) | Number:
                    minCreateRevision = (long)reader.Number;
                    break;
                case (13 << TypeBits) | Number:
                    maxCreateRevision = (long)reader.Number;
                    break;
            }
        }
        query = new RangeQuery
        {
            Key = key,
            RangeEnd = rangeEnd,
            Limit = limit,
            Revision = revision,
            SortOrder = sortOrder,
            SortTarget = sortTarget,
            KeysOnly = keysOnly,
            CountOnly = countOnly,
            MinModRevision = minModRevision,
            MaxModRevision = maxModRevision,
            MinCreateRevision = minCreateRevision,
            MaxCreateRevision = maxCreateRevision,
        };
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
