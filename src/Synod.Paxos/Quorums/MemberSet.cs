using System.Numerics;

namespace Synod.Paxos;

/// <summary>
/// A set of members by their place in a configuration's voter list. Votes are sets, never counters: a message that
/// arrives twice must not count twice.
/// </summary>
/// <param name="Bits">Bit i stands for the member at place i.</param>
public readonly record struct MemberSet(uint Bits)
{
    /// <summary>The most voters that one configuration can have.</summary>
    public const int MembersMax = 31;

    /// <summary>Nobody.</summary>
    public static MemberSet Empty => default;

    /// <summary>How many members.</summary>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>The first <paramref name="count"/> members, at places 0 up to that.</summary>
    /// <exception cref="InvariantViolatedException">Below 0, or more than <see cref="MembersMax"/>.</exception>
    public static MemberSet First(int count)
    {
        Check.That(count is >= 0 and <= MembersMax);
        return new MemberSet((1u << count) - 1);
    }

    /// <summary>This set with the member at <paramref name="place"/>; the same set if it is in already.</summary>
    /// <exception cref="InvariantViolatedException">No such place.</exception>
    public MemberSet With(int place)
    {
        Check.That(place is >= 0 and < MembersMax);
        return new MemberSet(Bits | (1u << place));
    }

    /// <summary>Whether the member at <paramref name="place"/> is in.</summary>
    public bool Contains(int place) => place is >= 0 and < MembersMax && (Bits & (1u << place)) != 0;

    /// <summary>The members that are in both sets.</summary>
    public MemberSet Intersect(MemberSet other) => new(Bits & other.Bits);

    /// <summary>Members of <paramref name="all"/> that are not in this set.</summary>
    public MemberSet ComplementIn(MemberSet all) => new(all.Bits & ~Bits);

    /// <inheritdoc/>
    public override string ToString()
    {
        var bits = Bits;
        return "{" + string.Join(",", Enumerable.Range(0, MembersMax).Where(i => (bits & (1u << i)) != 0)) + "}";
    }
}
