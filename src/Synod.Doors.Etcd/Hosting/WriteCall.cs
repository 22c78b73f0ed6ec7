using System.Threading.Tasks.Sources;
using Synod.Node;
using Synod.Ports;
using Synod.Store;
using Synod.Doors.Etcd.Protocol;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>A call that changes the store.</summary>
internal abstract class WriteCall(ReadOnlyMemory<byte> command, PooledBuffer answer)
    : WriteRequest(command), IUnaryCall, IValueTaskSource<GrpcStatus>
{
    private UnaryCore _core = new(answer);

    /// <inheritdoc/>
    public ValueTask<GrpcStatus> Ended => new(this, _core.Version);

    /// <inheritdoc/>
    public bool IsAbandoned => _core.IsAbandoned;

    /// <inheritdoc/>
    public void Submit(INode node) => node.Submit(this);

    /// <inheritdoc/>
    public bool TryAbandon(GrpcStatus status) => _core.TryAbandon(status);

    /// <inheritdoc/>
    public sealed override void Applied(Outcome outcome, OrderedStore store) =>
        _core.End(Answer(outcome, store, _core.Answer));

    /// <inheritdoc/>
    public sealed override void Fail(Failure failure) => _core.End(EtcdErrors.Of(failure));

    /// <summary>Writes the answer's frame, or returns why there is none. On the apply actor.</summary>
    protected abstract GrpcStatus Answer(Outcome outcome, OrderedStore store, PooledBuffer answer);

    GrpcStatus IValueTaskSource<GrpcStatus>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<GrpcStatus>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<GrpcStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
