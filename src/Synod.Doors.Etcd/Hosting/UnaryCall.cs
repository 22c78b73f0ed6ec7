using System.Threading.Tasks.Sources;
using Synod.Node;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// A call with one request and one answer, on its way through the node. It ends once: by the node, or by whoever
/// abandons it first (its deadline).
/// </summary>
internal interface IUnaryCall
{
    /// <summary>Hands the call to the node.</summary>
    void Submit(INode node);

    /// <summary>The end of the call; awaited once.</summary>
    ValueTask<GrpcStatus> Ended { get; }

    /// <summary>Ends the call without the node. The node may still finish it, unheard.</summary>
    /// <returns>False when it had ended before.</returns>
    bool TryAbandon(GrpcStatus status);

    /// <summary>The call was abandoned: its answer's buffer may still be written to and is lost to its owner.</summary>
    bool IsAbandoned { get; }

    /// <summary>It may wait for what other clients do, for as long as its own client wants.</summary>
    bool MayWaitLong => false;
}

/// <summary>What both kinds of call carry: the one allocation of a request besides its command.</summary>
internal struct UnaryCore
{
    private const int Open = 0;
    private const int Done = 1;
    private const int Abandoned = 2;

    private ManualResetValueTaskSourceCore<GrpcStatus> _source;
    private int _end;

    /// <summary>Makes an open call. Continuations never run on the apply actor.</summary>
    public UnaryCore(PooledBuffer answer)
    {
        Answer = answer;
        _source.RunContinuationsAsynchronously = true;
    }

    /// <summary>Where the answer's frame is written; whole only when the call ended well.</summary>
    public PooledBuffer Answer { get; }

    /// <summary>See <see cref="IUnaryCall.IsAbandoned"/>.</summary>
    public readonly bool IsAbandoned => _end == Abandoned;

    /// <summary>The token of the one await.</summary>
    public readonly short Version => _source.Version;

    /// <summary>Ends the call by the node.</summary>
    public void End(GrpcStatus status)
    {
        if (Interlocked.CompareExchange(ref _end, Done, Open) == Open)
        {
            _source.SetResult(status);
        }
    }

    /// <summary>Ends the call without the node.</summary>
    public bool TryAbandon(GrpcStatus status)
    {
        if (Interlocked.CompareExchange(ref _end, Abandoned, Open) != Open)
        {
            return false;
        }
        _source.SetResult(status);
        return true;
    }

    /// <summary>Part of the value task's contract.</summary>
    public GrpcStatus GetResult(short token) => _source.GetResult(token);

    /// <summary>Part of the value task's contract.</summary>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <summary>Part of the value task's contract.</summary>
    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
