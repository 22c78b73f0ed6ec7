using System.Buffers;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>Turns a transaction into a store command.</summary>
internal static class TxnCommands
{
    /// <summary>
    /// Writes the command. Only what has no place in a command is refused here; all other rules are the store's
    /// validation.
    /// </summary>
    public static StoreError TryWrite(TxnRequest request, IBufferWriter<byte> output)
    {
        var writer = new CommandWriter(output);
        writer.Begin();
        return Write(request, writer, 1);
    }

    /// <summary>Whether every range in it may be read from this member's own state, however old.</summary>
    public static bool IsSerializable(TxnRequest request) =>
        request.Success.Concat(request.Failure).All(operation => operation.RequestCase switch
        {
            RequestOp.RequestOneofCase.RequestRange => operation.RequestRange.Serializable,
            RequestOp.RequestOneofCase.RequestTxn => IsSerializable(operation.RequestTxn),
            _ => false,
        });

    private static StoreError Write(TxnRequest request, CommandWriter writer, int depth)
    {
        if (depth > CommandLimits.TransactionDepthMax)
        {
            return StoreError.TooManyOperations; // Each level takes one of its parent's, and there are fewer than that.
        }
        writer.Txn(new TxnShape(request.Compare.Count, request.Success.Count, request.Failure.Count));
        foreach (var compare in request.Compare)
        {
            if (!TryWrite(compare, writer))
            {
                return StoreError.Malformed;
            }
        }
        var error = Write(request.Success, writer, depth);
        return error == StoreError.None ? Write(request.Failure, writer, depth) : error;
    }

    private static StoreError Write(IEnumerable<RequestOp> operations, CommandWriter writer, int depth)
    {
        foreach (var operation in operations)
        {
            switch (operation.RequestCase)
            {
                case RequestOp.RequestOneofCase.RequestPut:
                    Write(operation.RequestPut, writer);
                    break;
                case RequestOp.RequestOneofCase.RequestDeleteRange:
                    Write(operation.RequestDeleteRange, writer);
                    break;
                case RequestOp.RequestOneofCase.RequestRange:
                    Write(operation.RequestRange, writer);
                    break;
                case RequestOp.RequestOneofCase.RequestTxn:
                    var error = Write(operation.RequestTxn, writer, depth + 1);
                    if (error != StoreError.None)
                    {
                        return error;
                    }
                    break;
                default:
                    writer.EmptyOperation();
                    break;
            }
        }
        return StoreError.None;
    }

    private static bool TryWrite(Compare compare, CommandWriter writer)
    {
        if ((uint)compare.Target > (uint)ComparisonTarget.Lease
            || (uint)compare.Result > (uint)ComparisonResult.NotEqual)
        {
            return false;
        }
        writer.Compare(new Comparison
        {
            Key = compare.Key.Span,
            RangeEnd = compare.RangeEnd.Span,
            Target = (ComparisonTarget)compare.Target,
            Result = compare.Result switch
            {
                Compare.Types.CompareResult.Greater => ComparisonResult.Greater,
                Compare.Types.CompareResult.Less => ComparisonResult.Less,
                Compare.Types.CompareResult.NotEqual => ComparisonResult.NotEqual,
                _ => ComparisonResult.Equal,
            },
            // An operand of another kind than the target's counts as none: zero, or no bytes.
            Value = compare.Value.Span,
            Number = compare.Target switch
            {
                Compare.Types.CompareTarget.Version => compare.Version,
                Compare.Types.CompareTarget.Create => compare.CreateRevision,
                Compare.Types.CompareTarget.Mod => compare.ModRevision,
                Compare.Types.CompareTarget.Lease => compare.Lease,
                _ => 0,
            },
        });
        return true;
    }

    private static void Write(PutRequest put, CommandWriter writer) => writer.Put(new PutOperation
    {
        Key = put.Key.Span,
        Value = put.Value.Span,
        Lease = put.Lease,
        WantPrevious = put.PrevKv,
        KeepValue = put.IgnoreValue,
        KeepLease = put.IgnoreLease,
    });

    private static void Write(DeleteRangeRequest delete, CommandWriter writer) => writer.DeleteRange(new DeleteOperation
    {
        Key = delete.Key.Span,
        RangeEnd = delete.RangeEnd.Span,
        WantPrevious = delete.PrevKv,
    });

    private static void Write(RangeRequest range, CommandWriter writer) => writer.Range(new RangeQuery
    {
        Key = range.Key.Span,
        RangeEnd = range.RangeEnd.Span,
        Limit = range.Limit,
        Revision = range.Revision,
        SortOrder = KvRequests.SortOrderOf((int)range.SortOrder),
        SortTarget = KvRequests.SortTargetOf((int)range.SortTarget),
        KeysOnly = range.KeysOnly,
        CountOnly = range.CountOnly,
        MinModRevision = range.MinModRevision,
        MaxModRevision = range.MaxModRevision,
        MinCreateRevision = range.MinCreateRevision,
        MaxCreateRevision = range.MaxCreateRevision,
    });
}
