namespace Synod.Simulation;

/// <summary>
/// A watcher that claims to know a stretch of history knows exactly what was chosen in it, in its order: nothing is
/// missing, nothing is there twice. And it is told that something is forgotten only if it is.
/// </summary>
internal sealed class WatchJudge(Verdicts verdicts, Chronicle chronicle)
{
    private readonly List<(string Who, long Next, long Compacted)> _compactions = [];

    /// <summary>Events that were judged.</summary>
    public long Events { get; private set; }

    /// <summary>How often somebody was told that what it wants is forgotten.</summary>
    public int Compactions => _compactions.Count;

    /// <summary>A watcher was told that what it wants is forgotten.</summary>
    public void Compacted(string who, long next, long compacted) => _compactions.Add((who, next, compacted));

    public void Close(IReadOnlyList<SimulatedWatcher> watchers)
    {
        foreach (var (who, next, compacted) in _compactions)
        {
            if (next >= compacted || compacted > chronicle.CompactedRevision)
            {
                verdicts.Add("watches", $"{who} wants {next} and was told that it is forgotten below {compacted}");
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
