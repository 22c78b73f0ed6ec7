namespace Synod.Paxos.Essential;

/// <summary>
/// All that a proposer must remember across a crash: "Each proposer remembers (in stable storage) the highest-numbered
/// proposal it has tried to issue, and begins phase 1 with a higher proposal number than any it has already used"
/// (Lamport 2001, §2.5).
/// </summary>
/// <param name="Ballot">At least as high as every ballot that this proposer ever sent.</param>
public readonly record struct BallotMark(Ballot Ballot) : IRecord<BallotMark>
{
    /// <inheritdoc/>
    public bool Covers(in BallotMark other) => Ballot >= other.Ballot;
}
