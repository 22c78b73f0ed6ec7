using Synod.Store;

namespace Synod.Simulation;

/// <summary>A client that reads keys as they were, and makes the cluster forget how they were before.</summary>
internal sealed class Historian(World world, Chance chance) : SideClient(world, chance)
{
    private const int BackMost = 150;

    protected override void Act()
    {
        if (AnyLife() is not { } life)
        {
            Soon();
        }
        else if (World.Options.Load.Compacts && Chance.OneIn(12))
        {
            Compact(life);
        }
        else
        {
            ReadPast(life);
        }
    }

    private void Soon() => Later(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(120));

    /// <summary>A revision that was reached; more often than not a recent one.</summary>
    private long DrawRevision()
    {
        var last = Judges.Chronicle.Revision;
        return Math.Max(1, last - (Chance.OneIn(3) ? Chance.Below(BackMost) : Chance.Below(12)));
    }

    private void Compact(Life life)
    {
        var revision = DrawRevision();
        Judges.Chronicle.CompactionAsked(revision);
        var told = World.Options.Doors.CompactsTooMuch ? revision + 3 : revision;
        Write(life, writer => writer.Compact(told), (outcome, _) =>
        {
            if (outcome is ErrorOutcome { Error: not StoreError.Compacted } error && told == revision)
            {
                Judges.Verdicts.Add("past", $"compaction at {revision}, which was reached, was refused: {error.Error}");
            }
            Soon();
        });
    }

    private void ReadPast(Life life)
    {
        var forgotten = Judges.Chronicle.CompactedRevision;
        // Often right at the border of what is forgotten, where mistakes live.
        var revision = forgotten > 1 && Chance.OneIn(3)
            ? Math.Min(Judges.Chronicle.Revision, forgotten + Chance.Between(-1, 1))
            : DrawRevision();
        var linearizable = Chance.OneIn(2);
        var key = Chance.OneIn(3) ? -1 : Chance.Below(World.Options.Keys);
        Read(life, linearizable, store => Judges.Past.Read(life, store, revision, key, linearizable), Soon);
    }
}
