using Synod.Node;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>
/// One watcher on one node, as a door makes it: what the hub gives it goes into a queue of bounded room, and from there
/// to the client, now or a little later. What stands in the queue when the node dies is lost.
/// </summary>
internal sealed class WatchConnection
{
    private readonly World _world;
    private readonly SimulatedWatcher _client;
    private readonly Door _door;
    private readonly Queue<Frame> _queue = new();
    private readonly int _room;
    private readonly Chance _chance;
    private List<WatchedEvent> _taken = [];
    private long _createdAt;
    private long _next;
    private long _told;
    private bool _wasFull;
    private bool _isDraining;
    private bool _hasEnded;
    private bool _isRemoved;

    private readonly record struct Frame(List<WatchedEvent> Events, long Revision, WatchEnding? Ending);

    public WatchConnection(World world, SimulatedWatcher client, Life life, long from, int room, Chance chance)
    {
        _world = world;
        _client = client;
        Life = life;
        _room = room;
        _chance = chance;
        _door = new Door(this, new Stream(this), client.Range.Asked, from);
        _next = from;
    }

    public Life Life { get; }

    /// <summary>The client has hung up, or was hung up on.</summary>
    public bool IsOver { get; private set; }

    public void Open() => Life.Node!.Submit(new HubRequest((hub, store) => hub.Add(_door, store), Refused));

    public void AskProgress() => Life.Node!.Submit(new HubRequest((hub, store) =>
    {
        if (!_hasEnded && !_isRemoved)
        {
            hub.AskProgress(_door.Stream, store);
        }
    }));

    /// <summary>The client hangs up; what is under way to it is lost.</summary>
    public void Close()
    {
        IsOver = true;
        if (Life.IsRunning)
        {
            Life.Node!.Submit(new HubRequest((hub, _) =>
            {
                hub.Remove(_door.Stream);
                _isRemoved = true;
            }));
        }
    }

    private string Name => $"watcher {_client.Number} ({_client.Range.Name}) on {Life.Machine.Name} in life {Life.Number}";

    private void Say(string what)
    {
        if (_world.Scheduler.IsRead)
        {
            _world.Scheduler.Say($"{Name} {what}");
        }
    }

    private void Wrong(string what) => _world.Judges.Verdicts.Add("watches", $"{Name}: {what}");

    private void Refused()
    {
        IsOver = true;
        _client.Refused(this);
    }

    private void Created(long revision)
    {
        _createdAt = revision;
        Say($"wants {_door.StartRevision}, store is at {revision}");
        if (_next == 0)
        {
            _next = revision + 1;
        }
        if (!IsOver)
        {
            _client.Created(_next);
        }
    }

    private void Take(in EventView e)
    {
        var revision = e.KeyValue.ModRevision;
        var key = KeyCode.Of(e.KeyValue.Key);
        if (_hasEnded || _isRemoved)
        {
            Wrong($"got {revision} after it was removed");
        }
        if (revision < _next || !_client.Range.Contains(key))
        {
            Wrong($"got {revision} of key {key:x}, wants its own keys from {_next} on");
        }
        var beganInThePast = _door.StartRevision > 0 && _door.StartRevision <= _createdAt;
        if (_world.Options.Doors.LosesAtTheJoin && beganInThePast && revision == _createdAt + 1)
        {
            return;
        }
        var number = e.IsDelete ? 0 : ClientWrite.ValueOf(e.KeyValue.Value);
        var previous = e.TryGetPrevious(out var before) ? ClientWrite.ValueOf(before.Value) : 0;
        _taken.Add(new WatchedEvent(revision, key, number, e.IsDelete, previous));
    }

    private void Tell(long revision)
    {
        if (_isRemoved || revision < _told)
        {
            Wrong($"was told {revision} after {_told}{(_isRemoved ? " and its removal" : "")}");
        }
        _told = revision;
        if (_hasEnded)
        {
            return; // Progress was asked for before, and its stream of no watchers has made it.
        }
        if (_taken.Count > 0 && _taken[^1].Revision > revision)
        {
            Wrong($"was told {revision} with an event of {_taken[^1].Revision}");
        }
        _next = Math.Max(_next, revision + 1);
        if (_taken.Count == 0 && _world.Options.Doors.ProgressOvertakes)
        {
            _client.Take([], revision);
            return;
        }
        Say($"is told {revision} with {_taken.Count} events");
        Queue(new Frame(_taken, revision, null));
        _taken = [];
    }

    private void End(WatchEnding ending, long compacted)
    {
        if (_hasEnded || _isRemoved)
        {
            Wrong($"was ended a second time: {ending}");
        }
        _hasEnded = true;
        Say($"is ended: {ending}, {compacted}");
        if (ending == WatchEnding.Compacted)
        {
            // It was up to date once, has room, and goes on with the store that it was made on.
            var isLive = _door.StartRevision == 0 || _door.StartRevision > _createdAt || _told >= _createdAt;
            var keepsUp = isLive && _room == int.MaxValue && !Life.WasInstalled;
            _world.Judges.Watches.Compacted(
                new WatchCut(Name, _client.Range, _next, compacted, keepsUp ? Life.RevisionBefore : 0));
        }
        if (ending == WatchEnding.TooMany || (ending == WatchEnding.TooSlow && !_wasFull))
        {
            Wrong($"ended without cause: {ending}");
        }
        Queue(new Frame([], compacted, ending));
    }

    private void Queue(Frame frame)
    {
        if (IsOver)
        {
            return;
        }
        _queue.Enqueue(frame);
        if (_room == int.MaxValue)
        {
            Drain();
        }
        else if (!_isDraining)
        {
            _isDraining = true;
            var most = _world.IsHealed ? DrainHealed : DrainMost;
            _world.Scheduler.After(_chance.Between(TimeSpan.FromMilliseconds(1), most), Drain);
        }
    }

    private void Drain()
    {
        _isDraining = false;
        var wasFull = _queue.Count >= _room;
        while (!IsOver && _queue.TryDequeue(out var frame))
        {
            _world.Scheduler.Note(TraceKind.Watched, (ulong)_client.Number, (ulong)frame.Revision);
            if (frame.Ending is { } ending)
            {
                IsOver = true;
                _client.Ended(ending, frame.Revision);
            }
            else
            {
                _client.Take(frame.Events, frame.Revision);
            }
        }
        if (wasFull && !IsOver && Life.IsRunning)
        {
            Life.Node!.Submit(new HubRequest(static (_, _) => { })); // There is room again.
        }
    }

    private static readonly TimeSpan DrainMost = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan DrainHealed = TimeSpan.FromMilliseconds(20);

    private sealed class Stream(WatchConnection connection) : WatchStream
    {
        public override void Progress(long revision) => connection.Tell(revision);
    }

    private sealed class Door(WatchConnection connection, WatchStream stream, WatchRange range, long from)
        : Watcher(stream, range, from, wantsProgress: true)
    {
        public override bool HasRoom
        {
            get
            {
                var hasRoom = connection._queue.Count < connection._room;
                connection._wasFull |= !hasRoom;
                return hasRoom;
            }
        }

        public override void Created(long revision) => connection.Created(revision);

        public override void Take(in EventView e) => connection.Take(e);

        public override void Send(long revision) => connection.Tell(revision);

        public override void Progress(long revision) => connection.Tell(revision);

        public override void End(WatchEnding ending, long compactedRevision) => connection.End(ending, compactedRevision);
    }

    /// <summary>A node that refuses anything but a new watcher ends, and will say so to those that it has.</summary>
    private sealed class HubRequest(Action<WatchHub, OrderedStore> run, Action? refused = null) : WatchRequest
    {
        public override void Run(WatchHub hub, OrderedStore store) => run(hub, store);

        public override void Fail(Failure failure) => refused?.Invoke();
    }
}
