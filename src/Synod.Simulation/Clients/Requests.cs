using System.Buffers;
using System.Buffers.Binary;
using Synod.Node;
using Synod.Ports;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>A write as the node sees it.</summary>
internal sealed class ClientWrite(Operation operation, Action<Operation, StoreOutcome?, Failure> end)
    : WriteRequest(Encode(operation))
{
    public override void Applied(Outcome outcome, OrderedStore store) => end(operation, (StoreOutcome)outcome, default);

    public override void Fail(Failure failure) => end(operation, null, failure);

    /// <summary>The key's bytes.</summary>
    public static byte[] KeyOf(int key) => [(byte)'k', (byte)('a' + key)];

    public static byte[] BytesOf(ulong value, int length = 8)
    {
        var bytes = new byte[length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    public static ulong ValueOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64BigEndian(bytes);

    private static byte[] Encode(Operation operation)
    {
        var output = new ArrayBufferWriter<byte>(64);
        var writer = new CommandWriter(output);
        var value = BytesOf(operation.Number, operation.ValueBytes);
        writer.Begin();
        switch (operation.Kind)
        {
            case OperationKind.Put:
                writer.Put(new PutOperation { Key = KeyOf(operation.Key), Value = value, WantPrevious = true });
                break;
            case OperationKind.Delete:
                writer.DeleteRange(new DeleteOperation { Key = KeyOf(operation.Key), WantPrevious = true });
                break;
            case OperationKind.PutTwo:
                writer.Txn(new TxnShape(0, 2, 0));
                writer.Put(new PutOperation { Key = KeyOf(operation.Key), Value = value });
                writer.Put(new PutOperation { Key = KeyOf(operation.SecondKey), Value = value });
                break;
            default:
                writer.Txn(new TxnShape(1, 1, 1));
                Compare(writer, operation);
                writer.Put(new PutOperation { Key = KeyOf(operation.Key), Value = value });
                writer.Range(new RangeQuery { Key = KeyOf(operation.Key) });
                break;
        }
        return output.WrittenSpan.ToArray();
    }

    private static void Compare(CommandWriter writer, Operation operation)
    {
        if (operation.Expected == 0)
        {
            writer.Compare(new Comparison
            {
                Key = KeyOf(operation.Key),
                Target = ComparisonTarget.Version,
                Result = ComparisonResult.Equal,
                Number = 0,
            });
        }
        else
        {
            writer.Compare(new Comparison
            {
                Key = KeyOf(operation.Key),
                Target = ComparisonTarget.Value,
                Result = ComparisonResult.Equal,
                Value = BytesOf(operation.Expected, operation.ExpectedBytes),
            });
        }
    }
}

/// <summary>A read of one key.</summary>
internal sealed class ClientRead(Operation operation, bool linearizable, Action<Operation, Failure?> end)
    : ReadRequest(linearizable)
{
    public override void Run(OrderedStore store)
    {
        var one = default(OneKey);
        var result = store.Range(new RangeQuery { Key = ClientWrite.KeyOf(operation.Key) }, ref one);
        operation.Found = one.Value;
        operation.FoundRevision = one.Revision;
        operation.Revision = result.Revision;
        end(operation, null);
    }

    public override void Fail(Failure failure) => end(operation, failure);

    /// <summary>Keeps what a read of one key found.</summary>
    internal struct OneKey : IKeyValueSink
    {
        public ulong Value;
        public long Revision;

        public void Take(in KeyValueView keyValue)
        {
            Value = ClientWrite.ValueOf(keyValue.Value);
            Revision = keyValue.ModRevision;
        }
    }
}
