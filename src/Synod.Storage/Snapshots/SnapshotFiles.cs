using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;

namespace Synod.Storage;

/// <summary>
/// The snapshot files of a node: a pump beside the journal, with a disk handle of its own. One file grows at a time, by
/// requests that delay no sync of the journal; two finished ones are kept, and none goes while somebody reads it. A
/// snapshot that cannot be written is given up and costs nothing but the space that it would have let go.
/// </summary>
public sealed class SnapshotFiles
{
    /// <summary>
    /// So many are kept: should the newest turn out to be damaged, the journal still reaches back to the one before.
    /// </summary>
    public const int KeptFiles = 2;

    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(1);

    private sealed record Shown(SnapshotFile File);

    private readonly record struct Reading(Slot Slot, Instant Last);

    private readonly IDisk _disk;
    private readonly SnapshotScrub? _scrub;
    private readonly SnapshotMailboxes _mailboxes;
    private readonly List<SnapshotFile> _kept;
    private readonly List<string> _surplus;
    private readonly List<Reading> _readings = [];
    private readonly Queue<SnapshotEvent> _unposted = new();
    private ulong _requestId;
    private ulong _writeId;
    private ulong _deleteId;
    private bool _isFinishing;
    private SnapshotPiece _present;
    private bool _isWriting;
    private long _length;
    private Instant _begunAt;
    private volatile Shown? _newest;

    /// <summary>Takes over what was found at the start.</summary>
    /// <param name="disk">A handle of its own.</param>
    /// <param name="mailboxes">The queues.</param>
    /// <param name="found">Sound snapshots, in order of their slots.</param>
    /// <param name="damaged">Names of such that are not.</param>
    /// <param name="scrub">Reads them through from time to time; null: nobody does.</param>
    public SnapshotFiles(
        IDisk disk, SnapshotMailboxes mailboxes, IEnumerable<SnapshotFile> found, IEnumerable<string> damaged,
        SnapshotScrub? scrub = null)
    {
        _scrub = scrub;
        _disk = disk;
        _mailboxes = mailboxes;
        _kept = [.. found];
        _surplus = [.. damaged];
        Show();
    }

    /// <summary>Files that this node took of its own state, since its start.</summary>
    public long Taken { get; private set; }

    /// <summary>Files that came from peers, since its start.</summary>
    public long Received { get; private set; }

    /// <summary>The newest one that was finished or found. May be read from any thread.</summary>
    public SnapshotFile Newest => _newest is { } newest ? newest.File : default;

    /// <summary>How long the last one took from its first piece to its name.</summary>
    public TimeSpan LastTook { get; private set; }

    /// <summary>
    /// Decrees up to here are in at least <see cref="KeptFiles"/> snapshots: no journal is needed for them, not even when
    /// the newest is damaged.
    /// </summary>
    public Slot CoveredUpTo => _kept.Count >= KeptFiles ? _kept[^KeptFiles].Slot : Slot.Zero;

    /// <summary>Does all that can be done now.</summary>
    /// <returns>When it wants the next turn, if nothing is posted before.</returns>
    public Instant Turn(Instant now)
    {
        while (_disk.TryTakeCompletion(out var completion))
        {
            Take(completion, now);
        }
        while (_writeId == 0 && _mailboxes.Pieces.TryTake(out var piece))
        {
            Take(piece, now);
        }
        while (_unposted.Count == 0 && _mailboxes.Reads.TryTake(out var read))
        {
            Answer(read, now);
        }
        if (_scrub?.Turn(now, _kept, out var rotten) is { } error)
        {
            GiveUp(rotten, error);
        }
        DeleteSurplus(now);
        while (_unposted.TryPeek(out var e) && _mailboxes.Events.TryPost(e))
        {
            _unposted.Dequeue();
        }
        return _writeId != 0 || _deleteId != 0 || _unposted.Count > 0 ? now + PollEvery
            : Instant.Min(_kept.Count > KeptFiles ? now + ReadPatience : Instant.Never, _scrub?.Next ?? Instant.Never);
    }

    /// <summary>Nobody begins with it or is given it any more. It stays, for inquiry, until two sound ones are there.</summary>
    private void GiveUp(SnapshotFile rotten, string why)
    {
        _kept.Remove(rotten);
        _surplus.Add(SnapshotName.Of(rotten.Slot));
        Show();
        _unposted.Enqueue(new SnapshotEvent(
            SnapshotEventKind.Damaged, default, rotten, Text: why, CoveredUpTo: CoveredUpTo, Newest: Newest));
    }

    private void Take(in SnapshotPiece piece, Instant now)
    {
        var isPresent = _isWriting && piece.Origin == _present.Origin && piece.Slot == _present.Slot;
        if (piece.Step == SnapshotStep.Drop)
        {
            if (isPresent)
            {
                Drop();
            }
            return;
        }
        if (piece.Offset == 0)
        {
            if (_isWriting && !isPresent && _present.Origin == SnapshotOrigin.Peer && piece.Origin == SnapshotOrigin.Own)
            {
                Fail(piece, "a newer one is coming from a peer");
                return;
            }
            if (_isWriting && !isPresent)
            {
                Fail(_present, "another one was begun");
            }
            _begunAt = now;
            _length = 0;
        }
        else if (!isPresent || piece.Offset != _length)
        {
            return; // of one that was given up
        }
        _present = piece;
        _isWriting = true;
        _length = piece.Offset + piece.Bytes.Length;
        _writeId = Submit(DiskOperation.AppendAside, SnapshotName.Of(piece.Slot), piece.Offset, piece.Bytes);
    }

    private void Take(in DiskCompletion completion, Instant now)
    {
        if (completion.Id == _deleteId)
        {
            _deleteId = 0; // A failed removal leaves a file that the next start finds.
            return;
        }
        if (completion.Id != _writeId)
        {
            return; // of a file that was dropped
        }
        _writeId = 0;
        if (completion.Error is { } error)
        {
            _isWriting = false;
            _isFinishing = false;
            Fail(_present, error);
        }
        else if (_isFinishing)
        {
            _isFinishing = false;
            _isWriting = false;
            Finished(now);
        }
        else if (_present.Step == SnapshotStep.Last)
        {
            _isFinishing = true;
            _writeId = Submit(DiskOperation.FinishAside, SnapshotName.Of(_present.Slot), 0, default);
        }
        _present = _present with { Bytes = default };
    }

    private void Finished(Instant now)
    {
        var file = new SnapshotFile(_present.Slot, _length);
        _kept.RemoveAll(kept => kept.Slot == file.Slot);
        _kept.Add(file);
        _kept.Sort(static (a, b) => a.Slot.CompareTo(b.Slot));
        _surplus.Remove(SnapshotName.Of(file.Slot));
        Show();
        LastTook = now - _begunAt;
        if (_present.Origin == SnapshotOrigin.Own)
        {
            Taken++;
        }
        else
        {
            Received++;
        }
        _unposted.Enqueue(new SnapshotEvent(SnapshotEventKind.Durable, _present.Origin, file, Took: LastTook, CoveredUpTo: CoveredUpTo));
    }

    private void Show() => _newest = _kept.Count > 0 ? new Shown(_kept[^1]) : null;

    private void Drop()
    {
        Check.That(_writeId == 0);
        _isWriting = false;
        Submit(DiskOperation.DropAside, SnapshotName.Of(_present.Slot), 0, default);
    }

    private void Fail(in SnapshotPiece piece, string why) => _unposted.Enqueue(new SnapshotEvent(
        SnapshotEventKind.Failed, piece.Origin, new SnapshotFile(piece.Slot, piece.Offset), Text: why));

    private void Answer(in SnapshotRead read, Instant now)
    {
        var slot = read.Slot;
        var file = _kept.Find(kept => kept.Slot == slot);
        if (file.Slot == Slot.Zero || read.Offset < 0 || read.Offset >= file.Bytes)
        {
            _unposted.Enqueue(new SnapshotEvent(
                SnapshotEventKind.Gone, default, new SnapshotFile(read.Slot, 0), read.Reader, read.Offset));
            return;
        }
        _readings.RemoveAll(reading => reading.Slot == slot);
        _readings.Add(new Reading(slot, now));
        var bytes = new byte[(int)Math.Min(read.BytesMax, file.Bytes - read.Offset)];
        try
        {
            var count = _disk.Read(SnapshotName.Of(slot), read.Offset, bytes);
            _unposted.Enqueue(new SnapshotEvent(
                SnapshotEventKind.Read, default, file, read.Reader, read.Offset, bytes.AsMemory(0, count)));
        }
        catch (IOException e)
        {
            _unposted.Enqueue(new SnapshotEvent(
                SnapshotEventKind.Gone, default, file, read.Reader, read.Offset, Text: e.Message));
        }
    }

    private void DeleteSurplus(Instant now)
    {
        if (_deleteId != 0 || _kept.Count < KeptFiles)
        {
            return;
        }
        _readings.RemoveAll(reading => now - reading.Last >= ReadPatience);
        for (var i = 0; i + KeptFiles < _kept.Count; i++)
        {
            var slot = _kept[i].Slot;
            if (!_readings.Exists(reading => reading.Slot == slot))
            {
                _surplus.Add(SnapshotName.Of(slot));
                _kept.RemoveAt(i);
                break;
            }
        }
        if (_surplus.Count > 0)
        {
            _deleteId = Submit(DiskOperation.Delete, _surplus[0], 0, default);
            _surplus.RemoveAt(0);
        }
    }

    private ulong Submit(DiskOperation operation, string name, long offset, ReadOnlyMemory<byte> bytes)
    {
        _disk.Submit(new DiskRequest(++_requestId, operation, name, offset, bytes, 0));
        return _requestId;
    }
}
