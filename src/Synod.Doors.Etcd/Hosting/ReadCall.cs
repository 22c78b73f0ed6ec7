using System.Threading.Tasks.Sources;
using Synod.Node;
using Synod.Store;
using Synod.Doors.Etcd.Protocol;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>A call that reads the store.</summary>
internal abstract class ReadCall(bool linearizable, PooledBuffer answer)
    : ReadRequest(linearizable), IUnaryCall, IValueTaskSource<GrpcStatus>
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
    public sealed override void Run(OrderedStore store) => _core.End(Answer(store, _core.Answer));

    /// <inheritdoc/>
    public sealed override void Fail(Failure failure) => _core.End(EtcdErrors.Of(failure));

    /// <summary>Reads and writes the answer's frame, or returns why there is none. On the apply actor.</summary>
    protected abstract GrpcStatus Answer(OrderedStore store, PooledBuffer answer);

    GrpcStatus IValueTaskSource<GrpcStatus>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<GrpcStatus>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<GrpcStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
