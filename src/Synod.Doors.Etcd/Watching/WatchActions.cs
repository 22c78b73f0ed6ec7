using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Watching;

/// <summary>Puts a watcher into the hub.</summary>
internal sealed class CreateWatcher(DoorWatchStream stream, DoorWatcher watcher) : Node.WatchRequest
{
    /// <inheritdoc/>
    public override void Run(WatchHub hub, OrderedStore store) => hub.Add(watcher, store);

    /// <inheritdoc/>
    public override void Fail(Failure failure)
    {
        stream.Forget(watcher);
        stream.Answer(new WatchResponse
        {
            WatchId = watcher.Id,
            Created = true,
            Canceled = true,
            CancelReason = EtcdErrors.Of(failure).Message,
        });
    }
}

/// <summary>Takes a watcher out of the hub because its client wants it.</summary>
internal sealed class CancelWatcher(DoorWatchStream stream, DoorWatcher watcher) : Node.WatchRequest
{
    /// <inheritdoc/>
    public override void Run(WatchHub hub, OrderedStore store)
    {
        // It may have ended by itself since, and said so.
        if (hub.Remove(watcher))
        {
            stream.Answer(new WatchResponse { WatchId = watcher.Id, Canceled = true }, store.CurrentRevision);
        }
    }

    /// <inheritdoc/>
    public override void Fail(Failure failure) =>
        stream.End(EtcdErrors.Of(failure)); // Better no stream than a deaf one.
}

/// <summary>Asks how far a stream has come.</summary>
internal sealed class AskWatchProgress(DoorWatchStream stream) : Node.WatchRequest
{
    /// <inheritdoc/>
    public override void Run(WatchHub hub, OrderedStore store) => hub.AskProgress(stream, store);

    /// <inheritdoc/>
    public override void Fail(Failure failure) => stream.End(EtcdErrors.Of(failure));
}

/// <summary>Takes all watchers of a stream that has ended out of the hub.</summary>
internal sealed class CloseWatching(DoorWatchStream stream, Action<DoorWatchStream> tryAgainLater) : Node.WatchRequest
{
    /// <inheritdoc/>
    public override void Run(WatchHub hub, OrderedStore store) => hub.Remove(stream);

    /// <inheritdoc/>
    public override void Fail(Failure failure)
    {
        if (failure is Failure.TooManyRequests or Failure.LimitExceeded)
        {
            tryAgainLater(stream);
        }
    }
}

/// <summary>Some stream has room again: the hub's next turn, which follows every request, sees it.</summary>
internal sealed class WakeWatching : Node.WatchRequest
{
    /// <inheritdoc/>
    public override void Run(WatchHub hub, OrderedStore store)
    {
    }

    /// <inheritdoc/>
    public override void Fail(Failure failure)
    {
        // Nothing is lost: the hub also looks at every tick.
    }
}
