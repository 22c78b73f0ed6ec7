using Synod.Ports;
using Synod.Storage.Durable;

namespace Synod.Storage.Tests.Durable;

/// <summary>
/// A wrong twin of the store (P5): two files written in place by turns, and serial and turn advance before the write
/// has succeeded, as in a known implementation.
/// </summary>
internal sealed class EagerToggleStore
{
    private const int FileBytes = 4096;
    private static readonly string[] Names = ["a", "b"];
    private readonly IDisk _disk;
    private ulong _serial;

    public EagerToggleStore(IDisk disk)
    {
        _disk = disk;
        foreach (var name in Names)
        {
            if (!disk.List().Contains(name))
            {
                Do(DiskOperation.CreateZeroFilled, name, default, FileBytes);
            }
            var bytes = new byte[FileBytes];
            disk.Read(name, 0, bytes);
            var length = (int)Math.Min(BitConverter.ToUInt64(bytes, 16), FileBytes - StateRecord.HeaderBytes);
            var verdict = StateRecord.Read(
                bytes.AsMemory(0, StateRecord.HeaderBytes + length), out var serial, out var state);
            if (verdict == StateVerdict.Intact && serial > _serial)
            {
                (_serial, State) = (serial, state.ToArray());
            }
        }
    }

    public byte[]? State { get; private set; }

    /// <summary>Saves; false if that failed.</summary>
    public bool Save(byte[] state)
    {
        _serial++; // too early
        return Do(DiskOperation.WriteAndSync, Names[_serial % 2], StateRecord.Write(_serial, state), 0);
    }

    private bool Do(DiskOperation operation, string name, ReadOnlyMemory<byte> bytes, long length)
    {
        _disk.Submit(new DiskRequest(1, operation, name, 0, bytes, length));
        return _disk.TryTakeCompletion(out var completion) && completion.Error is null;
    }
}
