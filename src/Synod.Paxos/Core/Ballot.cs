using System.Globalization;

namespace Synod.Paxos;

/// <summary>
/// A ballot number (Lamport 1998, §2.1; "proposal number" in Lamport 2001, §2.2): totally ordered by round, then node,
/// then incarnation, and immutable. Two processes never share one, because the cluster gives out node and incarnation;
/// one process never uses one twice, because its own promise of it is durable before the first Prepare leaves.
/// </summary>
/// <param name="Round">Counts up with each attempt to lead; 0 only in <see cref="None"/>.</param>
/// <param name="Node">Who proposes under it.</param>
/// <param name="Incarnation">Which life of that node's storage; given by the cluster, 1 at genesis.</param>
public readonly record struct Ballot(ulong Round, NodeId Node, uint Incarnation) : IComparable<Ballot>
{
    /// <summary>
    /// The highest round that is taken from anybody. A round above it is refused as nonsense, so that one bad message
    /// cannot use up the number space; 2^62 attempts at one a nanosecond take 146 years.
    /// </summary>
    public const ulong RoundMax = 1UL << 62;

    /// <summary>
    /// How far above all rounds that it knows a replica takes one from a peer. Rounds count attempts to lead: a cluster that made
    /// a thousand a second would leap that far in 35 years, so it is nonsense; and four million leaps use up the number space.
    /// </summary>
    public const ulong RoundLeapMax = 1UL << 40;

    /// <summary>Below every ballot that a proposer can use.</summary>
    public static Ballot None => default;

    /// <summary>True for <see cref="None"/>.</summary>
    public bool IsNone => Round == 0;

    /// <summary>The least ballot of <paramref name="node"/> that is above this one.</summary>
    /// <exception cref="InvariantViolatedException">The number space is used up.</exception>
    public Ballot NextFor(NodeId node, uint incarnation)
    {
        Check.That(Round < RoundMax);
        Check.That(node != NodeId.None && incarnation != 0);
        return new Ballot(Round + 1, node, incarnation);
    }

    /// <inheritdoc/>
    public int CompareTo(Ballot other)
    {
        var byRound = Round.CompareTo(other.Round);
        if (byRound != 0)
        {
            return byRound;
        }
        var byNode = Node.CompareTo(other.Node);
        return byNode != 0 ? byNode : Incarnation.CompareTo(other.Incarnation);
    }

    /// <summary>The higher of two.</summary>
    public static Ballot Max(Ballot left, Ballot right) => left >= right ? left : right;

    /// <summary>Total order.</summary>
    public static bool operator <(Ballot left, Ballot right) => left.CompareTo(right) < 0;

    /// <summary>Total order.</summary>
    public static bool operator >(Ballot left, Ballot right) => left.CompareTo(right) > 0;

    /// <summary>Total order.</summary>
    public static bool operator <=(Ballot left, Ballot right) => left.CompareTo(right) <= 0;

    /// <summary>Total order.</summary>
    public static bool operator >=(Ballot left, Ballot right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => IsNone
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{Round}.{Node.Number}.{Incarnation}");
}
