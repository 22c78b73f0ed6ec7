namespace Synod.Paxos.Fast;

/// <summary>The learner of Fast Paxos: a fast ballot needs a fast quorum of votes for one value.</summary>
/// <param name="voters">The acceptors; distinct.</param>
/// <param name="quorums">Which numbers of them suffice.</param>
public sealed class FastLearner(IReadOnlyList<NodeId> voters, FastQuorums quorums)
{
    private readonly FastVote?[] _latest = new FastVote?[voters.Count];

    /// <summary>The value that was chosen, once it is known.</summary>
    public Value? Chosen { get; private set; }

    /// <summary>
    /// Whether votes of a fast ballot differ so much that no value can get a fast quorum any more: time for a classic
    /// one.
    /// </summary>
    public bool SeesCollision { get; private set; }

    /// <summary>Counts one vote. Returns the value at the one step that completes a quorum, otherwise null.</summary>
    public Value? Step(in FastVote vote)
    {
        var place = -1;
        for (var i = 0; i < voters.Count; i++)
        {
            place = voters[i] == vote.From ? i : place;
        }
        if (place < 0 || (_latest[place] is { } before && vote.Ballot <= before.Ballot))
        {
            return null;
        }
        _latest[place] = vote;
        int same = 0, heard = 0, most = 0;
        foreach (var other in _latest)
        {
            if (other is { } some && some.Ballot == vote.Ballot)
            {
                heard++;
                same += some.Value == vote.Value ? 1 : 0;
                most = Math.Max(most, VotesLike(some));
            }
        }
        SeesCollision = Chosen is null && vote.Ballot.IsFast && most + (voters.Count - heard) < quorums.FastSize;
        if (!quorums.Chooses(vote.Ballot, same))
        {
            return null;
        }
        // Chosen once, chosen for ever.
        Check.That(Chosen is null || Chosen == vote.Value);
        var isNews = Chosen is null;
        Chosen = vote.Value;
        return isNews ? Chosen : null;
    }

    private int VotesLike(FastVote vote) =>
        _latest.Count(other => other is { } some && some.Ballot == vote.Ballot && some.Value == vote.Value);
}
