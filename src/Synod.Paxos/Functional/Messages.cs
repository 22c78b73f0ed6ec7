using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Paxos.Functional;

/// <summary>To all members, from the leader, time and again: I lead under this ballot, and I am alive.</summary>
/// <param name="Ballot">A prepared ballot; its <see cref="Ballot.Node"/> is the sender.</param>
public readonly record struct Heartbeat(Ballot Ballot);

/// <summary>What a step or tick wants done; each part may be missing.</summary>
/// <param name="Prepare">Phase 1a, to all members, after its record.</param>
/// <param name="Accept">Phase 2a, to all members: the first time, or sent again.</param>
/// <param name="Heartbeat">To all members.</param>
/// <param name="Change">Whether the lead changed.</param>
public readonly record struct Outcome(
    AfterWrite<MemberState, Prepare>? Prepare, Accept? Accept, Heartbeat? Heartbeat, LeaderChange? Change);
