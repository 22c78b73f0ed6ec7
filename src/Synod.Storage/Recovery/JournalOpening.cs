using Synod.Paxos;
using Synod.Ports;
using Synod.Storage.Format;

namespace Synod.Storage.Recovery;

/// <summary>
/// Recovery as a pump: it reads, decides by <see cref="RecoveryTable"/>, and carries the decision out. Until it is done
/// nothing may be answered; a crash in the middle of it leaves what a later recovery understands.
/// </summary>
/// <remarks>
/// What stands above the mark was perhaps read from a cache whose sync had failed or never happened (Rebello et al.,
/// Can Applications Recover from fsync Failures?, ATC'20): it is copied into a fresh segment. The copies are synced
/// before the segment's opening is written, and count only with it; so the old ones stay valid until the new ones are
/// safe.
/// </remarks>
public sealed class JournalOpening
{
    private readonly IDisk _disk;
    private readonly JournalOptions _options;
    private readonly IRecordVisitor _visitor;
    private readonly RecordCursor _cursor;
    private readonly SegmentReader _reader;
    private readonly PositionIndex _index = new();
    private readonly IEnumerator<DiskRequest> _requests;
    private SegmentSurvey _survey = null!;
    private JournalWalk _walk = null!;
    private MarkCopies _markCopies;
    private MarkSector _mark;
    private SegmentPlace _present;
    private SegmentRange _presentRange;
    private List<SegmentRange> _older = [];
    private uint _chain;
    private uint _hostChain;
    private ulong _requestId;
    private ulong _awaited;

    /// <summary>Prepares recovery; nothing is read before the first step.</summary>
    public JournalOpening(IDisk disk, JournalOptions options, IRecordVisitor visitor)
    {
        options.Validate();
        _disk = disk;
        _options = options;
        _visitor = visitor;
        _reader = new SegmentReader(disk);
        _cursor = new RecordCursor(_reader, options.Salt);
        _requests = Run().GetEnumerator();
    }

    internal RecoveredJournal? Result { get; private set; }

    /// <summary>What was done; null until the last step.</summary>
    public RecoveryReport? Report => Result?.Report;

    /// <summary>Goes as far as it can without waiting for the disk.</summary>
    /// <returns>True when the journal is open; false when a completion is awaited.</returns>
    /// <exception cref="JournalRefusedException">The journal is damaged, or the disk failed.</exception>
    public bool Step()
    {
        try
        {
            while (Result is null && AwaitedIsDone())
            {
                if (_requests.MoveNext())
                {
                    _awaited = _requests.Current.Id;
                    _disk.Submit(_requests.Current);
                }
            }
            return Result is not null;
        }
        catch (IOException e)
        {
            throw RefusalText.Failed("a file could not be read", e.Message);
        }
    }

    private bool AwaitedIsDone()
    {
        if (_awaited == 0)
        {
            return true;
        }
        if (!_disk.TryTakeCompletion(out var completion))
        {
            return false;
        }
        Check.That(completion.Id == _awaited);
        _awaited = 0;
        return completion.Error is null
            ? true
            : throw RefusalText.Failed($"{_requests.Current.Operation} of {_requests.Current.Name}", completion.Error);
    }

    /// <summary>Yields a request wherever it must wait for the disk.</summary>
    private IEnumerable<DiskRequest> Run()
    {
        Read();
        var decision = RecoveryTable.Decide(_walk.Facts(_options.MustExist));
        if (decision > RecoveryDecision.Rewrite)
        {
            throw RefusalText.Of(decision, _walk);
        }
        var carry = _visitor.BuildCarry();
        Check.That(carry.Length <= _options.CarryBytesMax);
        _chain = _walk.Chain;
        _hostChain = _walk.HostChain;
        if (decision == RecoveryDecision.Resume)
        {
            var youngest = _survey.Opened[^1];
            _present = new SegmentPlace(youngest.Number, youngest.Length, _walk.End, _walk.Alignment);
            _presentRange = _walk.Ranges[^1];
            _older = [.. _walk.Ranges.SkipLast(1)];
        }
        else
        {
            foreach (var request in WriteFreshSegment(carry))
            {
                yield return request;
            }
        }
        var spare = default(SegmentPlace);
        foreach (var leftover in _survey.Unopened)
        {
            if (IsSpare(leftover) && spare.Number == 0)
            {
                spare = new SegmentPlace(leftover.Number, leftover.Length, 0, _options.AlignmentBytes);
            }
            else if (leftover.Number != _present.Number)
            {
                yield return Request(DiskOperation.Delete, leftover.Name, 0, default, 0);
            }
        }
        Result = Recovered(decision, carry, spare);
    }

    private void Read()
    {
        var markBytes = new byte[MarkSector.FileBytes];
        var hasMark = _disk.List().Contains(SegmentName.MarkFile);
        var markLength = hasMark ? _disk.Read(SegmentName.MarkFile, 0, markBytes) : 0;
        _markCopies = MarkSector.Read(markBytes.AsSpan(0, markLength), out _mark);
        _survey = new SegmentSurvey(_disk, _cursor);
        if (_survey.OtherFormat)
        {
            throw RefusalText.OtherFormat();
        }
        _walk = new JournalWalk(_cursor, _survey, _markCopies, _mark, _index);
        _walk.ReadAll(_visitor);
        _walk.ScanTail(new TailScan(_reader, _options.Salt));
    }

    private IEnumerable<DiskRequest> WriteFreshSegment(ReadOnlyMemory<byte> carry)
    {
        if (_markCopies == MarkCopies.Absent)
        {
            yield return Request(
                DiskOperation.CreateZeroFilled, SegmentName.MarkFile, 0, default, MarkSector.FileBytes);
        }
        var buffer = new WriteBuffer(_options.Salt);
        var spare = _survey.Unopened.Find(IsSpare);
        var number = spare.Number > 0 ? spare.Number : _survey.Highest + 1;
        var (opening, copies) = Compose(buffer, number, carry.Span);
        var written = opening.Length + copies.Length;
        _present = new SegmentPlace(
            number, Math.Max(_options.SegmentBytes, written), written, _options.AlignmentBytes);
        var name = SegmentName.Of(number);
        if (spare.Number == 0 || spare.Length != _present.Length)
        {
            yield return Request(DiskOperation.CreateZeroFilled, name, 0, default, _present.Length);
        }
        if (copies.Length > 0)
        {
            yield return Request(DiskOperation.WriteAndSync, name, opening.Length, copies, 0);
        }
        yield return Request(DiskOperation.WriteAndSync, name, 0, opening, 0); // from here on the copies count
        // Of the segment that it takes over from, only what stands up to the opening's number counts any more.
        _older = [.. _walk.Ranges.Select(r => r with { LastNumber = Math.Min(r.LastNumber, _walk.SafeUpTo) })];
        _presentRange = new SegmentRange(number, _walk.LastNumber, buffer.HighestKey);
        buffer.MoveInto(_index);
        _chain = buffer.Chain;
        _hostChain = buffer.HostChain;
        // The mark names the fresh segment, so that its loss would be noticed.
        _mark = new MarkSector(_mark.Sequence + 1, _walk.LastNumber, number);
        var sector = new byte[MarkSector.SectorBytes];
        _mark.WriteTo(sector);
        yield return Request(DiskOperation.WriteAndSync, SegmentName.MarkFile, _mark.Offset, sector, 0);
    }

    /// <summary>The fresh segment's opening, and copies of the records above the mark.</summary>
    private (byte[] Opening, ReadOnlyMemory<byte> Copies) Compose(
        WriteBuffer buffer, ulong number, ReadOnlySpan<byte> carry)
    {
        var mark = _walk.SafeUpTo;
        var chain = 0u;
        if (_survey.Opened.Count > 0)
        {
            var youngest = _survey.Opened[^1];
            _cursor.Open(youngest.Name, youngest.Number);
            chain = youngest.Header.Chain;
            while (_cursor.Number < mark)
            {
                Check.That(_cursor.Next() == RecordState.Intact); // it was, a moment ago
                chain = _cursor.Chain;
            }
        }
        buffer.Continue(chain, chain);
        buffer.Begin(number, 0, _options.AlignmentBytes);
        buffer.AppendOpening(mark, OldestNeeded, carry);
        var opening = buffer.Finish(_walk.LastNumber).ToArray();
        buffer.Begin(number, opening.Length, _options.AlignmentBytes);
        while (mark < _walk.LastNumber && _cursor.Number < _walk.LastNumber)
        {
            Check.That(_cursor.Next() == RecordState.Intact);
            buffer.Append(_cursor.Record);
        }
        return (opening, buffer.Length > 0 ? buffer.Finish(mark) : default);
    }

    private ulong OldestNeeded => _survey.Opened.Count > 0 ? _survey.Opened[^1].Header.Key : 1;

    private bool IsSpare(SegmentFound segment) =>
        segment.Number != _present.Number && segment.Length == _options.SegmentBytes && _walk.IsBlank(segment.Number);

    private DiskRequest Request(
        DiskOperation operation, string name, long offset, ReadOnlyMemory<byte> bytes, long length) =>
        new(++_requestId, operation, name, offset, bytes, length);

    private RecoveredJournal Recovered(RecoveryDecision decision, ReadOnlyMemory<byte> carry, in SegmentPlace spare) =>
        new()
        {
            Report = new RecoveryReport(
                decision, _walk.LastNumber, _walk.Visited,
                decision == RecoveryDecision.Rewrite ? _walk.LastNumber - _walk.SafeUpTo : 0,
                decision == RecoveryDecision.Rewrite && !_walk.TailIsBlank, _present.Number),
            Index = _index,
            Mark = _mark,
            Carry = carry.ToArray(),
            Present = _present,
            Spare = spare,
            HighestSegment = Math.Max(_survey.Highest, _present.Number),
            Chain = _chain,
            HostChain = _hostChain,
            OldestNeeded = OldestNeeded,
            OlderSegments = _older,
            PresentRange = _presentRange,
        };
}
