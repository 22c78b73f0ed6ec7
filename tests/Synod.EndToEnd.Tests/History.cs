using System.Collections.Concurrent;
using System.Diagnostics;

namespace Synod.EndToEnd.Tests;

/// <summary>How a write ended, as its client was told.</summary>
internal enum WriteEnd
{
    Done,
    NotDone,
    Unknown,
}

/// <summary>One write of a unique value.</summary>
/// <param name="Key">Where to.</param>
/// <param name="Value">What; no other write has the same.</param>
/// <param name="Started">When it was sent.</param>
/// <param name="Ended">When its end was known.</param>
/// <param name="End">How it ended.</param>
/// <param name="Revision">The revision it was given, if it was done.</param>
internal sealed record RecordedWrite(string Key, string Value, long Started, long Ended, WriteEnd End, long Revision);

/// <summary>One linearizable read.</summary>
/// <param name="Key">Of what.</param>
/// <param name="Started">When it was sent.</param>
/// <param name="Ended">When it was answered.</param>
/// <param name="Value">What was there; null for nothing.</param>
/// <param name="ModRevision">The revision of the write that the value came from.</param>
/// <param name="Revision">The store's revision that the answer shows.</param>
internal sealed record RecordedRead(string Key, long Started, long Ended, string? Value, long ModRevision, long Revision);

/// <summary>One event of the store's own history.</summary>
internal sealed record StoreEvent(string Key, string Value, long Revision);

/// <summary>What clients saw, held against the history that the store tells afterwards, by revision.</summary>
internal sealed class History
{
    private readonly ConcurrentQueue<RecordedWrite> _writes = new();
    private readonly ConcurrentQueue<RecordedRead> _reads = new();

    public static long Now => Stopwatch.GetTimestamp();

    public IReadOnlyCollection<RecordedWrite> Writes => _writes;

    public IReadOnlyCollection<RecordedRead> Reads => _reads;

    public int DoneCount => _writes.Count(write => write.End == WriteEnd.Done);

    /// <summary>Waits until more writes were acknowledged.</summary>
    public Task WaitForMoreAsync(string when, int count = 50)
    {
        var done = DoneCount;
        return TestCluster.WaitAsync($"writes are done {when}", () => Task.FromResult(DoneCount > done + count));
    }

    public void Add(RecordedWrite write) => _writes.Enqueue(write);

    public void Add(RecordedRead read) => _reads.Enqueue(read);

    /// <summary>Everything that is wrong, a line each.</summary>
    public IReadOnlyList<string> Judge(IReadOnlyList<StoreEvent> events) =>
        [.. LostOrMoved(events), .. Doubled(events), .. Impossible(events), .. StaleReads(events), .. OutOfOrder()];

    private IEnumerable<string> LostOrMoved(IReadOnlyList<StoreEvent> events)
    {
        var byValue = events.ToLookup(e => (e.Key, e.Value));
        foreach (var write in _writes.Where(write => write.End == WriteEnd.Done))
        {
            if (!byValue[(write.Key, write.Value)].Any(e => e.Revision == write.Revision))
            {
                yield return $"lost: {write}";
            }
        }
    }

    private static IEnumerable<string> Doubled(IReadOnlyList<StoreEvent> events) =>
        from same in events.GroupBy(e => (e.Key, e.Value))
        where same.Count() > 1
        select $"done {same.Count()} times: {same.Key}";

    private IEnumerable<string> Impossible(IReadOnlyList<StoreEvent> events)
    {
        var byValue = _writes.ToDictionary(write => (write.Key, write.Value));
        foreach (var e in events)
        {
            if (!byValue.TryGetValue((e.Key, e.Value), out var write))
            {
                yield return $"nobody wrote it: {e}";
            }
            else if (write.End == WriteEnd.NotDone)
            {
                yield return $"said to be not done, and there: {e}";
            }
        }
    }

    // A read must show what the history holds at the revision that the read itself names.
    private IEnumerable<string> StaleReads(IReadOnlyList<StoreEvent> events)
    {
        var byKey = events.GroupBy(e => e.Key).ToDictionary(same => same.Key, same => same.OrderBy(e => e.Revision).ToList());
        foreach (var read in _reads)
        {
            var last = LastUpTo(byKey.GetValueOrDefault(read.Key, []), read.Revision);
            if (last?.Value != read.Value || (last?.Revision ?? 0) != read.ModRevision)
            {
                yield return $"the history has {last} there: {read}";
            }
        }
    }

    /// <summary>The last event at or below a revision, of events in order; null if there is none.</summary>
    private static StoreEvent? LastUpTo(List<StoreEvent> events, long revision)
    {
        var (from, to) = (0, events.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = events[middle].Revision <= revision ? (middle + 1, to) : (from, middle);
        }
        return from == 0 ? null : events[from - 1];
    }

    // Real time: what began after something else had ended has a revision that is not before it.
    private IEnumerable<string> OutOfOrder()
    {
        var ends = _writes.Where(write => write.End == WriteEnd.Done).Select(write => (write.Ended, write.Revision))
            .Concat(_reads.Select(read => (read.Ended, read.Revision))).Order().ToList();
        var starts = _writes.Where(write => write.End == WriteEnd.Done)
            .Select(write => (write.Started, Least: write.Revision - 1, What: (object)write))
            .Concat(_reads.Select(read => (read.Started, Least: read.Revision, What: (object)read)))
            .OrderBy(start => start.Started);
        var next = 0;
        long highest = 0;
        foreach (var (started, least, what) in starts)
        {
            while (next < ends.Count && ends[next].Ended < started)
            {
                highest = Math.Max(highest, ends[next++].Revision);
            }
            if (least < highest)
            {
                yield return $"revision {highest} was known before it began: {what}";
            }
        }
    }
}
