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

    /// <summary>Watches that begin in the past lose the first event after that.</summary>
    public bool LosesAtTheJoin { get; init; }

    /// <summary>Progress is told at once, events when it is their turn.</summary>
    public bool ProgressOvertakes { get; init; }

    /// <summary>A new leader's door ends leases that it has not seen renewed.</summary>
    public bool ForgetsRenewals { get; init; }

    /// <summary>A clock leaps when its node begins to lead.</summary>
    public bool ClockLeaps { get; init; }

    /// <summary>Clocks run at less than half their speed.</summary>
    public bool ClocksAreSlow { get; init; }

    /// <summary>Compactions go further than they were asked to.</summary>
    public bool CompactsTooMuch { get; init; }

    /// <summary>Compactions take what was overwritten, also if it was overwritten later.</summary>
    public bool DropsVisible { get; init; }
}
