using Synod.Paxos.Commit;
using Synod.Paxos.Essential;

namespace Synod.Paxos.Tests.Commit;

/// <summary>Acceptors 1 to 3 with disks that write at once, and an observer that hears all acceptances.</summary>
internal sealed class CommitCluster
{
    public static readonly NodeId A = new(11), B = new(12), C = new(13), Rival = new(21), OtherRival = new(22);

    public static readonly TransactionId Id = new(A, 1);

    private readonly CommitLimits _limits;

    public CommitCluster(Transaction transaction, CommitLimits? limits = null)
    {
        _limits = limits ?? new CommitLimits();
        Transaction = transaction;
        Acceptors = [.. Configuration.Voters.Select(voter => new CommitAcceptor(voter, _limits))];
        Observer = new OutcomeLearner(Configuration, transaction);
    }

    public static Configuration Configuration { get; } = Configuration.OfMajority(3);

    public Transaction Transaction { get; }

    public CommitAcceptor[] Acceptors { get; }

    public OutcomeLearner Observer { get; }

    /// <summary>The vote of a participant, with its disk written.</summary>
    public static InInstance<Accept> Cast(Participant participant, Vote vote)
    {
        var cast = participant.Cast(vote);
        Assert.True(cast.TryRelease(cast.Record, out var message));
        return message;
    }

    public Participant Join(NodeId self, VoteRecord durable = default) => new(self, Transaction, durable);

    public Recovery NewRecovery(NodeId self, OutcomeLearner? learner = null, BallotMark durable = default) =>
        new(self, 1, Configuration, Transaction, learner ?? new OutcomeLearner(Configuration, Transaction), durable);

    /// <summary>Lets an Accept arrive at some acceptors, and their answers at the observer.</summary>
    public Finished? Deliver(InInstance<Accept> accept, params int[] acceptors)
    {
        Finished? news = null;
        foreach (var place in acceptors)
        {
            if (Acceptors[place].Step(accept).Reply is { } reply)
            {
                Assert.True(reply.TryRelease(reply.Record, out var accepted));
                news ??= Observer.Step(accepted);
            }
        }
        return news;
    }

    /// <summary>Runs a recovery by way of some acceptors; its Accepts reach the same ones.</summary>
    public Finished? Recover(Recovery recovery, params int[] acceptors)
    {
        Finished? news = null;
        foreach (var accept in RunPhase1(recovery, acceptors))
        {
            news ??= Deliver(accept, acceptors);
        }
        return news;
    }

    public List<InInstance<Accept>> RunPhase1(Recovery recovery, params int[] acceptors)
    {
        var begun = recovery.Begin();
        Assert.True(begun.TryRelease(begun.Record, out var prepare));
        var accepts = new List<InInstance<Accept>>();
        foreach (var instance in recovery.OpenInstances)
        {
            foreach (var place in acceptors)
            {
                if (Acceptors[place].Step(new InInstance<Prepare>(instance, prepare)).Reply is { } reply)
                {
                    Assert.True(reply.TryRelease(reply.Record, out var promise));
                    if (recovery.Step(promise) is { } accept)
                    {
                        accepts.Add(accept);
                    }
                }
            }
        }
        return accepts;
    }
}
