using System.Globalization;

namespace Synod.Paxos;

/// <summary>
/// Which sets of acceptors suffice for phase 1 and for phase 2. Safety needs one thing of it: every phase-1 quorum
/// meets every phase-2 quorum (Howard, Malkhi, Spiegelman 2016, "Flexible Paxos", §3). Two phase-2 quorums need not meet.
/// </summary>
/// <remarks>
/// A system that lets two quorums of different phases miss each other is never made: the factory refuses it and names
/// two such sets. Whatever contains a quorum is a quorum.
/// </remarks>
public abstract partial class QuorumSystem
{
    private protected QuorumSystem(int voters)
    {
        if (voters is < 1 or > MemberSet.MembersMax)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"A configuration has 1 to {MemberSet.MembersMax} voters, not {voters}."));
        }
        Voters = voters;
    }

    /// <summary>How many voters there are.</summary>
    public int Voters { get; }

    /// <summary>The fewest voters whose promises can complete phase 1.</summary>
    public abstract int Phase1Size { get; }

    /// <summary>The fewest voters whose acceptances can choose a value.</summary>
    public abstract int Phase2Size { get; }

    /// <summary>More than half, in both phases (Lamport 2001, §2.1).</summary>
    /// <param name="voters">How many there are.</param>
    /// <exception cref="ArgumentException">No voters, or more than <see cref="MemberSet.MembersMax"/>.</exception>
    public static QuorumSystem Majority(int voters) => Flexible(voters, voters / 2 + 1, voters / 2 + 1);

    /// <summary>Any so many voters; different numbers for the two phases ("Flexible Paxos", §3).</summary>
    /// <param name="voters">How many there are.</param>
    /// <param name="phase1Size">How many promises complete phase 1.</param>
    /// <param name="phase2Size">How many acceptances choose a value.</param>
    /// <exception cref="ArgumentException">The sizes are out of range, or two quorums can miss each other; the message names them.</exception>
    public static QuorumSystem Flexible(int voters, int phase1Size, int phase2Size) =>
        new CountingQuorums(voters, phase1Size, phase2Size);

    /// <summary>Voters of different weight: a set is a quorum if its weights add up to enough.</summary>
    /// <param name="weights">
    /// Each voter's weight by place, 0 to <see cref="WeightedQuorums.WeightMax"/>; who weighs nothing only learns.
    /// </param>
    /// <param name="phase1Weight">What promises must add up to.</param>
    /// <param name="phase2Weight">What acceptances must add up to.</param>
    /// <exception cref="ArgumentException">A number is out of range, or two quorums can miss each other; the message names them.</exception>
    public static QuorumSystem Weighted(IReadOnlyList<int> weights, int phase1Weight, int phase2Weight) =>
        new WeightedQuorums(weights, phase1Weight, phase2Weight);

    /// <summary>
    /// Voters in a grid, row after row: a whole row completes phase 1, a whole column chooses ("Flexible Paxos", §5.3).
    /// Both are far smaller than a majority, and every row crosses every column.
    /// </summary>
    /// <exception cref="ArgumentException">No rows, no columns, or too many voters.</exception>
    public static QuorumSystem Grid(int rows, int columns)
    {
        if (rows < 1 || columns < 1 || rows > MemberSet.MembersMax / columns)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"A grid of {rows} rows and {columns} columns does not hold 1 to {MemberSet.MembersMax} voters."));
        }
        var row = MemberSet.First(columns);
        var column = MemberSet.Empty;
        for (var i = 0; i < rows; i++)
        {
            column = column.With(i * columns);
        }
        return Listed(
            rows * columns,
            [.. Enumerable.Range(0, rows).Select(i => new MemberSet(row.Bits << (i * columns)))],
            [.. Enumerable.Range(0, columns).Select(i => new MemberSet(column.Bits << i))]);
    }

    /// <summary>Exactly the listed sets, and whatever contains one.</summary>
    /// <param name="voters">How many there are.</param>
    /// <param name="phase1Quorums">Sets whose promises complete phase 1; at least one, none empty.</param>
    /// <param name="phase2Quorums">Sets whose acceptances choose a value; at least one, none empty.</param>
    /// <exception cref="ArgumentException">A list or a set is empty, names who is no voter, or two sets miss each other; the message names them.</exception>
    public static QuorumSystem Listed(
        int voters, IReadOnlyList<MemberSet> phase1Quorums, IReadOnlyList<MemberSet> phase2Quorums) =>
        new ListedQuorums(voters, phase1Quorums, phase2Quorums);

    /// <summary>Whether promises from <paramref name="set"/> complete phase 1.</summary>
    public abstract bool IsPhase1Quorum(MemberSet set);

    /// <summary>Whether acceptances from <paramref name="set"/> choose a value.</summary>
    public abstract bool IsPhase2Quorum(MemberSet set);

    /// <summary>
    /// Whether every phase-1 quorum has a member in <paramref name="set"/>: then nobody can have completed phase 1 for a
    /// higher ballot without a member of the set knowing it. This is what a linearizable read must see.
    /// </summary>
    public bool MeetsEveryPhase1Quorum(MemberSet set) =>
        // A quorum that misses the set lies in what the set leaves out, and makes a quorum of it.
        !IsPhase1Quorum(set.ComplementIn(MemberSet.First(Voters)));

    /// <summary>Refuses the system, with the two quorums that show why.</summary>
    private protected ArgumentException Missing(MemberSet phase1, MemberSet phase2, string advice) =>
        new(string.Create(CultureInfo.InvariantCulture,
            $"Phase-1 quorum {phase1} and phase-2 quorum {phase2} of {Voters} voters (counted from 0) miss each other: "
            + $"two values could be chosen.{advice}"));
}
