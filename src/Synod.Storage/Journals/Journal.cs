using System.Globalization;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Storage.Format;
using Synod.Storage.Recovery;

namespace Synod.Storage;

/// <summary>
/// The journal of a node: a pump with one owner. All batches that wait become one append and one sync; while that is
/// under way the next ones gather. "Persisted" is said of exactly what was written, after the disk has said so.
/// </summary>
/// <remarks>
/// A write or sync that fails ends it for good: after a failed sync the medium and what reads back may differ, and no
/// later success means anything (Rebello et al., ATC'20).
/// </remarks>
public sealed class Journal
{
    private const int RoundsPerTurnMax = 64;
    private static readonly TimeSpan EventRetryEvery = TimeSpan.FromMilliseconds(1);

    private readonly IDisk _disk;
    private readonly JournalOptions _options;
    private readonly JournalMailboxes _mailboxes;
    private readonly SegmentSupply _segments;
    private readonly PositionIndex _index;
    private readonly JournalReader _reader;
    private readonly WriteBuffer _write;
    private readonly JournalReports _reports;
    private readonly SegmentTrimmer _trimmer;
    private readonly byte[] _markSector = new byte[MarkSector.SectorBytes];

    private byte[] _carry;
    private int _carryLength;
    private JournalBatch? _held;
    private Instant _heldSince = Instant.Never;
    private Instant _idleSince;
    private ulong _lastRequestId = FirstRequestId;
    private ulong _writeId;
    private ulong _markId;
    private ulong _lastNumber;
    private ulong _syncedUpTo;
    private MarkSector _mark;
    private MarkSector _markUnderWay;
    private long _oldestUnsyncedNanoseconds = long.MaxValue;
    private volatile string? _fault;

    /// <summary>Above all that recovery used: a completion cannot be taken for another's.</summary>
    private const ulong FirstRequestId = 1UL << 32;

    /// <summary>A pump over a journal that <paramref name="opening"/> has recovered.</summary>
    public Journal(JournalOpening opening, IDisk disk, JournalOptions options, JournalMailboxes mailboxes)
    {
        var recovered = opening.Result;
        Check.That(recovered is not null);
        _disk = disk;
        _options = options;
        _mailboxes = mailboxes;
        _segments = new SegmentSupply(disk, options, recovered);
        _index = recovered.Index;
        _reader = new JournalReader(disk, options.Salt, _index);
        _write = new WriteBuffer(options.Salt);
        _write.Continue(recovered.Chain, recovered.HostChain);
        _lastNumber = recovered.Report.LastNumber;
        _syncedUpTo = _lastNumber;
        _reports = new JournalReports(mailboxes.Events, _syncedUpTo);
        _mark = recovered.Mark;
        _carry = recovered.Carry.ToArray();
        _carryLength = _carry.Length;
        _trimmer = new SegmentTrimmer(
            disk, options.SpaceRetryEvery, recovered.OlderSegments, recovered.PresentRange, recovered.OldestNeeded);
        Report = recovered.Report;
    }

    /// <summary>What recovery did.</summary>
    public RecoveryReport Report { get; }

    /// <summary>Why the journal has stopped for good and what to do, or null. May be read from any thread.</summary>
    public string? Fault => _fault;

    /// <summary>Why the next segment cannot be made, while that lasts, or null. May be read from any thread.</summary>
    public string? NoSpace => _segments.NoSpace;

    /// <summary>
    /// Since when the oldest record that is not yet persisted waits here, or <see cref="Instant.Never"/>: a disk that
    /// stalls shows here. May be read from any thread, also while the journal's own thread sits in a sync.
    /// </summary>
    public Instant OldestUnsyncedSince => new(Volatile.Read(ref _oldestUnsyncedNanoseconds));

    /// <summary>How many segments there are. May be read from any thread, approximate.</summary>
    public int Segments => _trimmer.Segments;

    /// <summary>Segments removed since the start. May be read from any thread, approximate.</summary>
    public long SegmentsRemoved => _trimmer.Removed;

    /// <summary>Recovers and opens a journal on a disk that needs no scheduler.</summary>
    /// <param name="disk">The journal's own handle on the data directory.</param>
    /// <param name="options">Limits.</param>
    /// <param name="visitor">The host, which sees every record.</param>
    /// <param name="mailboxes">The queues to and from the core.</param>
    /// <param name="wait">Called while a completion is awaited; may give the processor away.</param>
    /// <exception cref="JournalRefusedException">The journal is damaged, or the disk failed.</exception>
    public static Journal Open(
        IDisk disk, JournalOptions options, IRecordVisitor visitor, JournalMailboxes mailboxes, Action wait)
    {
        var opening = new JournalOpening(disk, options, visitor);
        while (!opening.Step())
        {
            wait();
        }
        return new Journal(opening, disk, options, mailboxes);
    }

    /// <summary>Does all that can be done now.</summary>
    /// <param name="now">The present instant.</param>
    /// <returns>
    /// When it wants the next turn, if nothing is posted and no completion arrives before; <paramref name="now"/>
    /// itself when it has more to do at once.
    /// </returns>
    public Instant Turn(Instant now)
    {
        for (var round = 0; round < RoundsPerTurnMax; round++)
        {
            TakeCompletions(now);
            _reports.Post(_syncedUpTo, _segments.NoSpace, _fault);
            if (_fault is not null)
            {
                DropBatches();
                return _reports.AllPosted ? Instant.Never : now + EventRetryEvery;
            }
            var wrote = !WriteIsUnderWay
                && (StartMark(now, SegmentMarkDue) || StartWrite(now) || StartMark(now, IdleMarkDue));
            _segments.Turn(now, _held is not null && !WriteIsUnderWay, ref _lastRequestId);
            _trimmer.Turn(now, ref _lastRequestId);
            if (!AnswerRead() && !wrote)
            {
                return NextTurn(now);
            }
        }
        return now;
    }

    private bool WriteIsUnderWay => _writeId != 0 || _markId != 0;

    private void TakeCompletions(Instant now)
    {
        while (_disk.TryTakeCompletion(out var completion))
        {
            if (_fault is not null)
            {
                continue; // whatever it says, nothing is persisted any more
            }
            if (_segments.Owns(completion))
            {
                if (_segments.Complete(completion, now) is { } error)
                {
                    SetFault("The next journal segment could not be made", error);
                }
            }
            else if (_trimmer.Owns(completion))
            {
                _trimmer.Complete(completion, now);
            }
            else
            {
                CompleteWrite(completion, now);
            }
        }
    }

    private void CompleteWrite(in DiskCompletion completion, Instant now)
    {
        Check.That(completion.Id != 0 && (completion.Id == _writeId || completion.Id == _markId));
        if (completion.Error is not null)
        {
            var what = completion.Id == _writeId
                ? "A write or sync of the journal failed"
                : "A write or sync of the journal's mark failed";
            SetFault(what, completion.Error);
            return;
        }
        if (completion.Id == _markId)
        {
            _markId = 0;
            _mark = _markUnderWay;
            _trimmer.OpeningIsSafe(_mark.Segment);
            return;
        }
        _writeId = 0;
        _syncedUpTo = _write.LastNumber; // exactly what was written: a later batch has its own completion
        _write.MoveInto(_index);
        _reports.Took(completion.Took);
        _idleSince = now;
        SetOldestUnsynced(_held is null ? Instant.Never : _heldSince);
    }

    private bool StartWrite(Instant now)
    {
        if (!TakeBatch(now))
        {
            return false;
        }
        SetOldestUnsynced(_heldSince);
        var present = _segments.Present;
        if (!FitsBehind(0, present.Room, present.Alignment))
        {
            if (!_segments.NextIsReady)
            {
                return false; // it is being made, or there is no space: the batch waits
            }
            _segments.Enter();
            present = _segments.Present;
            _trimmer.Enter(present.Number);
            _write.Begin(present.Number, 0, present.Alignment);
            _write.AppendOpening(_syncedUpTo, _trimmer.OldestNeeded, _carry.AsSpan(0, _carryLength));
        }
        else
        {
            _write.Begin(present.Number, present.Position, present.Alignment);
        }
        do
        {
            CopyHeld();
        }
        while (TakeBatch(now)
            && _write.Length + _held!.SizeInBytes <= _options.WriteBytesMax
            && FitsBehind(_write.Length, present.Room, present.Alignment));
        var bytes = _write.Finish(_syncedUpTo);
        _segments.Advance(bytes.Length);
        _trimmer.Wrote(_write.LastNumber, _write.HighestKey);
        _writeId = ++_lastRequestId;
        _disk.Submit(new DiskRequest(
            _writeId, DiskOperation.WriteAndSync, _segments.PresentName, _write.Offset, bytes, 0));
        return true;
    }

    private bool TakeBatch(Instant now)
    {
        while (_held is null && _mailboxes.Batches.TryTake(out var batch))
        {
            if (batch.Count == 0)
            {
                KeepCarry(batch);
                GiveBack(batch);
                continue;
            }
            Check.That(batch.FirstNumber == _lastNumber + 1);
            _lastNumber = batch.LastNumber;
            _held = batch;
            _heldSince = now;
        }
        return _held is not null;
    }

    private bool FitsBehind(int before, long room, int alignment) =>
        WriteBuffer.RoundUp(before + _held!.SizeInBytes, alignment) <= room;

    private void CopyHeld()
    {
        var batch = _held!;
        _held = null;
        _write.Append(batch.Bytes);
        KeepCarry(batch);
        GiveBack(batch);
    }

    private void KeepCarry(JournalBatch batch)
    {
        if (batch.HasCarry)
        {
            _carry = _carry.Length < batch.Carry.Length ? new byte[batch.Carry.Length] : _carry;
            batch.Carry.CopyTo(_carry);
            _carryLength = batch.Carry.Length;
            _trimmer.LetGo(batch.LetGoUpTo);
            _index.Drop(batch.LetGoGroup, batch.LetGoUpTo);
        }
    }

    private void GiveBack(JournalBatch batch)
    {
        batch.Clear();
        _mailboxes.Spent.TryPost(batch); // a full pool leaves it to the collector
    }

    /// <summary>
    /// The mark of its own, when the journal is idle; and at once in a new segment, whose loss nothing else would show.
    /// </summary>
    private bool StartMark(Instant now, Instant due)
    {
        if (now < due || due == Instant.Never)
        {
            return false;
        }
        _markUnderWay = new MarkSector(_mark.Sequence + 1, _syncedUpTo, _segments.Present.Number);
        _markUnderWay.WriteTo(_markSector);
        _markId = ++_lastRequestId;
        _disk.Submit(new DiskRequest(
            _markId, DiskOperation.WriteAndSync, SegmentName.MarkFile, _markUnderWay.Offset, _markSector, 0));
        return true;
    }

    private Instant SegmentMarkDue =>
        _mark.Segment < _segments.Present.Number ? new Instant(long.MinValue) : Instant.Never;

    private Instant IdleMarkDue =>
        _mark.SyncedUpTo < _syncedUpTo ? _idleSince + _options.IdleBeforeMark : Instant.Never;

    private bool AnswerRead()
    {
        if (!_reports.AllPosted || !_mailboxes.Reads.TryTake(out var request))
        {
            return false;
        }
        _reports.Add(_reader.Answer(request));
        return true;
    }

    private void DropBatches()
    {
        if (_held is not null)
        {
            GiveBack(_held);
            _held = null;
        }
        while (_mailboxes.Batches.TryTake(out var batch))
        {
            GiveBack(batch); // never to be persisted; its owner learns it from the fault
        }
    }

    private void SetFault(string what, string error)
    {
        var present = _segments.Present;
        _fault = string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {error} (segment {present.Number}, before offset {present.Position}). "
            + $"Records up to {_syncedUpTo} are safe; nothing after them was or will be answered, and the write is not "
            + $"tried again: after a failed sync, what reads back may not be on the medium. Check the disk and start "
            + $"the node again; if the disk is bad, replace the member.");
    }

    private void SetOldestUnsynced(Instant since) =>
        Volatile.Write(ref _oldestUnsyncedNanoseconds, since.Nanoseconds);

    private Instant NextTurn(Instant now)
    {
        var next = _segments.NextTurn(now);
        next = Instant.Min(next, _trimmer.NextTurn(now));
        next = _reports.AllPosted ? next : Instant.Min(next, now + EventRetryEvery);
        return WriteIsUnderWay ? next : Instant.Min(next, IdleMarkDue);
    }
}
