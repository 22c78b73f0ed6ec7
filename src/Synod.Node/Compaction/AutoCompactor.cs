using Synod.Paxos;
using Synod.Ports;
using Synod.Store;

namespace Synod.Node;

/// <summary>
/// Proposes compactions, on the leader only, as commands like any client's: so all members forget the same. Every member
/// keeps the diary of revisions that compaction by time needs, so that a new leader knows what the old one knew.
/// </summary>
internal sealed class AutoCompactor(CompactionOptions options, Action<WriteRequest> submit)
{
    /// <summary>The diary has so many entries in one period: that is how exact "an hour ago" is.</summary>
    private const int EntriesPerPeriod = 20;

    /// <summary>A tenth more than is to be kept is let gather, so that compactions are few.</summary>
    private const int SlackDivisor = 10;

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

    private readonly record struct Entry(Instant At, long Revision);

    private readonly Queue<Entry> _diary = new();
    private Instant _nextEntry;
    private Instant _nextTry;
    private volatile bool _isUnderWay;

    /// <summary>Once a turn of the apply actor.</summary>
    /// <param name="now">The instant of the turn.</param>
    /// <param name="leads">This node leads.</param>
    /// <param name="store">The store.</param>
    public void Turn(Instant now, bool leads, OrderedStore store)
    {
        var target = Target(now, store);
        if (!leads || _isUnderWay || now < _nextTry || target <= Math.Max(store.CompactedRevision, 0))
        {
            return;
        }
        _isUnderWay = true;
        _nextTry = now + TryAgainAfter;
        submit(new Compaction(target, this));
    }

    /// <summary>The revision to compact at, or 0 when there is nothing to do yet.</summary>
    private long Target(Instant now, OrderedStore store)
    {
        var revision = store.CurrentRevision;
        if (options.Revisions > 0)
        {
            var kept = revision - Math.Max(store.CompactedRevision, 0);
            return kept > options.Revisions + (options.Revisions / SlackDivisor) ? revision - options.Revisions : 0;
        }
        if (options.Period <= TimeSpan.Zero)
        {
            return 0;
        }
        if (now >= _nextEntry)
        {
            _nextEntry = now + (options.Period / EntriesPerPeriod);
            _diary.Enqueue(new Entry(now, revision));
        }
        var target = 0L;
        while (_diary.TryPeek(out var oldest) && now - oldest.At >= options.Period)
        {
            // Kept until a later one is old enough, too: leadership may come, or a proposal be lost, meanwhile.
            target = oldest.Revision;
            if (_diary.Count < 2 || now - _diary.ElementAt(1).At < options.Period)
            {
                break;
            }
            _diary.Dequeue();
        }
        return target > 1 ? target : 0;
    }

    private static byte[] CommandFor(long revision)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new CommandWriter(bytes);
        writer.Begin();
        writer.Compact(revision);
        return bytes.WrittenSpan.ToArray();
    }

    private sealed class Compaction(long revision, AutoCompactor owner) : WriteRequest(CommandFor(revision))
    {
        // Done, or somebody was quicker: either way the store says where it stands.
        public override void Applied(Outcome outcome, OrderedStore store) => owner._isUnderWay = false;

        public override void Fail(Failure failure) => owner._isUnderWay = false;
    }
}
