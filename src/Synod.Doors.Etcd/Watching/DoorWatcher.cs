using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Watching;

/// <summary>What a client asked of a watcher, besides range and start.</summary>
/// <param name="WantsPuts">Puts are sent.</param>
/// <param name="WantsDeletes">Deletes are sent.</param>
/// <param name="WantsPrevious">The key as it was before is sent, too.</param>
/// <param name="MayFragment">Large answers may be split.</param>
internal readonly record struct WatcherChoices(bool WantsPuts, bool WantsDeletes, bool WantsPrevious, bool MayFragment);

/// <summary>One watcher of a client: events go straight from the store's memory into frames.</summary>
internal sealed class DoorWatcher(
    DoorWatchStream stream, long id, WatchRange range, long startRevision, bool wantsProgress, WatcherChoices choices)
    : Watcher(stream, range, startRevision, wantsProgress)
{
    private const string TooSlowReason =
        "etcdserver: the watcher was too slow: events waited too long for its client to read";

    private const string TooManyReason = "etcdserver: too many watchers";

    private readonly List<PooledBuffer> _full = [];
    private PooledBuffer? _frame;
    private long _fullBytes;
    private long _waiting;

    /// <summary>Its id within the stream.</summary>
    public long Id => id;

    /// <inheritdoc/>
    public override bool HasRoom
    {
        get
        {
            if (LooksRoomy())
            {
                return true;
            }
            stream.Outbox.MarkStarving();
            return LooksRoomy();
        }
    }

    /// <summary>Counts what waits for the writer on its behalf.</summary>
    public void Count(long bytes) => Interlocked.Add(ref _waiting, bytes);

    /// <inheritdoc/>
    public override void Created(long revision) =>
        stream.Answer(new WatchResponse { WatchId = id, Created = true }, revision);

    /// <inheritdoc/>
    public override void Take(in EventView e)
    {
        if (!(e.IsDelete ? choices.WantsDeletes : choices.WantsPuts))
        {
            return;
        }
        if (choices.MayFragment && _frame is not null && _frame.Length >= stream.Limits.WatchFragmentBytes)
        {
            _full.Add(_frame);
            _fullBytes += _frame.Length;
            _frame = null;
        }
        _frame ??= WatchAnswers.BeginEvents();
        WatchAnswers.Event(_frame, e, choices.WantsPrevious);
    }

    /// <inheritdoc/>
    public override void Send(long revision)
    {
        if (_frame is null)
        {
            return;
        }
        var answerer = stream.Identity.Now;
        foreach (var full in _full)
        {
            WatchAnswers.EndEvents(full, answerer, revision, id, moreFollow: true);
            stream.Outbox.Post(full, this);
        }
        _full.Clear();
        _fullBytes = 0;
        WatchAnswers.EndEvents(_frame, answerer, revision, id, moreFollow: false);
        stream.Outbox.Post(_frame, this);
        _frame = null;
    }

    /// <inheritdoc/>
    public override void Progress(long revision) => stream.Answer(new WatchResponse { WatchId = id }, revision);

    /// <inheritdoc/>
    public override void End(WatchEnding ending, long compactedRevision)
    {
        if (ending == WatchEnding.Stopped)
        {
            // Not the watcher's end but the node's: the client takes its watchers to another one.
            stream.End(EtcdErrors.ServerStopped);
            return;
        }
        stream.WatcherEnded(this, ending switch
        {
            WatchEnding.Compacted =>
                new WatchResponse { WatchId = id, Canceled = true, CompactRevision = compactedRevision },
            WatchEnding.TooSlow => new WatchResponse { WatchId = id, Canceled = true, CancelReason = TooSlowReason },
            _ => new WatchResponse { WatchId = id, Canceled = true, CancelReason = TooManyReason },
        });
    }

    private bool LooksRoomy()
    {
        var mine = _fullBytes + (_frame?.Length ?? 0);
        // One watcher may not take the whole stream's room; its own share frees up as the stream is written.
        return stream.Outbox.HasRoom(mine)
            && Interlocked.Read(ref _waiting) + mine < stream.Limits.WatcherBacklogBytesMax;
    }
}
