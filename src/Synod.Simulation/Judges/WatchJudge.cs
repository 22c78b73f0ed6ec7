namespace Synod.Simulation;

/// <summary>A watcher was told that what it wants is forgotten.</summary>
/// <param name="Who">Which.</param>
/// <param name="Range">What it wants.</param>
/// <param name="Next">From which revision on.</param>
/// <param name="Compacted">What it was told.</param>
/// <param name="LiveUpTo">If it gets events as they happen: the node's revision before the turn; else 0.</param>
internal readonly record struct WatchCut(string Who, WatchedRange Range, long Next, long Compacted, long LiveUpTo);

/// <summary>
/// A watcher that claims to know a stretch of history knows exactly what was chosen in it, in its order: nothing is
/// missing, nothing is there twice. And it is told that something is forgotten only if it is.
/// </summary>
internal sealed class WatchJudge(Verdicts verdicts, Chronicle chronicle)
{
    private readonly List<WatchCut> _compactions = [];

    /// <summary>Events that were judged.</summary>
    public long Events { get; private set; }

    /// <summary>How often somebody was told that what it wants is forgotten.</summary>
    public int Compactions => _compactions.Count;

    /// <summary>A watcher was told that what it wants is forgotten.</summary>
    public void Compacted(WatchCut cut) => _compactions.Add(cut);

    public void Close(IReadOnlyList<SimulatedWatcher> watchers)
    {
        foreach (var cut in _compactions)
        {
            if (cut.Next >= cut.Compacted || cut.Compacted > chronicle.CompactedRevision || HadKeptUp(cut))
            {
                verdicts.Add("watches", $"was told that all is forgotten below {cut.Compacted}: {cut}");
            }
        }
        foreach (var watcher in watchers)
        {
            foreach (var segment in watcher.Segments)
            {
                Judge(watcher, segment);
            }
        }
    }

    /// <summary>Before the turn that cut it nothing was owed to it, and the turn could have given it the rest first.</summary>
    private bool HadKeptUp(WatchCut cut)
    {
        if (cut.LiveUpTo == 0)
        {
            return false;
        }
        for (var place = chronicle.Find(cut.Next); place < chronicle.Events.Count; place++)
        {
            if (chronicle.Events[place].Revision > cut.LiveUpTo)
            {
                break;
            }
            if (cut.Range.Contains(chronicle.Events[place].Key))
            {
                return false;
            }
        }
        return true;
    }

    private void Judge(SimulatedWatcher watcher, WatchSegment segment)
    {
        var who = $"watcher {watcher.Number} ({watcher.Range.Name}), who knows {segment.From} to {segment.Covered},";
        var taken = 0;
        for (var place = chronicle.Find(segment.From); place < chronicle.Events.Count; place++)
        {
            var chosen = chronicle.Events[place];
            if (chosen.Revision > segment.Covered)
            {
                break;
            }
            if (!watcher.Range.Contains(chosen.Key))
            {
                continue;
            }
            var got = taken < segment.Events.Count ? segment.Events[taken] : default;
            var isSame = (got.Revision, got.Key, got.Number, got.IsDelete) ==
                (chosen.Revision, chosen.Key, chosen.Number, chosen.IsDelete);
            if (!isSame || (got.Previous != 0 && got.Previous != chosen.Previous))
            {
                verdicts.Add("watches", $"{who} has {got} where {chosen} was chosen");
                return;
            }
            taken++;
        }
        Events += taken;
        if (taken < segment.Events.Count && segment.Events[taken].Revision <= chronicle.Revision)
        {
            verdicts.Add("watches", $"{who} has {segment.Events[taken]}, and no such thing was chosen");
        }
    }
}
