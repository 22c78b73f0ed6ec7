using Synod.Store;
using static Synod.Doors.Etcd.Protocol.ProtobufTag;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>
/// Reads the requests that come often straight from their bytes; what they hold points into those bytes.
/// </summary>
internal static class KvRequests
{
    /// <summary>Stands for an enum value that does not fit into the store's: refused by validation.</summary>
    private const byte UnknownChoice = byte.MaxValue;

    /// <summary>The highest field number of a <c>RangeRequest</c>.</summary>
    private const int RangeFieldMax = 13;

    /// <summary>Reads a <c>PutRequest</c>; false when the bytes are none.</summary>
    public static bool TryReadPut(ReadOnlySpan<byte> message, out PutOperation put)
    {
        ReadOnlySpan<byte> key = default;
        ReadOnlySpan<byte> value = default;
        var lease = 0L;
        var wantPrevious = false;
        var keepValue = false;
        var keepLease = false;
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
        var wantPrevious = false;
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
        // The number fields, each at its field's number; the bytes fields' places stay empty.
        Span<ulong> numbers = stackalloc ulong[RangeFieldMax + 1];
        numbers.Clear();
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
                case >= (3 << TypeBits) and <= (RangeFieldMax << TypeBits) when (reader.Tag & TypeMask) == Number:
                    numbers[(int)(reader.Tag >> TypeBits)] = reader.Number;
                    break;
            }
        }
        serializable = numbers[7] != 0;
        query = new RangeQuery
        {
            Key = key,
            RangeEnd = rangeEnd,
            Limit = (long)numbers[3],
            Revision = (long)numbers[4],
            SortOrder = SortOrderOf((int)numbers[5]),
            SortTarget = SortTargetOf((int)numbers[6]),
            KeysOnly = numbers[8] != 0,
            CountOnly = numbers[9] != 0,
            MinModRevision = (long)numbers[10],
            MaxModRevision = (long)numbers[11],
            MinCreateRevision = (long)numbers[12],
            MaxCreateRevision = (long)numbers[13],
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
