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
public sealed partial class Journal
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

    private bool AnswerRead()
    {
        if (!_reports.AllPosted || !_mailboxes.Reads.TryTake(out var request))
        {
            return false;
        }
        _reports.Add(_reader.Answer(request));
        return true;
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
