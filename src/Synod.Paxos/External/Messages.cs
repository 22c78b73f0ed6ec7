using Synod.Paxos.Essential;
using Synod.Paxos.Practical;

namespace Synod.Paxos.External;

/// <summary>To all members, from who has completed phase 1: I lead under this ballot.</summary>
/// <param name="Ballot">A prepared ballot; its <see cref="Ballot.Node"/> is the sender.</param>
public readonly record struct Proclamation(Ballot Ballot);

/// <summary>What a step comes to that can make its member the leader.</summary>
/// <param name="Accept">Phase 2a, if there is a value to propose.</param>
/// <param name="Proclamation">To be sent to all if the lead was gained by a member that is active.</param>
/// <param name="Change">Whether the lead changed.</param>
public readonly record struct Outcome(Accept? Accept, Proclamation? Proclamation, LeaderChange? Change);
