using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Storage.Format;

namespace Synod.Storage;

/// <summary>What a segment holds, as far as trimming asks.</summary>
/// <param name="Number">Which segment.</param>
/// <param name="LastNumber">Its last record that counts; the next segment goes on after it.</param>
/// <param name="HighestKey">The highest key of any record in it.</param>
internal readonly record struct SegmentRange(ulong Number, ulong LastNumber, ulong HighestKey);

/// <summary>
/// Lets go of old segments. A segment is needed while it holds a key above what the host has let go. Every opening
/// says from which record on segments are needed; only when such an opening is synced, and the mark names its segment,
/// do the ones before that record go, the oldest first. So whatever a crash leaves is a journal without gaps behind
/// some opening that says where it begins; and what the old segments said of promises stands in that opening's carry.
/// </summary>
internal sealed class SegmentTrimmer
{
    private static readonly TimeSpan DeletePollEvery = TimeSpan.FromMilliseconds(1);

    private readonly IDisk _disk;
    private readonly TimeSpan _retryEvery;
    private readonly List<SegmentRange> _older;
    private SegmentRange _present;
    private ulong _unneededUpTo;
    private ulong _durableOldest;
    private ulong _deleteId;
    private Instant _retryAt = new(long.MinValue);

    internal SegmentTrimmer(
        IDisk disk, TimeSpan retryEvery, IEnumerable<SegmentRange> older, in SegmentRange present, ulong oldestNeeded)
    {
        _disk = disk;
        _retryEvery = retryEvery;
        _older = [.. older];
        _present = present;
        OldestNeeded = oldestNeeded;
        _durableOldest = oldestNeeded;
    }

    /// <summary>The lowest record that must stay readable: what the next opening says.</summary>
    internal ulong OldestNeeded { get; private set; }

    /// <summary>How many segments there are, the present one among them.</summary>
    internal int Segments => _older.Count + 1;

    /// <summary>Segments removed so far.</summary>
    internal long Removed { get; private set; }

    /// <summary>
    /// Keys up to here are not needed any more. A host that never lets any key go keeps everything, also segments without
    /// keys.
    /// </summary>
    internal void LetGo(ulong upToKey) => _unneededUpTo = Math.Max(_unneededUpTo, upToKey);

    /// <summary>Records were given to the present segment.</summary>
    internal void Wrote(ulong lastNumber, ulong highestKey) => _present = _present with
    {
        LastNumber = Math.Max(_present.LastNumber, lastNumber),
        HighestKey = Math.Max(_present.HighestKey, highestKey),
    };

    /// <summary>
    /// Another segment becomes the present one; afterwards <see cref="OldestNeeded"/> is what its opening says.
    /// </summary>
    internal void Enter(ulong segment)
    {
        _older.Add(_present);
        foreach (var range in _older)
        {
            if (_unneededUpTo == 0 || range.HighestKey > _unneededUpTo)
            {
                break;
            }
            OldestNeeded = Math.Max(OldestNeeded, range.LastNumber + 1);
        }
        _present = new SegmentRange(segment, _present.LastNumber, 0);
    }

    /// <summary>The mark names this segment: its opening is synced, and its loss would be noticed.</summary>
    internal void OpeningIsSafe(ulong segment)
    {
        if (segment == _present.Number)
        {
            _durableOldest = OldestNeeded;
        }
    }

    /// <summary>Starts to remove the oldest segment, when it may go.</summary>
    internal void Turn(Instant now, ref ulong lastRequestId)
    {
        if (_deleteId == 0 && now >= _retryAt && HasSurplus)
        {
            _deleteId = ++lastRequestId;
            _disk.Submit(new DiskRequest(
                _deleteId, DiskOperation.Delete, SegmentName.Of(_older[0].Number), 0, default, 0));
        }
    }

    internal bool Owns(in DiskCompletion completion) => _deleteId != 0 && completion.Id == _deleteId;

    /// <summary>The end of a removal. One that failed is tried again: nothing depends on it but space.</summary>
    internal void Complete(in DiskCompletion completion, Instant now)
    {
        Check.That(Owns(completion));
        _deleteId = 0;
        if (completion.Error is null)
        {
            _older.RemoveAt(0);
            Removed++;
        }
        else
        {
            _retryAt = now + _retryEvery;
        }
    }

    /// <summary>When it wants a turn.</summary>
    internal Instant NextTurn(Instant now) =>
        _deleteId != 0 ? now + DeletePollEvery : HasSurplus ? _retryAt : Instant.Never;

    private bool HasSurplus => _older.Count > 0 && _older[0].LastNumber < _durableOldest;
}
