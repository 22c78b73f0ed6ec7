using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;

namespace Synod.Node;

/// <summary>Finds the newest whole snapshot at a start and makes the state begin with it.</summary>
internal sealed class SnapshotRecovery(NodeOptions options, INodeObserver observer)
{
    /// <summary>
    /// Snapshots to go on with, in order of their slots; of those below the newest only the names are known.
    /// </summary>
    public List<SnapshotFile> Found { get; } = [];

    /// <summary>Files that are damaged or of no use.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>Installs the newest sound one, if there is any.</summary>
    public void Run(IDisk disk, ReplicatedState state)
    {
        var names = disk.List();
        for (var i = names.Count - 1; i >= 0; i--)
        {
            if (!SnapshotName.TryParse(names[i], out var slot))
            {
                continue;
            }
            if (Found.Count > 0)
            {
                Found.Insert(0, new SnapshotFile(slot, disk.LengthOf(names[i])));
                continue;
            }
            var error = Read(disk, names[i], slot, out var installer, out var length);
            if (error is null)
            {
                state.Install(installer);
                Found.Add(new SnapshotFile(slot, length));
                observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.Recovered, slot, length));
            }
            else
            {
                Damaged.Add(names[i]);
                observer.Snapshot(new SnapshotNotice(SnapshotNoticeKind.Refused, slot, length, Text: error));
            }
        }
    }

    /// <summary>Null, or why a sound snapshot is not one for this node.</summary>
    public static string? WrongFor(NodeOptions options, SnapshotHeader header, Slot slot) =>
        header.ClusterId != options.ClusterId ? $"it is of another cluster ({header.ClusterId:x16})"
        : header.Slot != slot ? $"it is of slot {header.Slot}"
        : header.Group != 0 ? $"it is of group {header.Group}"
        : header.Voters.SequenceEqual(options.Members.Select(m => m.Id)) ? null
        : "it has other members";

    private string? Read(IDisk disk, string name, Slot slot, out StateInstaller installer, out long length)
    {
        installer = new StateInstaller();
        length = 0;
        var buffer = new byte[ReadBytes];
        try
        {
            length = disk.LengthOf(name);
            for (var at = 0L; at < length && installer.Error is null;)
            {
                var count = disk.Read(name, at, buffer);
                if (count == 0)
                {
                    return "it cannot be read to its end";
                }
                installer.Take(buffer.AsSpan(0, count));
                at += count;
            }
        }
        catch (IOException e)
        {
            return e.Message;
        }
        installer.End();
        return installer.Error ?? WrongFor(options, installer.Header!, slot);
    }

    private const int ReadBytes = 256 << 10;
}
