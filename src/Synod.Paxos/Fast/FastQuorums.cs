using System.Globalization;

namespace Synod.Paxos.Fast;

/// <summary>
/// Quorums of Fast Paxos (Lamport 2006, §3.3, "Quorum Requirement"): any two quorums meet, and any quorum meets any two
/// fast ones in a common acceptor. Only then can no two values both look as if they could have been chosen.
/// </summary>
public sealed class FastQuorums
{
    /// <summary>Checks and makes a system.</summary>
    /// <param name="voters">How many acceptors.</param>
    /// <param name="classicSize">How many make a quorum for phase 1, and for phase 2 of a classic ballot.</param>
    /// <param name="fastSize">How many make a quorum for phase 2 of a fast ballot.</param>
    /// <exception cref="ArgumentException">The sizes are out of range, or quorums can miss each other; the message
    /// names them.</exception>
    public FastQuorums(int voters, int classicSize, int fastSize)
    {
        if (voters is < 1 or > MemberSet.MembersMax || classicSize < 1 || classicSize > voters
            || fastSize < classicSize || fastSize > voters)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Quorums of {classicSize} and fast ones of {fastSize} are not possible among {voters} voters."));
        }
        var all = MemberSet.First(voters);
        var classic = MemberSet.First(classicSize);
        if (2 * classicSize <= voters)
        {
            var other = new MemberSet(classic.Bits << (voters - classicSize));
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Quorums {classic} and {other} of {voters} voters (counted from 0) miss each other: two values could "
                + $"be chosen."));
        }
        if (classicSize + (2 * fastSize) <= 2 * voters)
        {
            // Two fast quorums that leave out as much as possible of one quorum, and not the same.
            var first = MemberSet.First(voters - fastSize).ComplementIn(all);
            var second = new MemberSet(
                MemberSet.First(voters - fastSize).Bits << (classicSize - (voters - fastSize))).ComplementIn(all);
            throw new ArgumentException(
                $"Fast quorums {first} and {second} of voters counted from 0 have none in common that is in quorum "
                + $"{classic}: it could not tell which of two values was chosen.");
        }
        (Voters, ClassicSize, FastSize) = (voters, classicSize, fastSize);
    }

    /// <summary>How many acceptors.</summary>
    public int Voters { get; }

    /// <summary>How many make a quorum for phase 1, and for phase 2 of a classic ballot.</summary>
    public int ClassicSize { get; }

    /// <summary>How many make a quorum for phase 2 of a fast ballot.</summary>
    public int FastSize { get; }

    /// <summary>Majorities, and fast quorums as small as they can be with them.</summary>
    public static FastQuorums WithMajorities(int voters) =>
        new(voters, (voters / 2) + 1, (((2 * voters) - ((voters / 2) + 1)) / 2) + 1);

    /// <summary>Whether so many votes choose a value under a ballot.</summary>
    public bool Chooses(FastBallot ballot, int votes) => votes >= (ballot.IsFast ? FastSize : ClassicSize);
}
