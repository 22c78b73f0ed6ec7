using System.Globalization;

namespace Synod.Paxos;

/// <summary>The number of a member, unique in its cluster for ever. 0 means "no node".</summary>
/// <param name="Number">1 and up for a member.</param>
public readonly record struct NodeId(uint Number) : IComparable<NodeId>
{
    /// <summary>No node: nobody's number, and below everybody's.</summary>
    public static NodeId None => default;

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Number.CompareTo(other.Number);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"n{Number}");

    /// <summary>Order by number.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.Number < right.Number;

    /// <summary>Order by number.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.Number > right.Number;

    /// <summary>Order by number.</summary>
    public static bool operator <=(NodeId left, NodeId right) => left.Number <= right.Number;

    /// <summary>Order by number.</summary>
    public static bool operator >=(NodeId left, NodeId right) => left.Number >= right.Number;
}
