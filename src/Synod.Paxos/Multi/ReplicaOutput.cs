namespace Synod.Paxos.Multi;

/// <summary>What a journal record says; the numbers are on disk.</summary>
public enum StateRecordKind : byte
{
    /// <summary>A promise of <see cref="StateRecord.Ballot"/>.</summary>
    Promised = 1,

    /// <summary>An acceptance in <see cref="StateRecord.Slot"/>; also a promise of its ballot.</summary>
    Accepted = 2,

    /// <summary>A decree learned as chosen from a peer.</summary>
    Learned = 3,

    /// <summary>Every slot up to <see cref="StateRecord.Slot"/> is chosen, as found in the records before this one.</summary>
    ChosenUpTo = 4,

    /// <summary>
    /// Every slot up to <see cref="StateRecord.Slot"/> is chosen, as a snapshot shows: what the records before this one hold
    /// of these slots may be acceptances that were never chosen.
    /// </summary>
    Jumped = 5,
}

/// <summary>One change of durable state.</summary>
/// <param name="Kind">Which fields count.</param>
/// <param name="Ballot">The ballot promised or accepted.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Decree">The decree accepted or learned.</param>
public readonly record struct StateRecord(StateRecordKind Kind, Ballot Ballot, Slot Slot, Decree Decree);

/// <summary>A message to send. The message itself is in the list of its kind, at <paramref name="Index"/>.</summary>
/// <param name="To">The receiver.</param>
/// <param name="Kind">Which list.</param>
/// <param name="Index">Place in that list.</param>
/// <param name="AfterRecord">It may leave only when this record is durable; 0 for at once.</param>
public readonly record struct Outgoing(NodeId To, MessageKind Kind, int Index, ulong AfterRecord);

/// <summary>A decree to apply, in slot order without gaps.</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="Decree">The decree.</param>
public readonly record struct LearnedDecree(Slot Slot, Decree Decree);

/// <summary>A batch of reads may be served.</summary>
/// <param name="Request">The number under which the host asked.</param>
/// <param name="Index">Serve once everything up to here is applied.</param>
/// <param name="ValidUntil">Answer before this instant; <see cref="Instant.Never"/> without a leader lease.</param>
public readonly record struct ReadReady(ulong Request, Slot Index, Instant ValidUntil);

/// <summary>A peer wants chosen decrees that are no longer in memory: the host reads them from the journal and sends them.</summary>
/// <param name="To">Who asked.</param>
/// <param name="First">First slot.</param>
/// <param name="Last">Last slot; chosen here.</param>
public readonly record struct JournalRead(NodeId To, Slot First, Slot Last);

/// <summary>Something an operator may want to know.</summary>
public enum ReplicaEventKind
{
    /// <summary>This node tries to lead under the ballot.</summary>
    CampaignStarted,

    /// <summary>This node leads: phase 1 is complete.</summary>
    LeadershipTaken,

    /// <summary>This node does not lead any more: somebody promised a higher ballot.</summary>
    LeadershipLostToHigherBallot,

    /// <summary>This node stepped down: it has no quorum.</summary>
    LeadershipLostWithoutQuorum,

    /// <summary>This node handed over: proposals waited and nothing was chosen for three election time-outs.</summary>
    LeadershipHandedOver,

    /// <summary>This node follows the leader of the ballot.</summary>
    FollowingLeader,

    /// <summary>This node knows no live leader.</summary>
    LeaderLost,

    /// <summary>
    /// A message came from a node that is not a member, or with another incarnation, or with a ballot, slot or decree that
    /// nobody can have come to.
    /// </summary>
    StrangeMessageDropped,

    /// <summary>
    /// A peer (or, without a node, somebody who is not there any more) said that more is chosen than this node has, and
    /// nobody delivers it: it counts no more until it is delivered.
    /// </summary>
    ClaimForgotten,
}

/// <summary>One event for the log and the counters.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Ballot">Under which ballot.</param>
/// <param name="Node">Whom it concerns.</param>
public readonly record struct ReplicaEvent(ReplicaEventKind Kind, Ballot Ballot, NodeId Node);

/// <summary>
/// What steps ask of the host. The caller owns it, hands it to the steps of one turn, carries it out and clears it. No
/// list is ever replaced, so a turn allocates nothing once the lists have grown.
/// </summary>
public sealed class ReplicaOutput
{
    /// <summary>Records to persist in this order, with consecutive numbers ending at <see cref="LastRecord"/>.</summary>
    public List<StateRecord> Records { get; } = [];

    /// <summary>The number of the last record that any step has asked to persist, over all turns.</summary>
    public ulong LastRecord { get; private set; }

    /// <summary>Messages in the order in which they were asked for.</summary>
    public List<Outgoing> Outgoing { get; } = [];

    /// <summary>The Prepares of <see cref="Outgoing"/>.</summary>
    public List<Prepare> Prepares { get; } = [];

    /// <summary>The Promises.</summary>
    public List<Promise> Promises { get; } = [];

    /// <summary>The Nacks.</summary>
    public List<Nack> Nacks { get; } = [];

    /// <summary>The Accepts.</summary>
    public List<Accept> Accepts { get; } = [];

    /// <summary>The Accepteds.</summary>
    public List<Accepted> Accepteds { get; } = [];

    /// <summary>The Chosens.</summary>
    public List<Chosen> Chosens { get; } = [];

    /// <summary>The Heartbeats.</summary>
    public List<Heartbeat> Heartbeats { get; } = [];

    /// <summary>The CatchUps.</summary>
    public List<CatchUp> CatchUps { get; } = [];

    /// <summary>The Learns.</summary>
    public List<Learn> Learns { get; } = [];

    /// <summary>The Confirms.</summary>
    public List<Confirm> Confirms { get; } = [];

    /// <summary>The Confirmeds.</summary>
    public List<Confirmed> Confirmeds { get; } = [];

    /// <summary>The ReadIndexes.</summary>
    public List<ReadIndex> ReadIndexes { get; } = [];

    /// <summary>The ReadIndexeds.</summary>
    public List<ReadIndexed> ReadIndexeds { get; } = [];

    /// <summary>The HandOvers.</summary>
    public List<HandOver> HandOvers { get; } = [];

    /// <summary>The Forwards.</summary>
    public List<Forward> Forwards { get; } = [];

    /// <summary>Decrees to apply.</summary>
    public List<LearnedDecree> Decrees { get; } = [];

    /// <summary>Reads that may be served.</summary>
    public List<ReadReady> Reads { get; } = [];

    /// <summary>Old decrees to read from the journal for peers.</summary>
    public List<JournalRead> JournalReads { get; } = [];

    /// <summary>For the log and the counters.</summary>
    public List<ReplicaEvent> Events { get; } = [];

    /// <summary>Continues the numbering after what a journal already holds.</summary>
    public void ContinueAfter(ulong lastRecord)
    {
        Check.That(Records.Count == 0 && lastRecord >= LastRecord);
        LastRecord = lastRecord;
    }

    /// <summary>Empties everything but the numbering.</summary>
    public void Clear()
    {
        Records.Clear();
        Outgoing.Clear();
        Prepares.Clear();
        Promises.Clear();
        Nacks.Clear();
        Accepts.Clear();
        Accepteds.Clear();
        Chosens.Clear();
        Heartbeats.Clear();
        CatchUps.Clear();
        Learns.Clear();
        Confirms.Clear();
        Confirmeds.Clear();
        ReadIndexes.Clear();
        ReadIndexeds.Clear();
        Forwards.Clear();
        HandOvers.Clear();
        Decrees.Clear();
        Reads.Clear();
        JournalReads.Clear();
        Events.Clear();
    }

    /// <summary>A chosen decree that the host has read back from the journal, for a peer that asked.</summary>
    public void SendLearned(NodeId to, in Learn message) => Send(to, message);

    internal ulong Persist(in StateRecord record)
    {
        Records.Add(record);
        LastRecord = checked(LastRecord + 1);
        return LastRecord;
    }

    internal void Send(NodeId to, in Prepare m, ulong after) => Add(to, MessageKind.Prepare, Prepares, m, after);

    internal void Send(NodeId to, in Promise m, ulong after) => Add(to, MessageKind.Promise, Promises, m, after);

    internal void Send(NodeId to, in Nack m) => Add(to, MessageKind.Nack, Nacks, m, 0);

    internal void Send(NodeId to, in Accept m) => Add(to, MessageKind.Accept, Accepts, m, 0);

    internal void Send(NodeId to, in Chosen m) => Add(to, MessageKind.Chosen, Chosens, m, 0);

    internal void Send(NodeId to, in Heartbeat m) => Add(to, MessageKind.Heartbeat, Heartbeats, m, 0);

    internal void Send(NodeId to, in CatchUp m) => Add(to, MessageKind.CatchUp, CatchUps, m, 0);

    internal void Send(NodeId to, in Learn m) => Add(to, MessageKind.Learn, Learns, m, 0);

    internal void Send(NodeId to, in Confirm m) => Add(to, MessageKind.Confirm, Confirms, m, 0);

    internal void Send(NodeId to, in Confirmed m) => Add(to, MessageKind.Confirmed, Confirmeds, m, 0);

    internal void Send(NodeId to, in ReadIndex m) => Add(to, MessageKind.ReadIndex, ReadIndexes, m, 0);

    internal void Send(NodeId to, in ReadIndexed m) => Add(to, MessageKind.ReadIndexed, ReadIndexeds, m, 0);

    internal void Send(NodeId to, in Forward m) => Add(to, MessageKind.Forward, Forwards, m, 0);

    internal void Send(NodeId to, in HandOver m) => Add(to, MessageKind.HandOver, HandOvers, m, 0);

    /// <summary>An answer for one slot. Answers for neighbouring slots become one message that waits for the last record.</summary>
    internal void SendAccepted(NodeId to, Ballot ballot, Slot slot, ulong after)
    {
        if (Outgoing.Count > 0)
        {
            var last = Outgoing[^1];
            if (last.To == to && last.Kind == MessageKind.Accepted)
            {
                var run = Accepteds[last.Index];
                if (run.Ballot == ballot && run.Last.Next == slot)
                {
                    Accepteds[last.Index] = run with { Last = slot };
                    Outgoing[^1] = last with { AfterRecord = Math.Max(last.AfterRecord, after) };
                    return;
                }
            }
        }
        Add(to, MessageKind.Accepted, Accepteds, new Accepted(ballot, slot, slot), after);
    }

    private void Add<T>(NodeId to, MessageKind kind, List<T> list, in T message, ulong after)
    {
        list.Add(message);
        Outgoing.Add(new Outgoing(to, kind, list.Count - 1, after));
    }
}
