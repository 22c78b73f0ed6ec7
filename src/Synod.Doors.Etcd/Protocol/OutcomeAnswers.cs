using Google.Protobuf;
using Synod.Protocol.Etcd;
using Synod.Store;
using StoredKeyValue = Synod.Store.KeyValue;

namespace Synod.Doors.Etcd.Protocol;

/// <summary>Outcomes of commands as answers. What they hold is a copy already, and is only wrapped.</summary>
internal static class OutcomeAnswers
{
    /// <summary>The answer to a put.</summary>
    public static PutResponse Answer(PutOutcome outcome, ResponseHeader header) =>
        new() { Header = header, PrevKv = outcome.Previous is null ? null : KeyValueOf(outcome.Previous) };

    /// <summary>The answer to a deletion.</summary>
    public static DeleteRangeResponse Answer(DeleteOutcome outcome, ResponseHeader header)
    {
        var answer = new DeleteRangeResponse { Header = header, Deleted = outcome.Deleted };
        foreach (var previous in outcome.Previous)
        {
            answer.PrevKvs.Add(KeyValueOf(previous));
        }
        return answer;
    }

    /// <summary>The answer to a transaction.</summary>
    public static TxnResponse Answer(TxnOutcome outcome, ResponseHeader header)
    {
        var answer = new TxnResponse { Header = header, Succeeded = outcome.Succeeded };
        foreach (var response in outcome.Responses)
        {
            answer.Responses.Add(OperationAnswer(response));
        }
        return answer;
    }

    private static RangeResponse Answer(RangeOutcome outcome, ResponseHeader header)
    {
        var answer = new RangeResponse { Header = header, Count = outcome.Count, More = outcome.More };
        foreach (var keyValue in outcome.KeyValues)
        {
            answer.Kvs.Add(KeyValueOf(keyValue));
        }
        return answer;
    }

    private static ResponseOp OperationAnswer(StoreOutcome outcome)
    {
        // Within a transaction only the revision stands in the headers, and in that of a transaction not even that.
        var header = new ResponseHeader { Revision = outcome.Revision };
        return outcome switch
        {
            PutOutcome put => new ResponseOp { ResponsePut = Answer(put, header) },
            DeleteOutcome delete => new ResponseOp { ResponseDeleteRange = Answer(delete, header) },
            RangeOutcome range => new ResponseOp { ResponseRange = Answer(range, header) },
            TxnOutcome txn => new ResponseOp { ResponseTxn = Answer(txn, new ResponseHeader()) },
            _ => throw new InvalidOperationException($"No operation comes to {outcome.GetType().Name}."),
        };
    }

    private static Synod.Protocol.Etcd.KeyValue KeyValueOf(StoredKeyValue stored) => new()
    {
        Key = UnsafeByteOperations.UnsafeWrap(stored.Key),
        Value = UnsafeByteOperations.UnsafeWrap(stored.Value),
        CreateRevision = stored.CreateRevision,
        ModRevision = stored.ModRevision,
        Version = stored.Version,
        Lease = stored.Lease,
    };
}
