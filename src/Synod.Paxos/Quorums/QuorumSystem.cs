using System.Globalization;

namespace Synod.Paxos;

/// <summary>
/// Which sets of acceptors suffice for phase 1 and for phase 2. Safety needs one thing of it: every phase-1 quorum
/// meets every phase-2 quorum (Howard, Malkhi, Spiegelman 2016, "Flexible Paxos", §3). Two phase-2 quorums need not meet.
/// </summary>
/// <remarks>Counting systems only: any <see cref="Phase1Size"/> (or <see cref="Phase2Size"/>) voters form a quorum.</remarks>
public sealed record QuorumSystem
{
    private QuorumSystem(int voters, int phase1Size, int phase2Size)
    {
        Voters = voters;
        Phase1Size = phase1Size;
        Phase2Size = phase2Size;
    }

    /// <summary>How many voters there are.</summary>
    public int Voters { get; }

    /// <summary>How many promises complete phase 1.</summary>
    public int Phase1Size { get; }

    /// <summary>How many acceptances choose a value.</summary>
    public int Phase2Size { get; }

    /// <summary>More than half, in both phases.</summary>
    /// <exception cref="ArgumentException">No voters, or more than <see cref="MemberSet.MembersMax"/>.</exception>
    public static QuorumSystem Majority(int voters) => Flexible(voters, voters / 2 + 1, voters / 2 + 1);

    /// <summary>Different sizes for the two phases.</summary>
    /// <exception cref="ArgumentException">The sizes are out of range, or two quorums can miss each other; the message names them.</exception>
    public static QuorumSystem Flexible(int voters, int phase1Size, int phase2Size)
    {
        if (voters is < 1 or > MemberSet.MembersMax)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"A configuration has 1 to {MemberSet.MembersMax} voters, not {voters}."));
        }
        if (phase1Size < 1 || phase1Size > voters || phase2Size < 1 || phase2Size > voters)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Quorums of {phase1Size} and {phase2Size} are not possible among {voters} voters."));
        }
        if (phase1Size + phase2Size <= voters)
        {
            var first = MemberSet.First(phase1Size);
            var second = new MemberSet(MemberSet.First(phase2Size).Bits << phase1Size);
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Phase-1 quorum {first} and phase-2 quorum {second} of {voters} voters miss each other: two values could be chosen. The sizes must add up to more than {voters}."));
        }
        return new QuorumSystem(voters, phase1Size, phase2Size);
    }

    /// <summary>Whether promises from <paramref name="set"/> complete phase 1.</summary>
    public bool IsPhase1Quorum(MemberSet set) => Votes(set) >= Phase1Size;

    /// <summary>Whether acceptances from <paramref name="set"/> choose a value.</summary>
    public bool IsPhase2Quorum(MemberSet set) => Votes(set) >= Phase2Size;

    /// <summary>
    /// Whether every phase-1 quorum has a member in <paramref name="set"/>: then nobody can have completed phase 1 for a
    /// higher ballot without a member of the set knowing it. This is what a linearizable read must see.
    /// </summary>
    public bool MeetsEveryPhase1Quorum(MemberSet set) => Voters - Votes(set) < Phase1Size;

    private int Votes(MemberSet set) => set.Intersect(MemberSet.First(Voters)).Count;
}
