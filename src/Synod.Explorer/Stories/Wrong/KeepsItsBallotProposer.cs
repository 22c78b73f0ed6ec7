using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories.Wrong;

/// <summary>
/// Bug 2: after a time-out nobody has refused its ballot, so it sends the next client's value under the same one.
/// </summary>
internal sealed class KeepsItsBallotProposer(NodeId self, Configuration configuration)
    : UncheckedProposer(self, configuration)
{
    public override Accept? Propose(Value value) => HasSent ? ProposeAgain(value) : base.Propose(value);
}
