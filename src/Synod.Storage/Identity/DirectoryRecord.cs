using Synod.Paxos;
using Synod.Ports;

namespace Synod.Storage;

/// <summary>One member and the identity of its data directory.</summary>
/// <param name="Node">The member.</param>
/// <param name="Identity">The identity it had when the list was held.</param>
public readonly record struct MemberIdentity(NodeId Node, DataIdentity Identity);

/// <summary>What a data directory knows of itself.</summary>
/// <param name="Identity">Drawn once, when the directory was made.</param>
/// <param name="ClusterId">The cluster it belongs to.</param>
/// <param name="Node">The member's number.</param>
/// <param name="Name">The member's name.</param>
/// <param name="JournalBegun">A journal was opened here: from now on its absence is a loss.</param>
/// <param name="Active">Genesis is over for this node: it may vote.</param>
/// <param name="Members">The identities of all members, as once held; empty before that.</param>
public sealed record DirectoryRecord(
    DataIdentity Identity, ulong ClusterId, NodeId Node, string Name, bool JournalBegun, bool Active,
    IReadOnlyList<MemberIdentity> Members)
{
    /// <summary>The record of a directory that is just being made.</summary>
    public static DirectoryRecord Fresh(DataIdentity identity, ulong clusterId, NodeId node, string name) =>
        new(identity, clusterId, node, name, false, false, []);
}

/// <summary>The directory must not be used by this node. The message is one line for the operator.</summary>
public sealed class DirectoryRefusedException(string message) : Exception(message);
