using System.Globalization;
using Synod.Storage.Format;

namespace Synod.Storage.Recovery;

/// <summary>Reads all that can be read, shows it to the host, and gathers the facts for the decision.</summary>
internal sealed class JournalWalk(
    RecordCursor cursor, SegmentSurvey survey, MarkCopies markCopies, in MarkSector mark, PositionIndex index)
{
    private readonly MarkSector _mark = mark;
    private TailFound _tail = new(true, 0);
    private readonly List<ulong> _blank = [];
    private readonly List<SegmentRange> _ranges = [];
    private string _place = "";

    /// <summary>Number of the last record that can be read.</summary>
    internal ulong LastNumber { get; private set; }

    /// <summary>The highest mark found anywhere: all up to here were synced.</summary>
    internal ulong SyncedUpTo { get; private set; } = mark.SyncedUpTo;

    /// <summary>
    /// All behind this is to be written anew: what stands above the mark, and the whole youngest segment when nothing
    /// says that its opening was synced. The fresh segment then takes its place, and does not lean on it.
    /// </summary>
    internal ulong SafeUpTo => survey.Opened.Count == 0 || OpeningIsSynced
        ? SyncedUpTo
        : Math.Min(SyncedUpTo, survey.Opened[^1].Header.Number);

    /// <summary>Checksum of the last record, opening or not.</summary>
    internal uint Chain { get; private set; }

    /// <summary>Checksum of the last host record.</summary>
    internal uint HostChain { get; private set; }

    /// <summary>Where the youngest segment's records end.</summary>
    internal long End { get; private set; }

    /// <summary>The youngest segment's alignment.</summary>
    internal int Alignment { get; private set; } = 1;

    /// <summary>No segment is missing between the oldest needed record and the last.</summary>
    internal bool Continuous { get; private set; } = true;

    /// <summary>What each segment holds, oldest first.</summary>
    internal IReadOnlyList<SegmentRange> Ranges => _ranges;

    /// <summary>How many records were shown to the host.</summary>
    internal ulong Visited { get; private set; }

    /// <summary>Nothing was ever written to this segment, which comes after all that are in use.</summary>
    internal bool IsBlank(ulong segment) => _blank.Contains(segment);

    internal bool TailIsBlank => _tail.IsBlank;

    /// <summary>
    /// The mark names the youngest segment, and so its opening was synced. Without that the opening may have been read
    /// from a cache that the next loss of power takes away, with the whole segment.
    /// </summary>
    internal bool OpeningIsSynced => survey.Opened.Count == 0 || _mark.Segment >= survey.Opened[^1].Number;

    internal RecoveryFacts Facts(bool mustExist) => new(
        mustExist, markCopies, survey.Opened.Count > 0, Continuous,
        LastNumber < SyncedUpTo ? MarkDistance.Short
            : LastNumber == SyncedUpTo && OpeningIsSynced ? MarkDistance.Exact
            : MarkDistance.Beyond,
        TailIsBlank);

    /// <summary>Where reading ended, in words.</summary>
    internal string Place => _place;

    internal void ReadAll(IRecordVisitor visitor)
    {
        var opened = survey.Opened;
        if (opened.Count == 0)
        {
            return;
        }
        var youngest = opened[^1];
        cursor.Open(youngest.Name, youngest.Number);
        visitor.VisitCarry(cursor.Payload);
        var first = FirstNeeded(opened, youngest.Header.Key);
        LastNumber = opened[first].Header.Number;
        HostChain = opened[first].Header.Chain;
        if (_mark.Segment > youngest.Number)
        {
            Continuous = false;
            _place = string.Create(
                CultureInfo.InvariantCulture,
                $"segment {_mark.Segment} (file {SegmentName.Of(_mark.Segment)}) was the last in use and cannot be opened");
        }
        if (LastNumber >= youngest.Header.Key)
        {
            MissOldest(opened[first], youngest.Header.Key);
            return;
        }
        for (var i = first; i < opened.Count; i++)
        {
            ReadSegment(opened[i], i + 1 < opened.Count ? opened[i + 1].Header.Number : ulong.MaxValue, visitor);
        }
    }

    /// <summary>Looks at everything behind the last record.</summary>
    internal void ScanTail(TailScan scan)
    {
        var youngest = survey.Opened.Count > 0 ? survey.Opened[^1].Number : 0;
        if (youngest > 0)
        {
            _tail = scan.Scan(survey.Opened[^1].Name, youngest, End);
        }
        foreach (var segment in survey.Unopened)
        {
            if (segment.Number > youngest)
            {
                var found = scan.Scan(segment.Name, segment.Number, 0);
                _tail = _tail.And(found);
                if (found.IsBlank)
                {
                    _blank.Add(segment.Number);
                }
            }
        }
        SyncedUpTo = Math.Max(SyncedUpTo, _tail.SyncedUpTo);
    }

    /// <summary>
    /// Passes over segments whose records are all older than the oldest needed one: they were to be removed, and nobody
    /// asks whether they are still whole.
    /// </summary>
    private int FirstNeeded(List<SegmentFound> opened, ulong oldestNeeded)
    {
        var first = 0;
        for (; first + 1 < opened.Count && opened[first + 1].Header.Number < oldestNeeded; first++)
        {
            _ranges.Add(new SegmentRange(opened[first].Number, opened[first + 1].Header.Number, 0));
        }
        return first;
    }

    private void ReadSegment(in SegmentFound segment, ulong upTo, IRecordVisitor visitor)
    {
        cursor.Open(segment.Name, segment.Number);
        if (segment.Header.Number != LastNumber || segment.Header.Chain != HostChain)
        {
            Miss(segment);
            return;
        }
        Mark(Math.Max(segment.Header.Number, segment.Header.SyncedUpTo));
        var state = RecordState.Intact;
        var highestKey = 0UL;
        while (cursor.Number < upTo && (state = cursor.Next()) == RecordState.Intact)
        {
            var header = cursor.Header;
            Mark(header.SyncedUpTo);
            LastNumber = header.Number;
            HostChain = cursor.Chain;
            if (header.Key != 0)
            {
                highestKey = Math.Max(highestKey, header.Key);
                index.Set(header.Group, header.Key, segment.Number, cursor.Start);
            }
            Visited++;
            visitor.Visit(
                new JournalRecord(header.Number, header.Group, header.Stream, header.Configuration, header.Key),
                cursor.Payload);
        }
        _ranges.Add(new SegmentRange(segment.Number, LastNumber, highestKey));
        Chain = cursor.Chain;
        End = cursor.Position;
        Alignment = cursor.Alignment;
        Describe(segment, state);
    }

    private void Mark(ulong syncedUpTo) => SyncedUpTo = Math.Max(SyncedUpTo, syncedUpTo);

    private void Miss(in SegmentFound segment)
    {
        if (Continuous)
        {
            Continuous = false;
            SyncedUpTo = Math.Max(SyncedUpTo, segment.Header.Number);
            _place = string.Create(
                CultureInfo.InvariantCulture,
                $"{_place}{(_place.Length > 0 ? "; " : "")}segment {segment.Number} goes on after record "
                + $"{segment.Header.Number}");
        }
    }

    /// <summary>What follows the gap is not shown to the host, which could make nothing of it.</summary>
    private void MissOldest(in SegmentFound found, ulong oldestNeeded)
    {
        Continuous = false;
        Mark(found.Header.Number);
        LastNumber = oldestNeeded - 1;
        _place = string.Create(
            CultureInfo.InvariantCulture,
            $"the oldest is segment {found.Number} (file {found.Name}), which goes on after record "
            + $"{found.Header.Number}");
    }

    private void Describe(in SegmentFound segment, RecordState state)
    {
        if (Continuous)
        {
            var damaged = cursor.Header;
            var what = state == RecordState.PayloadDamaged
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $" (its header names record {damaged.Number}, group {damaged.Group}, stream {damaged.Stream}, "
                    + $"key {damaged.Key})")
                : "";
            _place = string.Create(
                CultureInfo.InvariantCulture,
                $"segment {segment.Number} (file {segment.Name}) reads up to offset {cursor.Position}, "
                + $"record {LastNumber}{what}");
        }
    }
}
