using System.Globalization;
using Synod.Paxos;
using Synod.Ports;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <summary>
/// The identity file of a data directory, in two copies that are written one after the other. A save is done when both
/// are; so if one copy is damaged the other holds at least the last save that was ever confirmed.
/// </summary>
/// <remarks>
/// A pump over its own <see cref="IDisk"/> handle: the owner calls <see cref="Turn"/> until the save is done.
/// </remarks>
public sealed class DataDirectory
{
    private const int FileBytesMax = 1 << 20;
    private static readonly string[] s_files = ["identity", "identity-copy"];

    private readonly IDisk _disk;
    private ulong _serial;
    private ulong _requestId;
    private int _copiesToWrite;
    private byte[] _bytes = [];
    private DirectoryRecord? _next;

    /// <summary>Reads what the directory says of itself.</summary>
    /// <exception cref="DirectoryRefusedException">It is damaged, or of a format that is not known.</exception>
    public DataDirectory(IDisk disk)
    {
        _disk = disk;
        var found = s_files.Select(name => Read(name)).ToArray();
        if (found.Any(static copy => copy is { Verdict: DirectoryText.Verdict.OtherFormat }))
        {
            throw new DirectoryRefusedException(
                "The data directory has a format that this version of Synod does not know."
                + " Start the version that wrote it.");
        }
        foreach (var copy in found)
        {
            if (copy is { Verdict: DirectoryText.Verdict.Intact } && (Record is null || copy.Value.Serial > _serial))
            {
                Record = copy.Value.Record;
                _serial = copy.Value.Serial;
            }
        }
        if (Record is null && (found.Any(static copy => copy is not null) || disk.List().Any(IsJournal)))
        {
            throw new DirectoryRefusedException(
                "The identity of the data directory is missing or both of its copies are damaged, though the directory"
                + " was in use. This node cannot prove who it is; keep a copy of the directory"
                + " and replace the member.");
        }
        NeedsRepair = Record is not null
            && !found.All(copy => copy is { Verdict: DirectoryText.Verdict.Intact } && copy.Value.Serial == _serial);
    }

    /// <summary>What it says; null in an empty directory.</summary>
    public DirectoryRecord? Record { get; private set; }

    /// <summary>One copy is damaged, missing or older: the next save mends it.</summary>
    public bool NeedsRepair { get; private set; }

    /// <summary>A save is under way.</summary>
    public bool IsSaving => _next is not null;

    /// <summary>Why saving failed; nothing more is saved after that.</summary>
    public string? Fault { get; private set; }

    /// <summary>Refuses a directory that belongs to another cluster or another member.</summary>
    /// <exception cref="DirectoryRefusedException">It does.</exception>
    public void Expect(ulong clusterId, NodeId node, string name)
    {
        if (Record is null)
        {
            return;
        }
        if (Record.ClusterId != clusterId)
        {
            throw new DirectoryRefusedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The data directory belongs to cluster {Record.ClusterId:x16}, not to {clusterId:x16}: "
                + $"wrong directory, other initial members or another token?"));
        }
        if (Record.Node != node || Record.Name != name)
        {
            throw new DirectoryRefusedException(
                $"The data directory belongs to member {Record.Node} \"{Record.Name}\", not to {node} \"{name}\".");
        }
    }

    /// <summary>Starts to save; one save at a time.</summary>
    public void BeginSave(DirectoryRecord record)
    {
        Check.That(!IsSaving && Fault is null);
        Check.That(Record is null || record.Identity == Record.Identity);
        _next = record;
        _bytes = DirectoryText.Write(record, checked(_serial + 1));
        _copiesToWrite = s_files.Length;
        SubmitCopy();
    }

    /// <summary>Takes completions.</summary>
    /// <returns>True when no save is under way any more; see <see cref="Fault"/>.</returns>
    public bool Turn()
    {
        while (IsSaving && _disk.TryTakeCompletion(out var completion))
        {
            Check.That(completion.Id == _requestId);
            if (completion.Error is not null)
            {
                Fault = $"The identity of the data directory could not be saved: {completion.Error}.";
                _next = null;
                return true;
            }
            _copiesToWrite--;
            if (_copiesToWrite > 0)
            {
                SubmitCopy();
                continue;
            }
            Record = _next;
            _serial++;
            _next = null;
            NeedsRepair = false;
        }
        return !IsSaving;
    }

    /// <summary>Saves, where nothing else is to be done meanwhile.</summary>
    /// <param name="record">What to save.</param>
    /// <param name="wait">Called while a completion is awaited.</param>
    /// <exception cref="DirectoryRefusedException">The disk failed.</exception>
    public void Save(DirectoryRecord record, Action wait)
    {
        BeginSave(record);
        while (!Turn())
        {
            wait();
        }
        if (Fault is not null)
        {
            throw new DirectoryRefusedException(Fault);
        }
    }

    private static bool IsJournal(string name) => name == SegmentName.MarkFile || SegmentName.TryParse(name, out _);

    private void SubmitCopy() => _disk.Submit(new DiskRequest(
        ++_requestId, DiskOperation.ReplaceWhole, s_files[^_copiesToWrite], 0, _bytes, 0));

    private (DirectoryText.Verdict Verdict, DirectoryRecord? Record, ulong Serial)? Read(string name)
    {
        if (!_disk.List().Contains(name))
        {
            return null;
        }
        var length = _disk.LengthOf(name);
        if (length > FileBytesMax)
        {
            return (DirectoryText.Verdict.Damaged, null, 0);
        }
        var bytes = new byte[length];
        var count = _disk.Read(name, 0, bytes);
        var verdict = DirectoryText.Read(bytes.AsSpan(0, count), out var record, out var serial);
        return (verdict, record, serial);
    }
}
