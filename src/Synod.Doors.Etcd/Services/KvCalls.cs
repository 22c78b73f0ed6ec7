using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Ports;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>A put, a deletion, a transaction or a compaction under way.</summary>
internal sealed class CommandCall(ReadOnlyMemory<byte> command, PooledBuffer answer, DoorIdentity identity)
    : WriteCall(command, answer)
{
    /// <inheritdoc/>
    protected override GrpcStatus Answer(Outcome outcome, OrderedStore store, PooledBuffer answer) =>
        KvAnswers.Write((StoreOutcome)outcome, answer, identity.Now);
}

/// <summary>A transaction that only reads, under way.</summary>
internal sealed class ReadTxnCall(
    ReadOnlyMemory<byte> command, bool linearizable, PooledBuffer answer, DoorIdentity identity)
    : ReadCall(linearizable, answer)
{
    /// <inheritdoc/>
    protected override GrpcStatus Answer(OrderedStore store, PooledBuffer answer) =>
        KvAnswers.Write(store.ReadTransaction(command.Span), answer, identity.Now);
}

/// <summary>
/// A range read under way: from the store's memory into the answer's frame without an object between.
/// </summary>
internal sealed class RangeCall(byte[] message, bool linearizable, PooledBuffer answer, DoorIdentity identity)
    : ReadCall(linearizable, answer)
{
    private const int KeyValuesField = 2;
    private const int MoreField = 3;
    private const int CountField = 4;

    /// <inheritdoc/>
    protected override GrpcStatus Answer(OrderedStore store, PooledBuffer answer)
    {
        // The message was read once when it came; reading it again is cheaper than keeping what it says.
        KvRequests.TryReadRange(message, out var query, out _);
        var frame = AnswerWriter.BeginFrame(answer);
        AnswerWriter.Header(answer, identity.Now, store.CurrentRevision);
        var sink = new Sink(answer);
        var result = store.Range(query, ref sink);
        if (result.Error != StoreError.None)
        {
            return StoreErrors.StatusOf(result.Error);
        }
        ProtobufWriter.Field(answer, MoreField, result.More ? 1 : 0);
        ProtobufWriter.Field(answer, CountField, result.Count);
        AnswerWriter.EndFrame(answer, frame);
        return GrpcStatus.Ok;
    }

    private readonly struct Sink(PooledBuffer answer) : IKeyValueSink
    {
        public void Take(in KeyValueView keyValue) => KeyValueCodec.Write(answer, KeyValuesField, keyValue);
    }
}
