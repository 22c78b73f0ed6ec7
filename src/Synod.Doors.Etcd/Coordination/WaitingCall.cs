using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>
/// A call that takes several steps and may wait for other clients. When it is abandoned its work is cancelled, and goes
/// on only to undo what it has begun.
/// </summary>
internal sealed class WaitingCall(Func<CancellationToken, Task<IMessage>> work, PooledBuffer answer, CancellationToken closing)
    : IUnaryCall
{
    private const int Open = 0;
    private const int Done = 1;
    private const int Abandoned = 2;

    private readonly TaskCompletionSource<GrpcStatus> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancel = CancellationTokenSource.CreateLinkedTokenSource(closing);
    private int _end;

    /// <inheritdoc/>
    public ValueTask<GrpcStatus> Ended => new(_ended.Task);

    /// <inheritdoc/>
    public bool IsAbandoned => _end == Abandoned;

    /// <inheritdoc/>
    public bool MayWaitLong => true;

    /// <inheritdoc/>
    public void Submit(INode node) => _ = RunAsync();

    /// <inheritdoc/>
    public bool TryAbandon(GrpcStatus status)
    {
        if (Interlocked.CompareExchange(ref _end, Abandoned, Open) != Open)
        {
            return false;
        }
        _cancel.Cancel();
        _ended.SetResult(status);
        return true;
    }

    private async Task RunAsync()
    {
        IMessage? message = null;
        Exception? broken = null;
        var status = GrpcStatus.Ok;
        try
        {
            message = await work(_cancel.Token).ConfigureAwait(false);
        }
        catch (CallRefusedException refused)
        {
            status = refused.Status;
        }
        catch (OperationCanceledException)
        {
            status = closing.IsCancellationRequested
                ? EtcdErrors.ServerStopped
                : new GrpcStatus(GrpcCode.Cancelled, "context canceled");
        }
#pragma warning disable CA1031 // It goes on to whoever awaits the call.
        catch (Exception e)
#pragma warning restore CA1031
        {
            broken = e;
        }
        End(message, status, broken);
        // Whoever abandoned it has cancelled before the end was set.
        await ((Task)_ended.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _cancel.Dispose();
    }

    private void End(IMessage? message, GrpcStatus status, Exception? broken)
    {
        if (Interlocked.CompareExchange(ref _end, Done, Open) != Open)
        {
            return;
        }
        if (broken is not null)
        {
            _ended.SetException(broken);
            return;
        }
        if (message is not null)
        {
            AnswerWriter.Frame(answer, message);
        }
        _ended.SetResult(status);
    }
}
