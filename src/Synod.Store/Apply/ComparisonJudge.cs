namespace Synod.Store;

/// <summary>Judges comparisons of transactions.</summary>
internal static class ComparisonJudge
{
    /// <summary>Whether every key of the interval stands to the operand as the comparison wants.</summary>
    public static bool Holds(KeySpace space, in Comparison comparison)
    {
        var interval = new KeyInterval(comparison.Key, comparison.RangeEnd);
        bool any = false;
        if (interval.IsPoint)
        {
            uint number = space.FindNow(comparison.Key);
            any = number != 0;
            if (any && !Holds(space, in comparison, in space.Versions[number]))
            {
                return false;
            }
        }
        else if (!interval.IsEmpty)
        {
            var walk = new IntervalWalk(space, interval, long.MaxValue);
            while (walk.Next(out uint number))
            {
                any = true;
                if (!Holds(space, in comparison, in space.Versions[number]))
                {
                    return false;
                }
            }
        }
        // No key at all is like one full of zeros; but no value is like no other value, not even in being unlike it.
        return any || (comparison.Target != ComparisonTarget.Value && Holds(space, in comparison, default));
    }

    private static bool Holds(KeySpace space, in Comparison comparison, in VersionRecord record)
    {
        int order = comparison.Target switch
        {
            ComparisonTarget.Version => record.Version.CompareTo(comparison.Number),
            ComparisonTarget.CreateRevision => record.CreateRevision.CompareTo(comparison.Number),
            ComparisonTarget.ModRevision => record.ModRevision.CompareTo(comparison.Number),
            ComparisonTarget.Lease => record.Lease.CompareTo(comparison.Number),
            _ => space.Bytes[record.Value].SequenceCompareTo(comparison.Value),
        };
        return comparison.Result switch
        {
            ComparisonResult.Equal => order == 0,
            ComparisonResult.NotEqual => order != 0,
            ComparisonResult.Greater => order > 0,
            _ => order < 0,
        };
    }
}
