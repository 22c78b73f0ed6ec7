using Microsoft.Extensions.Logging;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Doors.Etcd.Services;
using Synod.Node;
using Synod.Protocol.Etcd;
using WatchRequest = Synod.Protocol.Etcd.WatchRequest;

namespace Synod.Doors.Etcd.Watching;

/// <summary>
/// One watch stream of a client. Its requests are taken by the stream's own task, its events come from the apply actor,
/// and both post to one outbox.
/// </summary>
#pragma warning disable CA1001 // It holds nothing without a timer, and may be used after the stream is gone.
internal sealed class DoorWatchStream : WatchStream
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, DoorWatcher> _watchers = [];
    private readonly CancellationTokenSource _end = new();
    private readonly INode _node;
    private readonly ILogger _logger;
    private long _nextId;
    private bool _isEnding;
    private long _lastRevision;

    public DoorWatchStream(
        long number, INode node, DoorIdentity identity, EtcdDoorOptions limits, ILogger logger, bool requiresLeader)
    {
        Number = number;
        _node = node;
        _logger = logger;
        Identity = identity;
        Limits = limits;
        RequiresLeader = requiresLeader;
        Outbox = new WatchOutbox(limits.WatchBacklogBytesMax, () => node.Submit(new WakeWatching()));
    }

    /// <summary>Counts streams, for the log.</summary>
    public long Number { get; }

    /// <summary>What waits to be written.</summary>
    public WatchOutbox Outbox { get; }

    /// <summary>Who answers.</summary>
    public DoorIdentity Identity { get; }

    /// <summary>The door's limits.</summary>
    public EtcdDoorOptions Limits { get; }

    /// <summary>The client wants the stream to end when the node knows no leader.</summary>
    public bool RequiresLeader { get; }

    /// <summary>Set when the door ends the stream; then <see cref="EndStatus"/> says why.</summary>
    public CancellationToken Ending => _end.Token;

    /// <summary>Why the door ended the stream.</summary>
    public GrpcStatus EndStatus { get; private set; }

    /// <summary>Watchers there are.</summary>
    public int WatcherCount
    {
        get
        {
            lock (_lock)
            {
                return _watchers.Count;
            }
        }
    }

    /// <summary>Ends the stream from the door's side.</summary>
    public void End(GrpcStatus status)
    {
        lock (_lock)
        {
            if (_isEnding)
            {
                return;
            }
            _isEnding = true;
            EndStatus = status;
        }
        _ = _end.CancelAsync(); // What hangs on it does not run here, which may be the apply actor.
    }

    /// <summary>Carries out what the client said.</summary>
    public void Handle(WatchRequest request)
    {
        switch (request.RequestUnionCase)
        {
            case WatchRequest.RequestUnionOneofCase.CreateRequest:
                Create(request.CreateRequest);
                break;
            case WatchRequest.RequestUnionOneofCase.CancelRequest:
                Cancel(request.CancelRequest.WatchId);
                break;
            case WatchRequest.RequestUnionOneofCase.ProgressRequest:
                _node.Submit(new AskWatchProgress(this));
                break;
        }
    }

    /// <summary>Posts an answer with a header of that revision.</summary>
    public void Answer(WatchResponse response, long revision)
    {
        Interlocked.Exchange(ref _lastRevision, revision);
        response.Header = Identity.Now.Header(revision);
        Outbox.Post(WatchAnswers.Frame(response));
    }

    /// <summary>Posts an answer with a header of the revision last heard of.</summary>
    public void Answer(WatchResponse response) => Answer(response, Interlocked.Read(ref _lastRevision));

    /// <inheritdoc/>
    public override void Progress(long revision) =>
        Answer(new WatchResponse { WatchId = WatchAnswers.NoWatcher }, revision);

    /// <summary>The hub let a watcher go.</summary>
    public void WatcherEnded(DoorWatcher watcher, WatchResponse last)
    {
        Forget(watcher);
        if (last.CancelReason.Length > 0)
        {
            DoorLog.WatcherCut(_logger, Number, last.CancelReason);
        }
        Answer(last);
    }

    /// <summary>The watcher's id is free again.</summary>
    public void Forget(DoorWatcher watcher)
    {
        lock (_lock)
        {
            _watchers.Remove(watcher.Id);
        }
    }

    private void Create(WatchCreateRequest request)
    {
        if (!WatchRequests.TryRange(request, out var range))
        {
            Refuse(EtcdErrors.EmptyWatchRange);
            return;
        }
        if (request.StartRevision < 0)
        {
            Refuse("etcdserver: start revision of a watch is negative");
            return;
        }
        DoorWatcher watcher;
        lock (_lock)
        {
            if (_watchers.Count >= Limits.WatchersPerStreamMax)
            {
                Refuse("etcdserver: too many watchers on one stream");
                return;
            }
            if (request.WatchId < 0 || (request.WatchId != 0 && _watchers.ContainsKey(request.WatchId)))
            {
                Refuse(EtcdErrors.DuplicateWatchId);
                return;
            }
            while (request.WatchId == 0 && _watchers.ContainsKey(_nextId))
            {
                _nextId++;
            }
            var id = request.WatchId == 0 ? _nextId++ : request.WatchId;
            watcher = new DoorWatcher(
                this, id, range, request.StartRevision, request.ProgressNotify, WatchRequests.ChoicesOf(request));
            _watchers[id] = watcher;
        }
        _node.Submit(new CreateWatcher(this, watcher));
    }

    private void Cancel(long id)
    {
        DoorWatcher? watcher;
        lock (_lock)
        {
            if (!_watchers.Remove(id, out watcher))
            {
                return; // Silent, as etcd is: it may just have ended by itself.
            }
        }
        _node.Submit(new CancelWatcher(this, watcher));
    }

    private void Refuse(string reason) => Answer(
        new WatchResponse { WatchId = WatchAnswers.NoWatcher, Created = true, Canceled = true, CancelReason = reason });
}
