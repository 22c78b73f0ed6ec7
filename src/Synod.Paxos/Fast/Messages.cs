using Synod.Paxos.Essential;

namespace Synod.Paxos.Fast;

/// <summary>Phase 1a, to all acceptors.</summary>
/// <param name="Ballot">The coordinator's ballot.</param>
public readonly record struct FastPrepare(FastBallot Ballot);

/// <summary>Phase 1b, to the coordinator.</summary>
/// <param name="From">The acceptor.</param>
/// <param name="Ballot">The ballot of the Prepare that this answers.</param>
/// <param name="VotedBallot">The highest ballot it voted in, or <see cref="FastBallot.None"/>.</param>
/// <param name="VotedValue">What it voted for there; null exactly if it never voted.</param>
public readonly record struct FastPromise(
    NodeId From, FastBallot Ballot, FastBallot VotedBallot, Value? VotedValue);

/// <summary>
/// Phase 2a, to all acceptors: vote for this value; or, under a fast ballot, for the first value that a client proposes
/// to you (the value "any" of Lamport 2006, §3.1).
/// </summary>
/// <param name="Ballot">A ballot whose phase 1 is complete.</param>
/// <param name="Value">The value; null for any.</param>
public readonly record struct FastAccept(FastBallot Ballot, Value? Value);

/// <summary>From a client, to all acceptors and to the coordinator.</summary>
/// <param name="Value">What it proposes.</param>
public readonly record struct FastProposal(Value Value);

/// <summary>Phase 2b, to all learners.</summary>
/// <param name="From">The acceptor.</param>
/// <param name="Ballot">The ballot it votes in.</param>
/// <param name="Value">What it votes for.</param>
public readonly record struct FastVote(NodeId From, FastBallot Ballot, Value Value);

/// <summary>All that an acceptor must remember across a crash (Lamport 2006, §3.1: rnd, vrnd, vval).</summary>
/// <param name="Promised">Nothing below it is heard any more.</param>
/// <param name="VotedBallot">The highest ballot it voted in.</param>
/// <param name="VotedValue">What it voted for there; null exactly if it never voted.</param>
public readonly record struct FastAcceptorState(FastBallot Promised, FastBallot VotedBallot, Value? VotedValue)
    : IRecord<FastAcceptorState>
{
    /// <inheritdoc/>
    public bool Covers(in FastAcceptorState other) =>
        Promised >= other.Promised && VotedBallot >= other.VotedBallot;
}
