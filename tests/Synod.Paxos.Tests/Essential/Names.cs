using Synod.Paxos.Essential;

namespace Synod.Paxos.Tests.Essential;

/// <summary>
/// The names that the scenarios use: proposers and acceptors A to E, ballots (round, name), values of text.
/// </summary>
internal static class Names
{
    public static readonly NodeId A = new(1);
    public static readonly NodeId B = new(2);
    public static readonly NodeId C = new(3);

    /// <summary>A, B and C vote; two of them are a quorum.</summary>
    public static readonly Configuration TwoOfThree = Configuration.OfMajority(3);

    public static Ballot At(ulong round, NodeId node) => new(round, node, 1);

    public static Value Text(string text) => Value.FromText(text);

    public static Proposer NewProposer(BallotMark durable = default) => new(A, 1, TwoOfThree, durable);

    public static Acceptor NewAcceptor() => new(A, default);

    public static Learner NewLearner() => new(TwoOfThree);

    /// <summary>The message of a step whose record is on disk.</summary>
    public static TMessage Written<TRecord, TMessage>(AfterWrite<TRecord, TMessage>? step)
        where TRecord : struct, IRecord<TRecord>
        where TMessage : struct
    {
        Assert.True(step.HasValue);
        Assert.True(step.Value.TryRelease(step.Value.Record, out var message));
        return message;
    }

    /// <summary>A promise that reports nothing accepted.</summary>
    public static Promise Empty(NodeId from, Ballot ballot) => new(from, ballot, Ballot.None, null);

    /// <summary>A promise that reports something accepted.</summary>
    public static Promise Reporting(NodeId from, Ballot ballot, Ballot accepted, string value) =>
        new(from, ballot, accepted, Text(value));

    public static Accepted Vote(NodeId from, Ballot ballot, string value) => new(from, ballot, Text(value));
}
