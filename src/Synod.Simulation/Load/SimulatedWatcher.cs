using System.Globalization;
using Synod.Node;

namespace Synod.Simulation;

/// <summary>
/// A client that wants every event of its keys. When its node dies, or it feels like it, it goes to any other and asks
/// for what comes after the last that it knows. Some are slow readers.
/// </summary>
internal sealed class SimulatedWatcher
{
    private readonly World _world;
    private readonly Chance _chance;
    private readonly int _room;
    private readonly List<WatchSegment> _segments = [];
    private WatchConnection? _connection;
    private long _startAt;

    public SimulatedWatcher(World world, int number, Chance chance)
    {
        _world = world;
        _chance = chance;
        Number = number;
        Range = WatchedRange.Draw(chance, world.Options.Keys);
        _room = chance.OneIn(3) ? chance.Between(1, 4) : int.MaxValue;
    }

    public int Number { get; }

    public WatchedRange Range { get; }

    public IReadOnlyList<WatchSegment> Segments => _segments;

    /// <summary>It knows everything up to the revision, as far as it wants to.</summary>
    public bool HasCaughtUp(long revision) => _segments.Count > 0 && _segments[^1].Covered >= revision;

    public void Start()
    {
        ConnectLater();
        Fidget();
    }

    public void NodeDied(Life life)
    {
        if (_connection?.Life == life)
        {
            _connection.Close();
            _connection = null;
            ConnectLater();
        }
    }

    public void Healed()
    {
        if (_connection is { } there && !_world.Core.Contains(there.Life.Machine.Index))
        {
            HangUp();
        }
    }

    /// <summary>The node has taken it in: it will be given everything from here on.</summary>
    public void Created(long from)
    {
        if (_segments.Count == 0 || _segments[^1].Covered + 1 != from)
        {
            _segments.Add(new WatchSegment(from));
        }
    }

    public void Take(List<WatchedEvent> events, long revision)
    {
        var segment = _segments[^1];
        segment.Events.AddRange(events);
        segment.Covered = Math.Max(segment.Covered, revision);
        _startAt = segment.Covered + 1;
    }

    public void Ended(WatchEnding ending, long compacted)
    {
        if (ending == WatchEnding.Compacted)
        {
            _startAt = compacted;
        }
        _connection = null;
        ConnectLater();
    }

    public void Refused(WatchConnection connection)
    {
        if (_connection == connection)
        {
            _connection = null;
            ConnectLater();
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"watcher {Number} ({Range.Name}) knows {(_segments.Count == 0 ? 0 : _segments[^1].Covered)} " +
        $"on {_connection?.Life.Machine.Name ?? "no node"}");

    private void ConnectLater() =>
        _world.Scheduler.After(_chance.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200)), Connect);

    private void Connect()
    {
        if (_connection is not null)
        {
            return;
        }
        var machine = _world.IsHealed ? _chance.Pick(_world.Core) : _chance.Below(_world.Options.Nodes);
        if (_world.Machines[machine].Life is not { IsRunning: true } life)
        {
            ConnectLater();
            return;
        }
        if (_startAt == 0)
        {
            _startAt = DrawStart();
        }
        _connection = new WatchConnection(_world, this, life, _startAt, _room, _chance.Fork());
        _connection.Open();
    }

    /// <summary>From now on, from some time ago, or from a little later.</summary>
    private long DrawStart()
    {
        var now = _world.Judges.Chronicle.Revision;
        return _chance.Below(4) switch
        {
            0 => 0,
            1 => now + _chance.Between(1, 20),
            2 => Math.Max(1, now - _chance.Below(30)),
            _ => Math.Max(1, (long)(now * _chance.Unit())),
        };
    }

    private void Fidget() => _world.Scheduler.After(_chance.Between(TimeSpan.FromMilliseconds(50), FidgetMost), () =>
    {
        if (_connection is { } there && !_world.ClientsRest)
        {
            if (_chance.OneIn(3))
            {
                HangUp();
            }
            else
            {
                there.AskProgress();
            }
        }
        Fidget();
    });

    private void HangUp()
    {
        var there = _connection!;
        _connection = null;
        there.Close();
        if (_segments.Count > 0)
        {
            // Sometimes it has lost all it knew, and begins anew, mostly in the past.
            _startAt = _chance.OneIn(4) && !_world.IsHealed ? DrawStart() : _segments[^1].Covered + 1;
        }
        ConnectLater();
    }

    private static readonly TimeSpan FidgetMost = TimeSpan.FromSeconds(2);
}
