using Synod.Paxos;

namespace Synod.Explorer.Tests;

/// <summary>The old puzzle: a jug of 3 and a jug of 5, fill, empty, pour over, until 4 are measured.</summary>
internal sealed class JugsWorld : IWorld
{
    private int _small;

    public int Large { get; private set; }

    public int Together => _small + Large;

    public IReadOnlyList<string> Lanes { get; } = ["three", "five"];

    public void Reset(int initial) => (_small, Large) = (0, 0);

    public void Write(StateWriter writer)
    {
        writer.WriteByte((byte)_small);
        writer.WriteByte((byte)Large);
    }

    public void Read(ref StateReader reader) => (_small, Large) = (reader.ReadByte(), reader.ReadByte());

    public void ListActions(ActionList actions)
    {
        for (var kind = 0; kind < 6; kind++)
        {
            actions.Add(new WorldAction(kind, kind % 2, 0));
        }
    }

    public bool Apply(WorldAction action)
    {
        var before = (_small, Large);
        (_small, Large) = action.Kind switch
        {
            0 => (3, Large),
            1 => (_small, 5),
            2 => (0, Large),
            3 => (_small, 0),
            4 => (_small - Math.Min(_small, 5 - Large), Large + Math.Min(_small, 5 - Large)),
            _ => (_small + Math.Min(Large, 3 - _small), Large - Math.Min(Large, 3 - _small)),
        };
        return before != (_small, Large);
    }

    public WorldEvent Describe(WorldAction action) => action.Kind switch
    {
        0 or 1 => new WorldEvent("fill", action.Process),
        2 or 3 => new WorldEvent("empty", action.Process),
        4 => new WorldEvent("pour", 1, EventMark.Receives, 0),
        _ => new WorldEvent("pour", 0, EventMark.Receives, 1),
    };
}

/// <summary>Counters that go up one by one to a limit; interchangeable.</summary>
internal sealed class CountersWorld(int counters, int limit, bool interchangeable = false) : ISymmetricWorld
{
    private readonly byte[] _counts = new byte[counters];

    public int Sum => _counts.Sum(count => count);

    public int Highest => _counts.Max();

    public IReadOnlyList<string> Lanes { get; } = [.. Enumerable.Range(1, counters).Select(i => $"c{i}")];

    /// <summary>The rotations: not all renamings, but a group of them, which is all that the explorer needs.</summary>
    public bool IsSymmetric => interchangeable;

    public void Reset(int initial) => Array.Clear(_counts);

    public void Write(StateWriter writer) => WriteRotated(writer, 0);

    public void WriteSymmetric(StateWriter writer) => Symmetry.WriteLeast(writer, counters, WriteRotated);

    private void WriteRotated(StateWriter writer, int by)
    {
        for (var i = 0; i < counters; i++)
        {
            writer.WriteByte(_counts[(i + by) % counters]);
        }
    }

    public void Read(ref StateReader reader)
    {
        for (var i = 0; i < counters; i++)
        {
            _counts[i] = reader.ReadByte();
        }
    }

    public void ListActions(ActionList actions)
    {
        for (var i = 0; i < counters; i++)
        {
            if (_counts[i] < limit)
            {
                actions.Add(new WorldAction(0, i, 0));
            }
        }
    }

    public bool Apply(WorldAction action)
    {
        _counts[action.Process]++;
        return true;
    }

    public WorldEvent Describe(WorldAction action) => new("counts", action.Process);
}

/// <summary>Climbs from one of two floors; a check fails at the tenth.</summary>
internal sealed class StairsWorld : IWorld
{
    private int _floor;

    public int Floor => _floor;

    public IReadOnlyList<string> Lanes { get; } = ["climber"];

    public int InitialStateCount => 2;

    public void Reset(int initial) => _floor = initial == 0 ? 0 : 5;

    public void Write(StateWriter writer) => writer.WriteByte((byte)_floor);

    public void Read(ref StateReader reader) => _floor = reader.ReadByte();

    public void ListActions(ActionList actions)
    {
        actions.Add(new WorldAction(1, 0, 0));
        actions.Add(new WorldAction(2, 0, 0));
    }

    public bool Apply(WorldAction action)
    {
        _floor += action.Kind;
        Check.That(_floor < 10);
        return true;
    }

    public WorldEvent Describe(WorldAction action) => new($"climbs {action.Kind}", 0);
}
