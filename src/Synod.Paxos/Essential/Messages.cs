namespace Synod.Paxos.Essential;

/// <summary>Phase 1a, to all acceptors: promise to hear nothing below this ballot (Lamport 2001, §2.2).</summary>
/// <param name="Ballot">The proposer's; its <see cref="Ballot.Node"/> says whom to answer.</param>
public readonly record struct Prepare(Ballot Ballot);

/// <summary>Phase 1b, to the proposer: I hear nothing below your ballot any more, and this I had accepted.</summary>
/// <param name="From">The acceptor.</param>
/// <param name="Ballot">The ballot of the Prepare that this answers.</param>
/// <param name="AcceptedBallot">The highest ballot accepted so far, or <see cref="Ballot.None"/>.</param>
/// <param name="AcceptedValue">The value accepted under it; null exactly if nothing was accepted.</param>
public readonly record struct Promise(NodeId From, Ballot Ballot, Ballot AcceptedBallot, Value? AcceptedValue);

/// <summary>Phase 2a, to all acceptors: accept this value under this ballot.</summary>
/// <param name="Ballot">A ballot whose phase 1 is complete.</param>
/// <param name="Value">The one value that is ever sent under it.</param>
public readonly record struct Accept(Ballot Ballot, Value Value);

/// <summary>Phase 2b, to all learners: I accepted this value under this ballot.</summary>
/// <param name="From">The acceptor.</param>
/// <param name="Ballot">The ballot of the Accept.</param>
/// <param name="Value">Its value.</param>
public readonly record struct Accepted(NodeId From, Ballot Ballot, Value Value);
