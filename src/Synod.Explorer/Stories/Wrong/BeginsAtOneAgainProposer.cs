using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories.Wrong;

/// <summary>
/// Bug 1: it writes no mark. Who rebuilds it after a crash has nothing but what acceptors save, and so it begins at
/// round 1 again.
/// </summary>
internal sealed class BeginsAtOneAgainProposer(NodeId self, Configuration configuration)
    : UncheckedProposer(self, configuration)
{
    public override AfterWrite<BallotMark, Prepare> Prepare()
    {
        var right = base.Prepare();
        right.TryRelease(right.Record, out var prepare);
        return new(default, prepare);
    }
}
