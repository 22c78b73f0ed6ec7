using Synod.Paxos.Essential;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;
using Acceptor = Synod.Paxos.Practical.Acceptor;
using Proposer = Synod.Paxos.Practical.Proposer;

namespace Synod.Paxos.Tests.Practical;

/// <summary>What the scenarios of Practical begin with: proposer or acceptor A; two of A, B, C are a quorum.</summary>
internal static class Setup
{
    public static readonly NodeId D = new(4);
    public static readonly NodeId E = new(5);

    /// <summary>A to E vote; three of them are a quorum.</summary>
    public static readonly Configuration ThreeOfFive = Configuration.OfMajority(5);

    public static Proposer FreshProposer(BallotMark durable = default) => new(A, 1, TwoOfThree, durable);

    /// <summary>A proposer with phase 1 of (1,A) complete, by promises of B and C.</summary>
    public static Proposer NewLeader()
    {
        var proposer = FreshProposer();
        Prepared(proposer);
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Null(proposer.Step(Empty(C, At(1, A))));
        Assert.True(proposer.IsLeader);
        return proposer;
    }

    /// <summary>The ballot of the next Prepare.</summary>
    public static Ballot Prepared(Proposer proposer) => Written(proposer.Prepare()).Ballot;

    public static Acceptor FreshAcceptor(AcceptorState durable = default) => new(A, durable);

    public static Member FreshMember(MemberState durable = default) => new(A, 1, TwoOfThree, durable);

    public static Nack Refusal(NodeId from, Ballot ballot, Ballot promised) => new(from, ballot, promised);

    /// <summary>The answer of an acceptor whose disk has the record, as with autosave.</summary>
    public static TReply Saved<TRecord, TReply>(Answer<TRecord, TReply> answer)
        where TRecord : struct, IRecord<TRecord>
        where TReply : struct
    {
        Assert.Null(answer.Nack);
        return Written(answer.Reply);
    }

    /// <summary>Nothing is sent.</summary>
    public static void AssertSilent<TRecord, TReply>(Answer<TRecord, TReply> answer)
        where TRecord : struct, IRecord<TRecord>
        where TReply : struct
    {
        Assert.False(answer.Reply.HasValue);
        Assert.Null(answer.Nack);
    }

    /// <summary>All messages that may leave now.</summary>
    public static List<TMessage> Leaving<TRecord, TMessage>(Outbox<TRecord, TMessage> outbox)
        where TRecord : struct, IRecord<TRecord>
        where TMessage : struct
    {
        List<TMessage> messages = [];
        while (outbox.TryTake(out var message))
        {
            messages.Add(message);
        }
        return messages;
    }
}
