namespace Synod.Simulation;

/// <summary>All planted bugs.</summary>
internal static class BugCollection
{
    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        .. DiskBugs.All(),
        .. NetworkBugs.All(),
        Door("local reads", "linearizable reads are served from what the node has", 20, new DoorBugs { ReadsLocally = true }),
        Door("unasked retry", "a door asks a second time on its own", 20, new DoorBugs { RetriesUnasked = true }),
        Door("guessed failure", "a door says \"not done\" when it does not know", 60, new DoorBugs { GuessesNotDone = true }),
        Door("guessed success", "a door says \"done\" when it does not know", 60, new DoorBugs { GuessesDone = true }),
        Door("lost at the join", "a watch that begins in the past loses the first event after its making", 20, new DoorBugs { LosesAtTheJoin = true }),
        Door("overtaking progress", "watchers are told how far they have come before the events that wait", 60, new DoorBugs { ProgressOvertakes = true }),
        Door("forgotten renewals", "a new leader ends leases that it has not itself seen renewed", 60, new DoorBugs { ForgetsRenewals = true }),
        Door("leaping clock", "a clock leaps by 700 ms when its node begins to lead", 100, new DoorBugs { ClockLeaps = true }),
        Door("slow clocks", "clocks run at two fifths of their speed", 100, new DoorBugs { ClocksAreSlow = true }),
        Door("compaction too far", "compactions go three revisions further than they were asked to", 60, new DoorBugs { CompactsTooMuch = true }),
        Door("visible revision dropped", "what was overwritten after a compaction is gone with what was overwritten before", 60, new DoorBugs { DropsVisible = true }),
    ];

    private static PlantedBug Door(string name, string what, int within, DoorBugs bugs) =>
        new(name, what, within, o => o with { Doors = bugs }, static _ => { });
}
