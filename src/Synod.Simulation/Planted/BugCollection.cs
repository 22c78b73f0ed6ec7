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
    ];

    private static PlantedBug Door(string name, string what, int within, DoorBugs bugs) =>
        new(name, what, within, o => o with { Doors = bugs }, static _ => { });
}
