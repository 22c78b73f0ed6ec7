namespace Synod.Paxos.Multi;

/// <content>
/// A state machine's snapshot as a proof: everything up to its slot is chosen, whatever this replica has heard of it
/// (van Renesse, Altinbuken 2015, "Paxos Made Moderately Complex", §4.3, on catching up from a replica's state).
/// </content>
public sealed partial class Replica
{
    /// <summary>
    /// The slot of the last snapshot that this replica began from or jumped to. Up to here its records may hold decrees
    /// that were accepted and never chosen, so nothing up to here may be read back for others.
    /// </summary>
    public Slot SnapshotFloor { get; private set; }

    /// <summary>At a restart, before any record: the state machine begins with a snapshot of this slot.</summary>
    public void RecoverSnapshot(Slot slot)
    {
        Check.That(_context.PersistedUpTo == 0 && ChosenUpTo == Slot.Zero);
        _learner.Jump(slot);
        SnapshotFloor = slot;
    }

    /// <summary>
    /// The state machine has a snapshot from a peer, whole and durable, and will take it in place of the decrees up to its
    /// slot. What this replica has promised and accepted above stays as it is.
    /// </summary>
    /// <returns>False, and nothing is done, if this replica knows as much already.</returns>
    public bool InstallSnapshot(Instant now, Slot slot, ReplicaOutput output)
    {
        Begin(now, output);
        if (slot <= ChosenUpTo)
        {
            return false;
        }
        if (_proposer.HasOpenUpTo(slot))
        {
            // In a slot of its own something may have been chosen under a higher ballot, and nothing shows what: "chosen
            // up to" under this ballot could be taken for a word on decrees that were not chosen.
            LoseLeadership(ReplicaEventKind.LeadershipLostToHigherBallot);
        }
        _learner.Jump(slot);
        _learner.PersistPrefix();
        SnapshotFloor = slot;
        GiveWayIfSuperseded();
        return true;
    }

    /// <summary>
    /// Decrees up to here are in durable snapshots, and whoever still lacks them gets one: they leave memory as they leave
    /// the journal.
    /// </summary>
    public void Forget(Slot upTo)
    {
        _learner.ForgetUpTo = Slot.Max(_learner.ForgetUpTo, upTo);
        _learner.Trim();
    }
}
