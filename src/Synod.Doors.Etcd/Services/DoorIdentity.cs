using Synod.Doors.Etcd.Protocol;
using Synod.Node;

namespace Synod.Doors.Etcd.Services;

/// <summary>What answers say about who made them.</summary>
internal sealed class DoorIdentity(INode node)
{
    private ulong _publicId;

    /// <summary>Who answers, at this moment.</summary>
    public Answerer Now
    {
        get
        {
            var status = node.Status;
            if (_publicId == 0)
            {
                _publicId = PublicIdOf(status.Self);
            }
            return new Answerer(node.ClusterId, _publicId, status.Ballot.Round);
        }
    }

    /// <summary>A member's id towards clients; 0 for nobody.</summary>
    public ulong PublicIdOf(Paxos.NodeId id)
    {
        foreach (var member in node.Members)
        {
            if (member.Id == id)
            {
                return member.PublicId;
            }
        }
        return 0;
    }
}
