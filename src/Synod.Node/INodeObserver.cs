using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Store;

namespace Synod.Node;

/// <summary>Hears what an operator may want to know. Called by the node's actors: short, and never throwing.</summary>
public interface INodeObserver
{
    /// <summary>Something happened to leadership or a strange message was dropped.</summary>
    void Replica(in ReplicaEvent e);

    /// <summary>A link to a peer came up or was lost.</summary>
    void Link(NodeId peer, bool up, string? reason);

    /// <summary>Genesis went one step on: waiting for members, identities held, active.</summary>
    void Genesis(string what);

    /// <summary>A peer came with an identity that is not the one the cluster knows; it is refused.</summary>
    void IdentityRefused(NodeId peer, string why);

    /// <summary>Writes are refused, or taken again (null): the disk is full.</summary>
    void Space(string? alarm);

    /// <summary>These alarms, raised by somebody for the whole cluster, stand now; none if the last was cleared.</summary>
    void Alarms(IReadOnlyList<Alarm> alarms)
    {
    }

    /// <summary>Old records could not be read back; peers that have them are asked instead.</summary>
    void Damage(string what);

    /// <summary>Something happened to a snapshot.</summary>
    void Snapshot(in SnapshotNotice notice)
    {
    }

    /// <summary>The node stops serving for good.</summary>
    void Fault(string why);
}
