using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>Makes calls out of the requests of the service <c>KV</c>.</summary>
internal sealed class KvService(DoorIdentity identity, EtcdDoorOptions options)
{
    /// <summary>The service with its package.</summary>
    public const string Name = "etcdserverpb.KV";

    /// <summary>Deep enough for the deepest transaction that the limit on operations leaves possible.</summary>
    private const int TransactionParseDepthMax = 3 * CommandLimits.TransactionDepthMax;

    // Commands are put together here and copied out at their exact length: the log keeps them.
    [ThreadStatic]
    private static PooledBuffer? _scratch;

    /// <summary>Scratch space larger than this is given back before the next command.</summary>
    private const int KeptScratchBytesMax = 64 * 1024;

    // Size is judged by the request as the client made it; its command is of about that size.
    private readonly CommandLimits _limits = new(options.MessageBytesMax, options.TransactionOperationsMax);

    /// <summary>Begins a range.</summary>
    public IUnaryCall? Range(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        if (!KvRequests.TryReadRange(message, out var query, out var serializable))
        {
            refusal = EtcdErrors.Unparsable;
            return null;
        }
        refusal = StoreErrors.StatusOf(KvRequests.Validate(query));
        return refusal.IsOk ? new RangeCall(message.ToArray(), !serializable, answer, identity) : null;
    }

    /// <summary>Begins a put.</summary>
    public IUnaryCall? Put(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        if (!KvRequests.TryReadPut(message, out var put))
        {
            refusal = EtcdErrors.Unparsable;
            return null;
        }
        var scratch = Scratch();
        var writer = new CommandWriter(scratch);
        writer.Begin();
        writer.Put(put);
        return Command(message, scratch, answer, out refusal);
    }

    /// <summary>Begins a deletion.</summary>
    public IUnaryCall? DeleteRange(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        if (!KvRequests.TryReadDelete(message, out var delete))
        {
            refusal = EtcdErrors.Unparsable;
            return null;
        }
        var scratch = Scratch();
        var writer = new CommandWriter(scratch);
        writer.Begin();
        writer.DeleteRange(delete);
        return Command(message, scratch, answer, out refusal);
    }

    /// <summary>Begins a transaction; one that only reads takes no slot of the log.</summary>
    public IUnaryCall? Txn(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        TxnRequest request;
        try
        {
            using var stream = new MemoryStream(message.ToArray());
            using var input = CodedInputStream.CreateWithLimits(
                stream, options.MessageBytesMax, TransactionParseDepthMax);
            request = TxnRequest.Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException)
        {
            refusal = EtcdErrors.Unparsable;
            return null;
        }
        var scratch = Scratch();
        refusal = StoreErrors.StatusOf(TxnCommands.TryWrite(request, scratch));
        if (!refusal.IsOk)
        {
            return null;
        }
        if (!CommandValidation.IsReadOnly(scratch.Written))
        {
            return Command(message, scratch, answer, out refusal);
        }
        refusal = StoreErrors.StatusOf(CommandValidation.Validate(scratch.Written, _limits));
        return refusal.IsOk
            ? new ReadTxnCall(scratch.Written.ToArray(), !TxnCommands.IsSerializable(request), answer, identity)
            : null;
    }

    /// <summary>Begins a compaction.</summary>
    public IUnaryCall? Compact(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        CompactionRequest request;
        try
        {
            request = CompactionRequest.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException)
        {
            refusal = EtcdErrors.Unparsable;
            return null;
        }
        var scratch = Scratch();
        var writer = new CommandWriter(scratch);
        writer.Begin();
        writer.Compact(request.Revision);
        return Command(message, scratch, answer, out refusal);
    }

    private CommandCall? Command(
        ReadOnlySpan<byte> message, PooledBuffer command, PooledBuffer answer, out GrpcStatus refusal)
    {
        refusal = message.Length > options.WriteRequestBytesMax
            ? EtcdErrors.RequestTooLarge
            : StoreErrors.StatusOf(CommandValidation.Validate(command.Written, _limits));
        return refusal.IsOk ? new CommandCall(command.Written.ToArray(), answer, identity) : null;
    }

    private static PooledBuffer Scratch()
    {
        _scratch ??= new PooledBuffer();
        if (_scratch.Length > KeptScratchBytesMax)
        {
            _scratch.Return();
        }
        _scratch.Clear();
        return _scratch;
    }
}
