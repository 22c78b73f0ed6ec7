using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Doors.Etcd.Services;
using Synod.Node;
using Synod.Paxos;

namespace Synod.Doors.Etcd.Watching;

/// <summary>All open watch streams of the door, and what has to be looked at now and then for them.</summary>
internal sealed class WatchStreams : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<long, DoorWatchStream> _open = new();
    private readonly ConcurrentQueue<DoorWatchStream> _closeAgain = new();
    private readonly INode _node;
    private readonly DoorIdentity _identity;
    private readonly EtcdDoorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private long _lastNumber;
    private long? _leaderLostAt;

    public WatchStreams(INode node, DoorIdentity identity, EtcdDoorOptions options, TimeProvider time, ILogger logger)
    {
        _node = node;
        _identity = identity;
        _options = options;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static streams => ((WatchStreams)streams!).Look(), this, LookEvery, LookEvery);
    }

    /// <summary>Streams that are open.</summary>
    public int Count => _open.Count;

    /// <summary>Watchers on them.</summary>
    public int Watchers => _open.Values.Sum(stream => stream.WatcherCount);

    /// <summary>Bytes of events that wait for clients.</summary>
    public long WaitingBytes => _open.Values.Sum(stream => stream.Outbox.WaitingBytes);

    /// <summary>Makes a stream.</summary>
    public DoorWatchStream Open(bool requiresLeader)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        return _open[number] = new DoorWatchStream(number, _node, _identity, _options, _logger, requiresLeader);
    }

    /// <summary>Forgets a stream that has ended; its watchers leave the hub.</summary>
    public void Close(DoorWatchStream stream)
    {
        _open.TryRemove(stream.Number, out _);
        stream.Outbox.Complete();
        Leave(stream);
    }

    /// <summary>Ends all streams.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        foreach (var stream in _open.Values)
        {
            stream.End(EtcdErrors.ServerStopped);
        }
    }

    private void Leave(DoorWatchStream stream) => _node.Submit(new CloseWatching(stream, _closeAgain.Enqueue));

    private void Look()
    {
        for (var left = _closeAgain.Count; left > 0 && _closeAgain.TryDequeue(out var stream); left--)
        {
            Leave(stream);
        }
        if (_node.Status.Leader != NodeId.None)
        {
            _leaderLostAt = null;
            return;
        }
        _leaderLostAt ??= _time.GetTimestamp();
        if (_time.GetElapsedTime(_leaderLostAt.Value) < _options.LeaderLossGrace)
        {
            return;
        }
        foreach (var stream in _open.Values)
        {
            if (stream.RequiresLeader)
            {
                stream.End(EtcdErrors.NoLeader);
            }
        }
    }
}
