using Synod.Ports;
using Synod.Storage.Durable;

namespace Synod.Explorer.Tests.Storage;

/// <summary>The real store.</summary>
internal sealed class RealStore(IDisk disk) : IStore
{
    private readonly AlternatingStore _store = new(disk, "state");

    public byte? State => _store.State?.Span[0];

    public bool CanSave => !_store.IsSaving && _store.Fault is null;

    public void BeginSave(byte state) => _store.BeginSave(new[] { state });

    public void Turn() => _store.Turn();
}

/// <summary>
/// P5: two files written in place by turns, and the turn advances before the write has succeeded: after a failed save
/// the next one goes over the only good copy.
/// </summary>
internal sealed class EagerStore : IStore
{
    private static readonly string[] Names = ["a", "b"];
    private readonly IDisk _disk;
    private ulong _serial;
    private byte _saving;

    public EagerStore(IDisk disk)
    {
        _disk = disk;
        foreach (var name in disk.List())
        {
            var bytes = new byte[disk.LengthOf(name)];
            disk.Read(name, 0, bytes);
            if (StateRecord.Read(bytes, out var serial, out var state) == StateVerdict.Intact && serial > _serial)
            {
                (_serial, State) = (serial, state.Span[0]);
            }
        }
    }

    public byte? State { get; private set; }

    public bool CanSave => _saving == 0;

    public void BeginSave(byte state)
    {
        _saving = state;
        _serial++; // too early
        _disk.Submit(new DiskRequest(
            1, DiskOperation.WriteAndSync, Names[_serial % 2], 0, StateRecord.Write(_serial, [state]), 0));
    }

    public void Turn()
    {
        if (_disk.TryTakeCompletion(out var completion))
        {
            State = completion.Error is null ? _saving : State;
            _saving = 0;
        }
    }
}
