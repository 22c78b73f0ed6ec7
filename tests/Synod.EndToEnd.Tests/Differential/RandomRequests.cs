using Google.Protobuf;
using Synod.Protocol.Etcd;

namespace Synod.EndToEnd.Tests;

/// <summary>Requests drawn from a seed: mostly sensible, over few keys, and often enough wrong in some way.</summary>
internal sealed class RandomRequests(int seed)
{
    private const long LeaseSeconds = 5000; // None ends by itself while a test runs.

    private static readonly string[] s_keys = ["a", "aa", "ab", "b", "b\0", "b\0\0", "c/1", "c/2", "c/10", "d", "\0", "\u00ff", "\u00ff\u00ff"];
    private readonly Random _random = new(seed);

    /// <summary>The revision of the last answer.</summary>
    public long Revision { get; set; } = 1;

    /// <summary>The last revision that was compacted.</summary>
    public long Compacted { get; set; }

    public bool Chance(int outOf) => _random.Next(outOf) == 0;

    public int Below(int number) => _random.Next(number);

    public RangeRequest Range()
    {
        var range = new RangeRequest
        {
            Key = Key(),
            RangeEnd = End(),
            Revision = Chance(2) ? 0 : SomeRevision(),
            Limit = Chance(3) ? _random.Next(-2, 6) : 0,
            KeysOnly = Chance(5),
            CountOnly = Chance(6),
            Serializable = Chance(4),
        };
        if (Chance(2))
        {
            range.SortOrder = (RangeRequest.Types.SortOrder)_random.Next(3);
            range.SortTarget = (RangeRequest.Types.SortTarget)_random.Next(5);
        }
        if (range.SortOrder == RangeRequest.Types.SortOrder.None && range.SortTarget != RangeRequest.Types.SortTarget.Key)
        {
            range.Limit = 0; // etcd cuts off before it sorts, where no order is named.
        }
        if (Chance(4))
        {
            range.MinModRevision = Chance(2) ? SomeRevision() : 0;
            range.MaxModRevision = Chance(2) ? SomeRevision() : 0;
            range.MinCreateRevision = Chance(3) ? SomeRevision() : 0;
            range.MaxCreateRevision = Chance(3) ? SomeRevision() : 0;
        }
        return range;
    }

    public PutRequest Put(bool mayKeep = true)
    {
        var put = new PutRequest
        {
            Key = Key(),
            PrevKv = Chance(3),
            IgnoreValue = mayKeep && Chance(8),
            IgnoreLease = mayKeep && Chance(8),
        };
        put.Value = put.IgnoreValue && !Chance(6) ? ByteString.Empty : Value();
        put.Lease = (put.IgnoreLease && !Chance(6)) || Chance(2) ? 0 : LeaseId();
        return put;
    }

    public DeleteRangeRequest Delete() => new() { Key = Key(), RangeEnd = Chance(2) ? ByteString.Empty : End(), PrevKv = Chance(2) };

    /// <summary>
    /// A transaction that deletes, or one that keeps values or leases: etcd dies of a key that was deleted before a put of
    /// the same transaction wanted to keep something of it.
    /// </summary>
    public TxnRequest Txn()
    {
        var deletes = Chance(2);
        return Txn(2, deletes, !deletes);
    }

    private TxnRequest Txn(int depth, bool deletes, bool keeps)
    {
        var txn = new TxnRequest();
        txn.Compare.AddRange(Several(3, Comparison));
        txn.Success.AddRange(Operations(depth, deletes, keeps));
        txn.Failure.AddRange(Operations(depth, deletes, keeps));
        return txn;
    }

    /// <summary>
    /// Only the first nested transaction of a list deletes: etcd does not see that a later one deletes what an earlier one
    /// has put, and Synod refuses that.
    /// </summary>
    private RequestOp[] Operations(int depth, bool deletes, bool keeps)
    {
        var nested = 0;
        return Several(4, () =>
        {
            var operation = Operation(depth, deletes, keeps, nested == 0);
            nested += operation.RequestTxn is null ? 0 : 1;
            return operation;
        });
    }

    public CompactionRequest Compaction() => new() { Revision = SomeRevision(), Physical = Chance(3) };

    public LeaseGrantRequest Grant() => new() { ID = LeaseId(), TTL = Chance(12) ? 9_000_000_001 : LeaseSeconds + _random.Next(50) };

    public long LeaseId() => _random.Next(12) switch
    {
        0 => 1L << 40,
        1 => -5,
        2 => 999, // Never granted by accident: nothing is.
        var number => (number % 6) + 1,
    };

    /// <summary>Not at the compacted revision: there etcd 3.4 refuses, and later ones and Synod do not.</summary>
    public HashKVRequest Hash()
    {
        var revision = SomeRevision();
        return new HashKVRequest { Revision = revision == Compacted ? 0 : revision };
    }

    public long SomeRevision() => _random.Next(12) switch
    {
        0 => Compacted,
        1 => Compacted - 1,
        2 => Revision + 1,
        3 => Revision + _random.Next(2, 5),
        4 => _random.Next(-2, 3),
        5 => Revision,
        _ => Math.Max(Compacted, 0) + _random.NextInt64(0, Math.Max(1, Revision - Math.Max(Compacted, 0))),
    };

    public ByteString Key() => Chance(60) ? ByteString.Empty : Bytes(s_keys[_random.Next(s_keys.Length)]);

    public ByteString End() => _random.Next(5) switch
    {
        0 => ByteString.Empty,
        1 => Bytes("\0"),
        2 => Bytes("d"),
        _ => Key(),
    };

    public static ByteString Bytes(string text) => ByteString.CopyFrom(System.Text.Encoding.Latin1.GetBytes(text));

    public T[] Several<T>(int most, Func<T> one) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => one())];

    private ByteString Value() => Bytes(new string((char)('x' + _random.Next(3)), _random.Next(4)));

    private RequestOp Operation(int depth, bool deletes, bool keeps, bool nestedDeletes) => _random.Next(24) switch
    {
        0 => new RequestOp(),
        < 4 when depth > 0 => new RequestOp { RequestTxn = Txn(depth - 1, deletes && nestedDeletes, keeps) },
        < 9 => new RequestOp { RequestRange = Range() },
        < 13 when deletes => new RequestOp { RequestDeleteRange = Delete() },
        _ => new RequestOp { RequestPut = Put(keeps) },
    };

    private Compare Comparison()
    {
        var compare = new Compare
        {
            Key = Key(),
            RangeEnd = Chance(3) ? End() : ByteString.Empty,
            Result = (Compare.Types.CompareResult)_random.Next(4),
            Target = (Compare.Types.CompareTarget)_random.Next(5),
        };
        // Sometimes what is given does not go with the target, or nothing is given.
        switch (Chance(10) ? _random.Next(6) : (int)compare.Target)
        {
            case 0:
                compare.Version = _random.Next(3);
                break;
            case 1:
                compare.CreateRevision = Chance(3) ? 0 : SomeRevision();
                break;
            case 2:
                compare.ModRevision = Chance(3) ? 0 : SomeRevision();
                break;
            case 3:
                compare.Value = Value();
                break;
            case 4:
                compare.Lease = Chance(2) ? 0 : LeaseId();
                break;
        }
        return compare;
    }
}
