using Synod.Paxos;

namespace Synod.Node;

/// <summary>What a node knows of itself; an immutable picture, replaced as a whole.</summary>
/// <param name="Self">This node.</param>
/// <param name="Leader">Whom it believes to lead, or <see cref="NodeId.None"/>.</param>
/// <param name="Ballot">The highest ballot it has promised.</param>
/// <param name="ChosenUpTo">All slots up to here are known to be chosen.</param>
/// <param name="AppliedUpTo">All slots up to here are applied.</param>
/// <param name="Serving">The node takes requests: genesis is over and it is not faulted.</param>
/// <param name="Fault">Why the node stopped, or null.</param>
public sealed record NodeStatus(
    NodeId Self, NodeId Leader, Ballot Ballot, Slot ChosenUpTo, Slot AppliedUpTo, bool Serving, string? Fault)
{
    /// <summary>Why writes that take space are refused: the disk is full; null when they are taken.</summary>
    public string? NoSpace { get; init; }

    /// <summary>Other members whose last word was that their disk is full.</summary>
    public IReadOnlyList<NodeId> FullPeers { get; init; } = [];
}

/// <summary>A member as clients see it.</summary>
/// <param name="Id">Its number within Synod.</param>
/// <param name="PublicId">Its 64-bit id towards clients, derived from cluster and name.</param>
/// <param name="Name">Its name.</param>
/// <param name="PeerUrls">Where other members reach it.</param>
/// <param name="ClientUrls">Where clients reach it; empty until it has told the others.</param>
public sealed record Member(
    NodeId Id, ulong PublicId, string Name, IReadOnlyList<string> PeerUrls, IReadOnlyList<string> ClientUrls);
