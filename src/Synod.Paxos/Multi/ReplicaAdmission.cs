namespace Synod.Paxos.Multi;

/// <summary>
/// What is taken from peers at all. A frame whose checksum is right may still come from who errs: no number in it may keep
/// this replica from going on, nor make it hold or do more than the limits say.
/// </summary>
public sealed partial class Replica
{
    /// <summary>
    /// Lets in only members, in their incarnation and this configuration, with possible ballots; and requests only under
    /// the sender's own ballot. Everything else is dropped: it can only come from who has lost what it promised.
    /// </summary>
    private bool Admit(Instant now, in Sender from, Ballot ballot, bool mustOwnBallot, ReplicaOutput output)
    {
        Begin(now, output);
        var possible = IsWithinReach(ballot.Round) &&
            (!mustOwnBallot || (!ballot.IsNone && ballot.Node == from.Node && ballot.Incarnation == from.Incarnation));
        if (IsKnown(from) && possible)
        {
            return true;
        }
        _context.Report(ReplicaEventKind.StrangeMessageDropped, ballot, from.Node);
        return false;
    }

    private bool IsKnown(in Sender from) =>
        from.Node != Self && from.Incarnation != 0 &&
        from.Incarnation == _context.Configuration.IncarnationOf(from.Node) &&
        from.Configuration == _context.Configuration.Number;

    /// <summary>One bad number must not use up the rounds that are left, nor make anybody promise what nobody can go beyond.</summary>
    private bool IsWithinReach(ulong round) => round <= Ballot.RoundMax && round <= HighestRound + Ballot.RoundLeapMax;

    private ulong HighestRound => Ballot.Max(Ballot.Max(Promised, _observed), _proposer.Ballot).Round;

    /// <summary>
    /// A peer says time and again that it has promised what is beyond this replica's reach: with each time this replica comes
    /// nearer, so that it is not left behind for ever if others have been led there. Who has a leader is not left behind: it
    /// stays, or one that errs could in some days lead it to where the rounds end.
    /// </summary>
    private void Approach(in Sender from, Ballot promised)
    {
        // By half a leap, so that the next own ballot is within everybody's reach.
        var next = HighestRound + Ballot.RoundLeapMax / 2;
        if (IsKnown(from) && promised.Round > next && promised.Round <= Ballot.RoundMax && LeaderBallot.IsNone)
        {
            _observed = new Ballot(next, promised.Node, promised.Incarnation);
        }
    }

    /// <summary>
    /// Whether an acceptor can have come to this page: what it shows lies within the page and in order, was accepted under lower
    /// ballots, and no further ahead of what is chosen than anybody accepts. A new leader fills the holes between.
    /// </summary>
    private bool IsPossible(in Sender from, in Promise promise)
    {
        var chosen = Slot.Max(promise.ChosenUpTo, _learner.ChosenUpTo).Number;
        var ahead = chosen + (ulong)_context.Options.AcceptAheadMax * AheadOfOthersMax;
        var last = new Slot(promise.From.Number - Math.Min(promise.From.Number, 1));
        for (var i = 0; i < promise.Entries.Count; i++)
        {
            var entry = promise.Entries[i];
            if (entry.Slot <= last || entry.Slot > promise.Through || entry.Slot.Number > ahead ||
                (entry.Ballot >= promise.Ballot && !entry.Chosen))
            {
                _context.Report(ReplicaEventKind.StrangeMessageDropped, promise.Ballot, from.Node);
                return false;
            }
            if (!IsPossible(from, entry.Decree))
            {
                return false;
            }
            last = entry.Slot;
        }
        return true;
    }

    /// <summary>A longer command than anybody may propose fits into no batch of the journal: it must not get that far.</summary>
    private bool IsPossible(in Sender from, in Decree decree)
    {
        if (decree.Value.Length <= _context.Options.CommandBytesMax)
        {
            return true;
        }
        _context.Report(ReplicaEventKind.StrangeMessageDropped, Ballot.None, from.Node);
        return false;
    }

    /// <summary>Others may accept further ahead than this replica does, by its own limit times this at most.</summary>
    private const ulong AheadOfOthersMax = 4;
}
