using System.Globalization;
using Synod.Paxos;
using Synod.Ports;

namespace Synod.Storage.Durable;

/// <summary>
/// A small ready-made store for the durable state of single-decree Paxos (or of anything that is small and saved
/// whole): two files in turn, the newest and the one before it. For many saves a second use the journal.
/// </summary>
/// <remarks>
/// <para>Each save is a file of its own, with its serial in its name, whole or not there (<see
/// cref="DiskOperation.ReplaceWhole"/>); only when it is on the medium the file before the last is deleted. So no save,
/// done or failed, ever touches a good copy.</para>
/// <para>Because a crash leaves no torn file, a damaged one has rotted. If it is the newest, what was promised last is
/// lost: the older file must not be taken for the state, and the store refuses to open. The name tells which is the
/// newest, whatever became of the content. If it is the older one, nothing is lost.</para>
/// <para>A pump over its own <see cref="IDisk"/> handle: the owner calls <see cref="Turn"/> until the save is done.
/// After a failed save nothing is saved any more: how much of it the medium holds is not known before a restart.</para>
/// </remarks>
public sealed class AlternatingStore
{
    private const int SerialDigits = 16;

    private readonly IDisk _disk;
    private readonly string _prefix;
    private readonly SortedSet<ulong> _files = [];
    private ReadOnlyMemory<byte> _saving;
    private ulong _requestId;
    private ulong _saveRequest;
    private ulong _deletion;

    /// <summary>Opens the store and reads the state.</summary>
    /// <param name="disk">The data directory.</param>
    /// <param name="name">Beginning of the names of the files; no other file may begin with it and a dash.</param>
    /// <exception cref="DirectoryRefusedException">
    /// The newest file is damaged or missing, or of a format that is not known; the message says what to do.
    /// </exception>
    public AlternatingStore(IDisk disk, string name)
    {
        _disk = disk;
        _prefix = name + "-";
        foreach (var file in disk.List())
        {
            if (TryParse(file, out var serial))
            {
                _files.Add(serial);
            }
        }
        if (_files.Count > 0)
        {
            Recover();
        }
    }

    /// <summary>The state saved last; null if none ever was.</summary>
    public ReadOnlyMemory<byte>? State { get; private set; }

    /// <summary>The serial of <see cref="State"/>; 0 if none was ever saved.</summary>
    public ulong Serial { get; private set; }

    /// <summary>A save is under way.</summary>
    public bool IsSaving => _saveRequest != 0;

    /// <summary>Why saving failed; nothing more is saved after that.</summary>
    public string? Fault { get; private set; }

    /// <summary>Starts to save; one save at a time.</summary>
    /// <param name="state">
    /// At most <see cref="StateRecord.StateBytesMax"/> bytes, which must not change any more.
    /// </param>
    public void BeginSave(ReadOnlyMemory<byte> state)
    {
        Check.That(!IsSaving && Fault is null);
        Check.That(state.Length <= StateRecord.StateBytesMax);
        var serial = checked(Serial + 1);
        _saving = state;
        _saveRequest = ++_requestId;
        _disk.Submit(new DiskRequest(
            _saveRequest, DiskOperation.ReplaceWhole, NameOf(serial), 0, StateRecord.Write(serial, state.Span), 0));
    }

    /// <summary>Takes completions.</summary>
    /// <returns>True when no save is under way any more; see <see cref="Fault"/>.</returns>
    public bool Turn()
    {
        while (_disk.TryTakeCompletion(out var completion))
        {
            var isSave = completion.Id == _saveRequest;
            if (isSave)
            {
                _saveRequest = 0;
            }
            if (completion.Error is not null)
            {
                Fault ??= $"The state could not be saved: {completion.Error}.";
            }
            else if (isSave)
            {
                // Only now: until here the file before is the state.
                (State, Serial) = (_saving, Serial + 1);
                _files.Add(Serial);
            }
            if (completion.Id == _deletion)
            {
                _deletion = 0;
            }
            DeleteOldest();
        }
        return !IsSaving;
    }

    /// <summary>Saves, where nothing else is to be done meanwhile.</summary>
    /// <param name="state">As in <see cref="BeginSave"/>.</param>
    /// <param name="wait">Called while a completion is awaited.</param>
    /// <exception cref="DirectoryRefusedException">The disk failed.</exception>
    public void Save(ReadOnlyMemory<byte> state, Action wait)
    {
        BeginSave(state);
        while (!Turn())
        {
            wait();
        }
        if (Fault is not null)
        {
            throw new DirectoryRefusedException(Fault);
        }
    }

    private void Recover()
    {
        Serial = _files.Max;
        // Serials are consecutive and two files are kept: otherwise something else has deleted here, perhaps the
        // newest.
        var isWhole = _files.Max - _files.Min + 1 == (ulong)_files.Count && (_files.Count > 1 || Serial == 1);
        if (!isWhole)
        {
            throw new DirectoryRefusedException(
                $"Of the state files {_prefix}* one is missing, and it may have held the latest promise."
                + " Keep a copy of the directory and replace the member.");
        }
        var name = NameOf(Serial);
        var verdict = StateRecord.Read(Read(name), out var serial, out var state);
        if (verdict == StateVerdict.Intact && serial == Serial)
        {
            State = state;
            return;
        }
        throw new DirectoryRefusedException(verdict == StateVerdict.OtherFormat
            ? $"The state file {name} has a format that this version of Synod does not know."
                + " Start the version that wrote it."
            : $"The newest state file, {name}, is damaged, and an older state would take back what was promised."
                + " Keep a copy of the directory and replace the member.");
    }

    private byte[] Read(string name)
    {
        try
        {
            // A byte more than the longest record: a longer file is read as one that is too long.
            const int readMax = StateRecord.HeaderBytes + StateRecord.StateBytesMax + 1;
            var bytes = new byte[Math.Min(_disk.LengthOf(name), readMax)];
            return bytes[.._disk.Read(name, 0, bytes)];
        }
        catch (IOException e)
        {
            throw new DirectoryRefusedException(
                $"The newest state file, {name}, cannot be read: {e.Message}. Replace the disk and the member.");
        }
    }

    /// <summary>
    /// One at a time, and none after one that failed: past a file that is still there the next deletion would leave a
    /// gap, which looks like a loss.
    /// </summary>
    private void DeleteOldest()
    {
        if (_files.Count > 2 && _deletion == 0 && Fault is null)
        {
            var name = NameOf(_files.Min);
            _files.Remove(_files.Min);
            _deletion = ++_requestId;
            _disk.Submit(new DiskRequest(_deletion, DiskOperation.Delete, name, 0, default, 0));
        }
    }

    private string NameOf(ulong serial) =>
        _prefix + serial.ToString("x16", CultureInfo.InvariantCulture);

    private bool TryParse(string file, out ulong serial)
    {
        serial = 0;
        return file.Length == _prefix.Length + SerialDigits
            && file.StartsWith(_prefix, StringComparison.Ordinal)
            && ulong.TryParse(
                file.AsSpan(_prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out serial)
            && serial > 0
            && NameOf(serial) == file;
    }
}
