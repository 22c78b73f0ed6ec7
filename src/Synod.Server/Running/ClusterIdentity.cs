using System.Text;
using Synod.Node;
using Synod.Paxos;
using Synod.Server.Serving;

namespace Synod.Server.Running;

/// <summary>What all members derive alike from the initial cluster: its id, and everybody's number.</summary>
internal static class ClusterIdentity
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>The id of the cluster: a hash (FNV-1a) of token and members. Any difference makes another cluster.</summary>
    public static ulong IdOf(ServeOptions options)
    {
        var hash = FnvOffset;
        Add(options.InitialClusterToken);
        foreach (var member in options.InitialCluster)
        {
            Add(member.Name);
            Add(member.PeerUrl.ToString());
        }
        return hash == 0 ? 1 : hash;

        void Add(string text)
        {
            foreach (var b in Encoding.UTF8.GetBytes(text))
            {
                hash = unchecked((hash ^ b) * FnvPrime);
            }
            // A zero ends each text: "ab", "c" and "a", "bc" must differ.
            hash = unchecked(hash * FnvPrime);
        }
    }

    /// <summary>The members with their numbers: their places among all names in order, from 1.</summary>
    public static IReadOnlyList<Node.InitialMember> MembersOf(ServeOptions options) =>
    [
        .. options.InitialCluster.Select((member, place) => new Node.InitialMember(
            new NodeId((uint)place + 1), member.Name, [member.PeerUrl.ToString()])),
    ];
}
