namespace Synod.Server.Running;

/// <summary>
/// Rouses an actor for what the door's workers post, once for all of a burst: not at the first request, but when the
/// pool has come to the end of what was queued for its workers then. Requests that arrive in one packet are queued there
/// together, each to be served by itself; roused at the first, the actor would take that one alone through a turn, with
/// packets, a sync and answers of its own, while the others wait for the processor that it runs on.
/// </summary>
internal sealed class GatheredWake(Action wake) : IThreadPoolWorkItem
{
    private int _isQueued;

    /// <summary>Rouses the actor soon. From any thread.</summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    public void Execute()
    {
        // Before the actor is roused: what is posted after this asks anew.
        Interlocked.Exchange(ref _isQueued, 0);
        wake();
    }
}
