using Synod.Explorer.Commit;
using Synod.Paxos;
using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Tests.Commit;

// Each class here is the real role with one rule broken.

/// <summary>Commits on behalf of who has not voted: Prepared where it should say Aborted.</summary>
internal sealed class PresumptuousRecovery(NodeId self, Configuration configuration, Transaction transaction)
    : RealRecovery(self, configuration, transaction)
{
    private MemberSet _free;

    public override InInstance<Accept>? Step(in InInstance<Promise> promise)
    {
        var right = base.Step(promise);
        _free = promise.Message.AcceptedValue is null ? _free.With(0) : _free;
        return right is { } accept && Votes.Of(accept.Message.Value) == Vote.Aborted && _free.Contains(0)
            ? accept with { Message = accept.Message with { Value = Votes.ValueOf(Vote.Prepared) } }
            : right;
    }

    public override void Write(StateWriter writer)
    {
        base.Write(writer);
        writer.Write(_free.Contains(0));
    }

    public override void Read(ref StateReader reader)
    {
        base.Read(ref reader);
        _free = reader.ReadBool() ? MemberSet.First(1) : MemberSet.Empty;
    }
}

/// <summary>Aborts whatever phase 1 would tell it: as if there were none.</summary>
internal sealed class ImpatientRecovery(NodeId self, Configuration configuration, Transaction transaction)
    : RealRecovery(self, configuration, transaction)
{
    public override InInstance<Accept>? Step(in InInstance<Promise> promise) => base.Step(
        promise with { Message = promise.Message with { AcceptedBallot = Ballot.None, AcceptedValue = null } });
}

/// <summary>Forgets its vote when it crashes, and may vote otherwise under the same ballot.</summary>
internal sealed class FickleParticipant(NodeId self, Transaction transaction) : RealParticipant(self, transaction)
{
    public override void Restart(VoteRecord durable) => base.Restart(default);
}

/// <summary>Takes a transaction that is over for one that it has never heard of.</summary>
internal sealed class ForgetfulCommitAcceptor(NodeId self) : RealCommitAcceptor(self)
{
    private readonly NodeId _self = self;

    public override void Step(in Finished finished)
    {
        var writer = new StateWriter();
        new CommitAcceptor(_self, new CommitLimits()).Write(writer);
        var reader = new StateReader(writer.Written.ToArray());
        Read(ref reader);
    }
}

/// <summary>Starts again with an empty memory: a wiped disk that is taken for a new one.</summary>
internal sealed class WipedCommitAcceptor(NodeId self) : RealCommitAcceptor(self)
{
    public override void Restart(IReadOnlyList<Finished> marks, IReadOnlyList<InstanceRecord> records) =>
        base.Restart([], []);
}

/// <summary>Remembers what it promised and accepted, and not that transactions are over.</summary>
internal sealed class MarklessCommitAcceptor(NodeId self) : RealCommitAcceptor(self)
{
    public override void Restart(IReadOnlyList<Finished> marks, IReadOnlyList<InstanceRecord> records) =>
        base.Restart([], records);
}

/// <summary>Answers before the disk has what it says.</summary>
internal sealed class HastyCommitAcceptor(NodeId self) : RealCommitAcceptor(self)
{
    public override Answer<Promise> Step(in InInstance<Prepare> prepare) => AtOnce(base.Step(prepare));

    public override Answer<Accepted> Step(in InInstance<Accept> accept) => AtOnce(base.Step(accept));

    private static Answer<TReply> AtOnce<TReply>(Answer<TReply> right)
        where TReply : struct
    {
        if (right.Reply is not { } reply)
        {
            return right;
        }
        var nothing = new InstanceRecord(reply.Record.Instance, default);
        return right with { Reply = reply.Within(nothing, static message => message) };
    }
}
