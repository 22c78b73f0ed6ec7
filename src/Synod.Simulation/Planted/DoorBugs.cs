namespace Synod.Simulation;

/// <summary>Mistakes that a door, or a client library, could make.</summary>
internal sealed record DoorBugs
{
    /// <summary>Linearizable reads are served from what the node has.</summary>
    public bool ReadsLocally { get; init; }

    /// <summary>Writes are asked a second time without being asked to.</summary>
    public bool RetriesUnasked { get; init; }

    /// <summary>"Not done" where nobody knows.</summary>
    public bool GuessesNotDone { get; init; }

    /// <summary>"Done" where nobody knows.</summary>
    public bool GuessesDone { get; init; }
}
