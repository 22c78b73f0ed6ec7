namespace Synod.Paxos.Multi;

/// <summary>Who sent a message and in which configuration; proven by the connection it came over.</summary>
/// <param name="Node">The sender.</param>
/// <param name="Incarnation">The sender's incarnation.</param>
/// <param name="Configuration">The number of the configuration in which the sender spoke.</param>
public readonly record struct Sender(NodeId Node, uint Incarnation, ulong Configuration);

/// <summary>The kinds of message; the numbers are on the wire.</summary>
public enum MessageKind : byte
{
    /// <summary><see cref="Multi.Prepare"/>.</summary>
    Prepare = 1,

    /// <summary><see cref="Multi.Promise"/>.</summary>
    Promise = 2,

    /// <summary><see cref="Multi.Nack"/>.</summary>
    Nack = 3,

    /// <summary><see cref="Multi.Accept"/>.</summary>
    Accept = 4,

    /// <summary><see cref="Multi.Accepted"/>.</summary>
    Accepted = 5,

    /// <summary><see cref="Multi.Chosen"/>.</summary>
    Chosen = 6,

    /// <summary><see cref="Multi.Heartbeat"/>.</summary>
    Heartbeat = 7,

    /// <summary><see cref="Multi.CatchUp"/>.</summary>
    CatchUp = 8,

    /// <summary><see cref="Multi.Learn"/>.</summary>
    Learn = 9,

    /// <summary><see cref="Multi.Confirm"/>.</summary>
    Confirm = 10,

    /// <summary><see cref="Multi.Confirmed"/>.</summary>
    Confirmed = 11,

    /// <summary><see cref="Multi.ReadIndex"/>.</summary>
    ReadIndex = 12,

    /// <summary><see cref="Multi.ReadIndexed"/>.</summary>
    ReadIndexed = 13,

    /// <summary><see cref="Multi.Forward"/>.</summary>
    Forward = 14,

    /// <summary><see cref="Multi.HandOver"/>.</summary>
    HandOver = 17,
}

/// <summary>
/// Phase 1a for every slot from <paramref name="From"/> on at once (Lamport 2001, §3): one promise covers the whole log.
/// Sent again with a higher <paramref name="From"/> to fetch the next page of the same promise.
/// </summary>
/// <param name="Ballot">The sender's own ballot, durable at the sender as its own promise before this leaves.</param>
/// <param name="From">The first slot that the sender does not know to be chosen, or the start of the next page.</param>
public readonly record struct Prepare(Ballot Ballot, Slot From);

/// <summary>One accepted decree within a <see cref="Promise"/>.</summary>
/// <param name="Slot">Where.</param>
/// <param name="Ballot">Under which ballot it was accepted; <see cref="Ballot.None"/> if only learned.</param>
/// <param name="Decree">What.</param>
/// <param name="Chosen">The acceptor knows it to be chosen.</param>
public readonly record struct AcceptedEntry(Slot Slot, Ballot Ballot, Decree Decree, bool Chosen);

/// <summary>
/// Phase 1b, one page. The acceptor will accept nothing below <paramref name="Ballot"/>, and what it has accepted in
/// slots <paramref name="From"/> to <paramref name="Through"/> is in <paramref name="Entries"/>. It leaves out slots up to its
/// own <paramref name="ChosenUpTo"/>: they are chosen, nobody may propose there, and catch-up delivers them.
/// </summary>
/// <param name="Ballot">The ballot of the Prepare.</param>
/// <param name="From">First slot that the page speaks of, as asked.</param>
/// <param name="Through">Last slot that the page speaks of.</param>
/// <param name="Last">Nothing is accepted above <paramref name="Through"/>.</param>
/// <param name="ChosenUpTo">All slots up to here are known to the acceptor as chosen.</param>
/// <param name="Entries">In slot order.</param>
public readonly record struct Promise(
    Ballot Ballot, Slot From, Slot Through, bool Last, Slot ChosenUpTo, IReadOnlyList<AcceptedEntry> Entries);

/// <summary>A Prepare or Accept was refused; an obligation to nothing, only a hint (so it needs no disk).</summary>
/// <param name="Asked">The refused ballot.</param>
/// <param name="Promised">The ballot that stands in its way.</param>
public readonly record struct Nack(Ballot Asked, Ballot Promised);

/// <summary>Phase 2a for one slot.</summary>
/// <param name="Ballot">The leader's ballot; phase 1 is complete for it.</param>
/// <param name="Slot">Where.</param>
/// <param name="Decree">What; the only decree ever proposed in this slot under this ballot.</param>
/// <param name="ChosenUpTo">All slots up to here are chosen: see <see cref="Chosen"/>.</param>
public readonly record struct Accept(Ballot Ballot, Slot Slot, Decree Decree, Slot ChosenUpTo);

/// <summary>Phase 2b for a run of slots: each is accepted under the ballot and durable.</summary>
/// <param name="Ballot">The ballot of the Accepts.</param>
/// <param name="First">First slot.</param>
/// <param name="Last">Last slot.</param>
public readonly record struct Accepted(Ballot Ballot, Slot First, Slot Last);

/// <summary>
/// All slots up to <paramref name="UpTo"/> are chosen. It carries no values: a receiver may conclude only for slots in
/// which it has itself accepted under exactly <paramref name="Ballot"/>; for others it must catch up.
/// </summary>
/// <param name="Ballot">The leader's ballot.</param>
/// <param name="UpTo">The last slot of the chosen prefix.</param>
public readonly record struct Chosen(Ballot Ballot, Slot UpTo);

/// <summary>
/// Connectivity and leadership, sent to every peer at a steady pace and at once when something changes (after the ballot
/// leader election of Ng, Haridi, Carbone 2023, "Omni-Paxos", §5: a leader must be quorum-connected, not merely alive).
/// </summary>
/// <param name="SentAt">The sender's clock, nanoseconds; comes back as an echo.</param>
/// <param name="Echo">The receiver's own <paramref name="SentAt"/> that the sender heard last; 0 if none since the link came up.</param>
/// <param name="EchoDelay">How long the sender held that echo, nanoseconds.</param>
/// <param name="Promised">The highest ballot the sender has promised.</param>
/// <param name="Leader">The ballot under which the sender leads, or whose leader it hears itself; none otherwise.</param>
/// <param name="QuorumConnected">The sender has two-way links to a quorum.</param>
/// <param name="Electable">The sender may be elected: its disk is not stalled.</param>
/// <param name="ChosenUpTo">The sender's chosen prefix.</param>
public readonly record struct Heartbeat(
    long SentAt, long Echo, long EchoDelay, Ballot Promised, Ballot Leader, bool QuorumConnected, bool Electable, Slot ChosenUpTo);

/// <summary>Asks for chosen decrees.</summary>
/// <param name="First">First slot wanted.</param>
/// <param name="Last">Last slot wanted.</param>
public readonly record struct CatchUp(Slot First, Slot Last);

/// <summary>A chosen decree.</summary>
/// <param name="Slot">Where.</param>
/// <param name="Decree">What was chosen there.</param>
/// <param name="EndsAnswer">Nothing more follows of the answer to one <see cref="CatchUp"/>: the next may be asked.</param>
public readonly record struct Learn(Slot Slot, Decree Decree, bool EndsAnswer = false);

/// <summary>"Have you promised anything above my ballot?", asked for a round of reads.</summary>
/// <param name="Ballot">The leader's ballot.</param>
/// <param name="Round">The round of reads.</param>
public readonly record struct Confirm(Ballot Ballot, ulong Round);

/// <summary>"No", to a <see cref="Confirm"/>.</summary>
/// <param name="Ballot">The leader's ballot.</param>
/// <param name="Round">The round that was asked.</param>
public readonly record struct Confirmed(Ballot Ballot, ulong Round);

/// <summary>
/// A follower asks up to where it must have applied before it may serve the reads that wait: the leader itself, or a peer
/// that hears a leader which it cannot reach. That peer hands the question on, once.
/// </summary>
/// <param name="Request">The asker's number for this batch of reads.</param>
/// <param name="Ballot">
/// The leader's ballot as the sender knows it: the sender has promised nothing above it, so that the question is its
/// confirmation at the same time. None in a plain question, which confirms nothing: on its way through a third node.
/// </param>
/// <param name="Asker">Whose reads wait: the sender, or the node for which it hands the question on.</param>
public readonly record struct ReadIndex(ulong Request, Ballot Ballot, NodeId Asker);

/// <summary>The leader's answer: reads may be served once everything up to <paramref name="Index"/> is applied.</summary>
/// <param name="Request">The number of the batch.</param>
/// <param name="Index">The leader's chosen prefix when the question arrived.</param>
/// <param name="Asker">Whose reads wait: the receiver, or the node to which it hands the answer on.</param>
public readonly record struct ReadIndexed(ulong Request, Slot Index, NodeId Asker);

/// <summary>A follower's client command on its way to the leader. It has no answer: the follower applies it itself.</summary>
/// <param name="Command">The command's bytes.</param>
public readonly record struct Forward(Value Command);

/// <summary>A leader asks the receiver to take the lead at once.</summary>
/// <param name="Ballot">The leader's ballot.</param>
public readonly record struct HandOver(Ballot Ballot);
