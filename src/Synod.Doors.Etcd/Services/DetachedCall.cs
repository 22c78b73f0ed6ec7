using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>A call that takes several steps on the node, one after the other. For what is rare: it costs tasks.</summary>
internal abstract class DetachedCall(PooledBuffer answer) : IUnaryCall
{
    private readonly TaskCompletionSource<GrpcStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ValueTask<GrpcStatus> Ended => new(_ended.Task);

    /// <inheritdoc/>
    public bool IsAbandoned { get; private set; }

    /// <inheritdoc/>
    public void Submit(INode node) => _ = RunToEndAsync(node);

    /// <inheritdoc/>
    public bool TryAbandon(GrpcStatus status)
    {
        lock (_lock)
        {
            if (_ended.Task.IsCompleted)
            {
                return false;
            }
            IsAbandoned = true;
            return _ended.TrySetResult(status);
        }
    }

    /// <summary>The steps; a message to answer with, or the status that says why there is none.</summary>
    protected abstract Task<(GrpcStatus Status, Google.Protobuf.IMessage? Message)> RunAsync(INode node);

    /// <summary>Waits until the node has read; a failure is returned as a status.</summary>
    protected static Task<GrpcStatus> ReadAsync(INode node, bool linearizable, Action<OrderedStore> read) =>
        NodeRead.RunAsync(node, linearizable, read);

    private async Task RunToEndAsync(INode node)
    {
        try
        {
            var (status, message) = await RunAsync(node).ConfigureAwait(false);
            lock (_lock)
            {
                if (_ended.Task.IsCompleted)
                {
                    return;
                }
                if (status.IsOk)
                {
                    AnswerWriter.Frame(answer, message!);
                }
                _ended.TrySetResult(status);
            }
        }
#pragma warning disable CA1031 // Whoever awaits the call gets it, and reports it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _ended.TrySetException(e);
        }
    }
}

/// <summary>A read as a task.</summary>
internal sealed class NodeRead : ReadRequest
{
    private readonly TaskCompletionSource<GrpcStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<OrderedStore> _read;

    private NodeRead(bool linearizable, Action<OrderedStore> read)
        : base(linearizable) => _read = read;

    /// <summary>Reads, and says whether that was possible.</summary>
    public static Task<GrpcStatus> RunAsync(INode node, bool linearizable, Action<OrderedStore> read)
    {
        var request = new NodeRead(linearizable, read);
        node.Submit(request);
        return request._ended.Task;
    }

    /// <inheritdoc/>
    public override void Run(OrderedStore store)
    {
        _read(store);
        _ended.TrySetResult(GrpcStatus.Ok);
    }

    /// <inheritdoc/>
    public override void Fail(Failure failure) => _ended.TrySetResult(EtcdErrors.Of(failure));
}
