using Synod.Explorer.Practical;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Explorer.Tests.Practical;

// Each class here is the real member with one rule broken. Each rule was broken for real somewhere.

/// <summary>P1: rebuilt from what its acceptor remembers, without the mark.</summary>
internal sealed class BallotReusingMember(NodeId self, Configuration configuration)
    : PracticalMember(self, configuration)
{
    public override MemberState Restart(MemberState durable) => base.Restart(durable with { Mark = default });
}

/// <summary>Sends a Prepare before the mark is on disk.</summary>
internal sealed class HastyPreparer(NodeId self, Configuration configuration) : PracticalMember(self, configuration)
{
    public override AfterWrite<MemberState, Prepare>? Prepare() => AtOnce(base.Prepare());

    internal static AfterWrite<MemberState, TMessage>? AtOnce<TMessage>(AfterWrite<MemberState, TMessage>? right)
        where TMessage : struct => right?.Within(default(MemberState), static message => message);
}

/// <summary>P3: writes, and answers before the write is done.</summary>
internal sealed class HastyMember(NodeId self, Configuration configuration) : PracticalMember(self, configuration)
{
    public override Answer<MemberState, Promise> Step(in Prepare prepare)
    {
        var right = base.Step(prepare);
        return new(right.Record, HastyPreparer.AtOnce(right.Reply), right.Nack);
    }

    public override Answer<MemberState, Accepted> Step(in Accept accept)
    {
        var right = base.Step(accept);
        return new(right.Record, HastyPreparer.AtOnce(right.Reply), right.Nack);
    }
}

/// <summary>
/// P3: only a repeated request is answered before the first one's write is done. The outbox sees to it that equal
/// answers do not overtake each other; the answer to a Prepare repeated after its Accept is another one than the first.
/// </summary>
internal sealed class HastyRepeater(NodeId self, Configuration configuration) : PracticalMember(self, configuration)
{
    public override Answer<MemberState, Promise> Step(in Prepare prepare)
    {
        var isRepeated = prepare.Ballot == State.Acceptor.Promised;
        var right = base.Step(prepare);
        return isRepeated ? new(right.Record, HastyPreparer.AtOnce(right.Reply), right.Nack) : right;
    }

    public override Answer<MemberState, Accepted> Step(in Accept accept)
    {
        var isRepeated = accept.Ballot == State.Acceptor.AcceptedBallot;
        var right = base.Step(accept);
        return isRepeated ? new(right.Record, HastyPreparer.AtOnce(right.Reply), right.Nack) : right;
    }
}

/// <summary>P3, as passive acceptors once did: obeys, answers, and never asks for a write.</summary>
internal sealed class UnwrittenMember(NodeId self, Configuration configuration) : PracticalMember(self, configuration)
{
    public override Answer<MemberState, Promise> Step(in Prepare prepare)
    {
        var right = base.Step(prepare);
        return new(null, HastyPreparer.AtOnce(right.Reply), right.Nack);
    }

    public override Answer<MemberState, Accepted> Step(in Accept accept)
    {
        var right = base.Step(accept);
        return new(null, HastyPreparer.AtOnce(right.Reply), right.Nack);
    }
}

/// <summary>Its acceptor starts again with an empty memory: a wiped disk that is taken for a new one.</summary>
internal sealed class ForgetfulMember(NodeId self, Configuration configuration) : PracticalMember(self, configuration)
{
    public override MemberState Restart(MemberState durable) => base.Restart(durable with { Acceptor = default });
}
