using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Store;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>Waits in the watch hub for one change; nobody asks again and again.</summary>
internal sealed class ChangeWait(INode node, bool deletesOnly) : WatchStream
{
    private static readonly TimeSpan LeaveAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the first change, or when it is time to look by reading: too much was forgotten.</summary>
    public Task Changed => _changed.Task;

    /// <summary>Begins to wait.</summary>
    public void Begin(IReadOnlyList<WatchRange> ranges, long fromRevision) =>
        node.Submit(new Join(this, [.. ranges.Select(range => new Waiter(this, range, fromRevision))]));

    /// <summary>Leaves the hub.</summary>
    public void End() => node.Submit(new Leave(this));

    /// <inheritdoc/>
    public override void Progress(long revision)
    {
        // Nobody asked.
    }

    private void Seen() => _changed.TrySetResult();

    private void Refused(Failure failure) => _changed.TrySetException(new CallRefusedException(EtcdErrors.Of(failure)));

    private async Task LeaveLaterAsync()
    {
        await Task.Delay(LeaveAgainAfter).ConfigureAwait(false);
        End();
    }

    private sealed class Waiter(ChangeWait wait, WatchRange range, long fromRevision)
        : Watcher(wait, range, fromRevision, wantsProgress: false)
    {
        public override bool HasRoom => true; // It keeps nothing of what it is given.

        public override void Created(long revision)
        {
            // The wait began with a read; nothing is new yet.
        }

        public override void Take(in EventView e)
        {
            if (e.IsDelete || !wait.IsForDeletesOnly)
            {
                wait.Seen();
            }
        }

        public override void Send(long revision)
        {
            // All that counts was seen at once.
        }

        public override void Progress(long revision)
        {
            // Not asked for.
        }

        public override void End(WatchEnding ending, long compactedRevision)
        {
            switch (ending)
            {
                case WatchEnding.Compacted:
                    wait.Seen();
                    break;
                case WatchEnding.Stopped:
                    wait.Refused(Failure.NotServing);
                    break;
                default:
                    wait.Refused(Failure.LimitExceeded);
                    break;
            }
        }
    }

    private bool IsForDeletesOnly => deletesOnly;

    private sealed class Join(ChangeWait wait, Waiter[] waiters) : WatchRequest
    {
        public override void Run(WatchHub hub, OrderedStore store)
        {
            foreach (var waiter in waiters)
            {
                hub.Add(waiter, store);
            }
        }

        public override void Fail(Failure failure) => wait.Refused(failure);
    }

    private sealed class Leave(ChangeWait wait) : WatchRequest
    {
        public override void Run(WatchHub hub, OrderedStore store) => hub.Remove(wait);

        public override void Fail(Failure failure)
        {
            if (failure is Failure.TooManyRequests)
            {
                _ = wait.LeaveLaterAsync();
            }
        }
    }
}
