using System.Globalization;

namespace Synod.Paxos.Fast;

/// <summary>
/// A ballot of Fast Paxos (Lamport 2006, §3.1, "round number"). Fast and classic ballots are different kinds of one
/// order: odd rounds are fast, even ones classic, so that nobody can take one for the other. It is a type of its own
/// because in a fast ballot several values may be voted for, which every rule for an ordinary <see cref="Ballot"/>
/// excludes.
/// </summary>
/// <param name="Round">Odd: fast; even: classic; 0 only in <see cref="None"/>.</param>
/// <param name="Node">Who coordinates it.</param>
/// <param name="Incarnation">Which life of that node's storage.</param>
public readonly record struct FastBallot(ulong Round, NodeId Node, uint Incarnation) : IComparable<FastBallot>
{
    /// <summary>Below every ballot that can be used.</summary>
    public static FastBallot None => default;

    /// <summary>True for <see cref="None"/>.</summary>
    public bool IsNone => Round == 0;

    /// <summary>Whether clients may propose straight to the acceptors under it.</summary>
    public bool IsFast => Round % 2 == 1;

    /// <summary>The least ballot of a kind and a node that is above this one.</summary>
    public FastBallot NextFor(NodeId node, uint incarnation, bool fast)
    {
        Check.That(Round + 2 < Ballot.RoundMax && node != NodeId.None && incarnation != 0);
        return new FastBallot(Round + (fast == IsFast ? 2UL : 1UL), node, incarnation);
    }

    /// <inheritdoc/>
    public int CompareTo(FastBallot other) =>
        new Ballot(Round, Node, Incarnation).CompareTo(new Ballot(other.Round, other.Node, other.Incarnation));

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer) => writer.Write(new Ballot(Round, Node, Incarnation));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static FastBallot Read(ref StateReader reader)
    {
        var (round, node, incarnation) = reader.ReadBallot();
        return new FastBallot(round, node, incarnation);
    }

    /// <summary>Total order.</summary>
    public static bool operator <(FastBallot left, FastBallot right) => left.CompareTo(right) < 0;

    /// <summary>Total order.</summary>
    public static bool operator >(FastBallot left, FastBallot right) => left.CompareTo(right) > 0;

    /// <summary>Total order.</summary>
    public static bool operator <=(FastBallot left, FastBallot right) => left.CompareTo(right) <= 0;

    /// <summary>Total order.</summary>
    public static bool operator >=(FastBallot left, FastBallot right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => IsNone
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{Round}{(IsFast ? "f" : "c")}.{Node.Number}.{Incarnation}");
}
