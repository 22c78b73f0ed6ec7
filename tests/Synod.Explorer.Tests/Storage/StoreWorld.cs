using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;

namespace Synod.Explorer.Tests.Storage;

/// <summary>What <see cref="StoreWorld"/> asks of a store of one small state.</summary>
internal interface IStore
{
    byte? State { get; }

    bool CanSave { get; }

    void BeginSave(byte state);

    void Turn();
}

/// <summary>
/// A store over a disk on which a write may be done, fail with or without leaving something behind, or be cut off by a
/// crash. A store cannot write down its memory, so the bytes of a state are what was done so far.
/// </summary>
internal sealed class StoreWorld(Func<IDisk, IStore> open) : IWorld
{
    private const int Save = 1, End = 2, Crash = 3;
    private const int SavesMax = 4, FailuresMax = 2, CrashesMax = 2;
    private readonly List<WorldAction> _done = [];
    private FaultyDisk _disk = new();
    private IStore _store = null!;
    private byte _acknowledged;
    private int _saves;
    private int _failures;
    private int _crashes;

    /// <summary>Whether a restart did not find what a save was said to be done for.</summary>
    public bool HasLost { get; private set; }

    /// <summary>Whether a restart found something.</summary>
    public bool HasFound { get; private set; }

    public IReadOnlyList<string> Lanes { get; } = ["store", "disk"];

    public void Reset(int initial)
    {
        _done.Clear();
        _disk = new FaultyDisk();
        _store = open(_disk);
        (_acknowledged, _saves, _failures, _crashes, HasLost, HasFound) = (0, 0, 0, 0, false, false);
    }

    public void Write(StateWriter writer)
    {
        writer.WriteByte((byte)_done.Count);
        foreach (var action in _done)
        {
            writer.WriteByte((byte)action.Kind);
            writer.WriteByte((byte)action.Argument);
        }
    }

    public void Read(ref StateReader reader)
    {
        Reset(0);
        for (var left = reader.ReadByte(); left > 0; left--)
        {
            Apply(new WorldAction(reader.ReadByte(), 0, reader.ReadByte()));
        }
    }

    public void ListActions(ActionList actions)
    {
        if (_store.CanSave && _saves < SavesMax)
        {
            actions.Add(new WorldAction(Save, 0, 0));
        }
        foreach (var fate in _disk.Fates)
        {
            if (fate == Fate.Done || _failures < FailuresMax)
            {
                actions.Add(new WorldAction(End, 0, (ulong)fate));
            }
            if (_crashes < CrashesMax)
            {
                actions.Add(new WorldAction(Crash, 0, (ulong)fate));
            }
        }
    }

    public bool Apply(WorldAction action)
    {
        _done.Add(action);
        var fate = (Fate)action.Argument;
        switch (action.Kind)
        {
            case Save:
                _store.BeginSave((byte)++_saves);
                break;
            case End:
                _failures += fate == Fate.Done ? 0 : 1;
                _disk.EndOldest(fate);
                _store.Turn();
                _acknowledged = Math.Max(_acknowledged, _store.State ?? 0);
                break;
            default:
                _crashes++;
                _disk.Crash(fate);
                Reopen();
                break;
        }
        return true;
    }

    private void Reopen()
    {
        try
        {
            _store = open(_disk);
            HasFound |= _store.State is not null;
            HasLost |= (_store.State ?? 0) < _acknowledged;
        }
        catch (DirectoryRefusedException)
        {
            HasLost = true;
        }
    }

    public WorldEvent Describe(WorldAction action) => action.Kind switch
    {
        Save => new($"saves {_saves + 1}", Lane: 0),
        End => new($"{_disk.Oldest}: {(Fate)action.Argument}", Lane: 1),
        _ => new($"crashes and restarts; {_disk.Oldest}: {(Fate)action.Argument}", Lane: 0, EventMark.Crashes),
    };
}
