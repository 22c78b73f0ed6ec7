namespace Synod.Simulation;

/// <summary>
/// The store's revision is one order of all writes, and real time respects it: a write or linearizable read that begins
/// after another was answered has a higher revision, or for reads at least the same; no two writes share one; and what a
/// read finds was written at the revision that it names. Exact, and cheap: no search.
/// </summary>
internal static class RevisionJudge
{
    public static void Judge(Verdicts verdicts, History history)
    {
        var byRevision = new Dictionary<long, Operation>();
        var byNumber = history.Operations.ToDictionary(o => o.Number);
        foreach (var write in history.Operations.Where(o => o.Ending == Ending.Done && o.Changed && o.Revision > 0))
        {
            if (!byRevision.TryAdd(write.Revision, write))
            {
                verdicts.Add("revisions", $"one revision for two writes: {byRevision[write.Revision]} and {write}");
            }
        }
        JudgeRealTime(verdicts, history);
        foreach (var swap in history.Operations.Where(o => o.Kind == OperationKind.Swap && o.Ending == Ending.Done))
        {
            if (!swap.Changed && swap.Found == swap.Expected)
            {
                verdicts.Add("revisions", $"refused though it found what it expected: {swap}");
            }
        }
        foreach (var reader in history.Operations.Where(o => o.Ending == Ending.Done && o.FoundRevision > 0))
        {
            if (!byNumber.TryGetValue(reader.Found, out var writer) || writer.IsRead || !writer.Touches(reader.Key))
            {
                verdicts.Add("revisions", $"found what nobody wrote: {reader}");
            }
            else if (writer.Ending == Ending.NotDone)
            {
                verdicts.Add("revisions", $"{reader} found what was said not to be done: {writer}");
            }
            else if (writer.Ending == Ending.Done && writer.Revision > 0 && writer.Revision != reader.FoundRevision)
            {
                verdicts.Add("revisions", $"{reader} found {writer} at another revision");
            }
            else if (writer.Called > reader.Answered)
            {
                verdicts.Add("revisions", $"{reader} found what was asked for later: {writer}");
            }
        }
    }

    private static void JudgeRealTime(Verdicts verdicts, History history)
    {
        var counted = history.Operations
            .Where(o => o.Ending == Ending.Done && o.Revision > 0 && o.Kind != OperationKind.GetSerializable).ToList();
        var calls = counted.OrderBy(o => o.Called).ToList();
        var answers = counted.OrderBy(o => o.Answered).ToList();
        Operation? highest = null;
        var answered = 0;
        foreach (var call in calls)
        {
            for (; answered < answers.Count && answers[answered].Answered < call.Called; answered++)
            {
                highest = highest is null || answers[answered].Revision > highest.Revision ? answers[answered] : highest;
            }
            var stale = highest is not null &&
                (call.Changed ? call.Revision <= highest.Revision : call.Revision < highest.Revision);
            if (stale)
            {
                verdicts.Add("revisions", $"{call} began after {highest} was answered, and has not seen it");
            }
        }
    }
}
