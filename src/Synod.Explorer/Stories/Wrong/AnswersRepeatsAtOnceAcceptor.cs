using Synod.Explorer.Essential;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Stories.Wrong;

/// <summary>
/// Bug 3: the first answer waits for the disk, but a repeated Prepare finds its promise in memory and is answered at
/// once, though the first write may still be under way.
/// </summary>
internal sealed class AnswersRepeatsAtOnceAcceptor(NodeId self) : EssentialAcceptor(self)
{
    public override AfterWrite<AcceptorState, Promise>? Step(in Prepare prepare)
    {
        var isRepeated = prepare.Ballot == State.Promised;
        var right = base.Step(prepare);
        if (right is not { } answer || !isRepeated)
        {
            return right;
        }
        answer.TryRelease(answer.Record, out var promise);
        return new(default, promise);
    }
}
