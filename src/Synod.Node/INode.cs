using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Node;

/// <summary>
/// What doors see of a node. All members may be called from any thread; none blocks. Limits are refused through the
/// request's <see cref="NodeRequest.Fail"/>.
/// </summary>
public interface INode
{
    /// <summary>A picture of the node, at most a few milliseconds old.</summary>
    NodeStatus Status { get; }

    /// <summary>The id of the cluster: a hash of token and initial members.</summary>
    ulong ClusterId { get; }

    /// <summary>The members of the present configuration.</summary>
    IReadOnlyList<Member> Members { get; }

    /// <summary>Takes a write.</summary>
    void Submit(WriteRequest request);

    /// <summary>Takes a read.</summary>
    void Submit(ReadRequest request);

    /// <summary>Takes something to do with the watch hub.</summary>
    void Submit(WatchRequest request);

    /// <summary>Takes a reader of a consistent snapshot of this node's state as it is now.</summary>
    void Submit(SnapshotStream request) => request.Fail(Failure.NotServing);

    /// <summary>
    /// If this node leads: asks another member to take the lead at once. Whether it did shows in <see cref="Status"/>;
    /// until then, and if it cannot, this node goes on leading.
    /// </summary>
    void HandOver(NodeId to);
}
