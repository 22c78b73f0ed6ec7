namespace Synod.Paxos.Multi;

/// <summary>What became of a proposal.</summary>
public enum Proposal
{
    /// <summary>It has a slot or waits for one. It may still be lost if this node stops leading.</summary>
    Taken,

    /// <summary>This node does not lead; nothing was done.</summary>
    NotLeading,

    /// <summary>Too many proposals, or bytes of them, wait; nothing was done.</summary>
    Full,

    /// <summary>The command is longer than <see cref="ReplicaOptions.CommandBytesMax"/>; nothing was done.</summary>
    TooLarge,
}

/// <summary>
/// One replica of the log: Multi-Paxos (Lamport 2001, §3) as a pure machine. Every input is a step, every effect goes
/// into the caller's <see cref="ReplicaOutput"/>; a turn is any number of steps and then one <see cref="Finish"/>.
/// </summary>
/// <remarks>
/// Roles are files: <c>LogAcceptor</c>, <c>LogProposer</c>, <c>LogLearner</c>; <c>Connectivity</c> says who may lead,
/// <c>ReadRounds</c> serves linearizable reads. An instance faults by throwing <see cref="InvariantViolatedException"/>
/// and must not be used afterwards.
/// </remarks>
public sealed partial class Replica
{
    private readonly record struct OwnVote(ulong Record, Ballot Ballot, Slot Slot);

    private readonly ReplicaContext _context;
    private readonly LogAcceptor _acceptor;
    private readonly LogLearner _learner;
    private readonly LogProposer _proposer;
    private readonly Connectivity _connectivity;
    private readonly ReadRounds _reads;
    private readonly Queue<OwnVote> _ownVotes = new();
    private readonly Queue<Value> _pending = new();
    private long _pendingBytes;
    private readonly Action<Slot, Decree> _propose;
    private readonly Func<uint, Slot, NodeId> _whomToAsk;

    /// <summary>Makes an empty replica. Recover its records, if there are any, before the first step.</summary>
    /// <param name="self">This node; a voter of the configuration.</param>
    /// <param name="configuration">The configuration of slot 0.</param>
    /// <param name="options">Limits and times.</param>
    /// <exception cref="ArgumentException">The options contradict each other; the message says how.</exception>
    /// <exception cref="InvariantViolatedException"><paramref name="self"/> is not a voter.</exception>
    public Replica(NodeId self, Configuration configuration, ReplicaOptions options)
    {
        options.Validate();
        Check.That(configuration.IsVoter(self));
        _context = new ReplicaContext(options, self, configuration);
        _acceptor = new LogAcceptor(_context);
        _learner = new LogLearner(_context);
        _proposer = new LogProposer(_context, _learner);
        _connectivity = new Connectivity(_context);
        _reads = new ReadRounds(_context);
        _propose = ProposeIn;
        _whomToAsk = _connectivity.PeerThatKnows;
    }

    /// <summary>This node, one of the voters of <see cref="Configuration"/>.</summary>
    public NodeId Self => _context.Self;

    /// <summary>The configuration in force: who votes, and which sets of voters suffice.</summary>
    public Configuration Configuration => _context.Configuration;

    /// <summary>The decree of slot 0: the first configuration, chosen by construction and the same in every log of the cluster.</summary>
    public Decree DecreeOfSlotZero => _context.Configurations.DecreeOfSlotZero;

    /// <summary>The highest ballot promised, durable or on its way to the disk; never lowered.</summary>
    public Ballot Promised => _acceptor.Promised;

    /// <summary>All slots up to here are known to be chosen and were handed out.</summary>
    public Slot ChosenUpTo => _learner.ChosenUpTo;

    /// <summary>Whether this node believes that it leads.</summary>
    public bool IsLeading => _proposer.Phase == ProposerPhase.Leading;

    /// <summary>Whether this node neither leads nor campaigns.</summary>
    public bool IsIdle => _proposer.Phase == ProposerPhase.Idle;

    /// <summary>The leader's ballot as this node believes it; none without a leader.</summary>
    public Ballot LeaderBallot =>
        IsLeading ? _proposer.Ballot : _connectivity.HearsLeader(false) ? _connectivity.Leader : Ballot.None;

    /// <summary>Whose ballot <see cref="LeaderBallot"/> is; <see cref="NodeId.None"/> without a leader.</summary>
    public NodeId Leader => LeaderBallot.Node;

    /// <summary>The longest command that this node takes; see <see cref="ReplicaOptions.CommandBytesMax"/>.</summary>
    public int CommandBytesMax => _context.Options.CommandBytesMax;

    /// <summary>Proposals that wait for the window.</summary>
    public int PendingProposals => _pending.Count;

    /// <summary>Slots proposed and not yet known to be chosen.</summary>
    public ulong OpenSlots => IsLeading ? _proposer.NextSlot.Number - _learner.ChosenUpTo.Number - 1 : 0;

    /// <summary>The last round trip measured to a peer; zero if none was.</summary>
    public TimeSpan RoundTripOf(NodeId peer) =>
        _context.Configuration.PlaceOf(peer) is var place and >= 0 ? _connectivity.RoundTripOf(place) : TimeSpan.Zero;

    /// <summary>Two-way contact with a peer within the election time-out.</summary>
    public bool IsConnectedTo(NodeId peer) =>
        _context.Configuration.PlaceOf(peer) is var place and >= 0 && _connectivity.IsConnected(place);

    /// <summary>The oldest decree still in memory is the one after this slot.</summary>
    public Slot MemoryFloor => _context.Log.Floor;

    /// <summary>Takes back one durable record at a restart, in the order of the journal.</summary>
    /// <param name="record">The record.</param>
    /// <param name="number">Its number in the journal.</param>
    /// <param name="output">Receives the decrees that it shows to be chosen.</param>
    public void Recover(in StateRecord record, ulong number, ReplicaOutput output)
    {
        _context.Output = output;
        Check.That(number > _context.PersistedUpTo && _proposer.Phase == ProposerPhase.Idle);
        _context.PersistedUpTo = number;
        _acceptor.Recover(record, number);
        _learner.Recover(record, number);
    }

    /// <summary>Takes back a promise that the journal carries apart from its records.</summary>
    public void RecoverPromise(Ballot promised) =>
        _acceptor.Recover(new StateRecord(StateRecordKind.Promised, promised, default, default), 0);

    /// <summary>The journal holds everything up to this record.</summary>
    public void Persisted(Instant now, ulong record, ReplicaOutput output)
    {
        Begin(now, output);
        Check.That(record <= output.LastRecord);
        _context.PersistedUpTo = Math.Max(_context.PersistedUpTo, record);
        while (_ownVotes.TryPeek(out var vote) && vote.Record <= _context.PersistedUpTo)
        {
            // The own vote counts only now that it is durable (CHECKLIST 18).
            _ownVotes.Dequeue();
            _proposer.Step(_context.Place, new Accepted(vote.Ballot, vote.Slot, vote.Slot));
        }
        TakeOwnPromise();
        _learner.Trim();
    }

    /// <summary>A lane to a peer came up: what the peer has not answered is sent again.</summary>
    public void LinkUp(Instant now, NodeId peer, ReplicaOutput output)
    {
        Begin(now, output);
        if (_context.Configuration.PlaceOf(peer) is var place and >= 0)
        {
            _connectivity.LinkUp();
            _proposer.ResendTo(place);
        }
    }

    /// <summary>The control lane to a peer was lost: suspicion at once, where silence would take an election
    /// time-out.</summary>
    public void LinkDown(Instant now, NodeId peer, ReplicaOutput output)
    {
        Begin(now, output);
        if (_context.Configuration.PlaceOf(peer) is var place and >= 0)
        {
            _connectivity.LinkDown(place);
            _learner.LinkDown(peer);
            if (peer == Promised.Node)
            {
                _graceUntil = default; // The candidate that this node waited for is gone.
            }
        }
    }

    /// <summary>Whether this node may be elected; false while its disk is stalled.</summary>
    public void SetElectable(bool electable) => _connectivity.Electable = electable;

    /// <summary>While set, no missing decrees are asked for: the state machine has enough to do.</summary>
    public bool CatchUpPaused { get; set; }

    private void Begin(Instant now, ReplicaOutput output)
    {
        _context.Now = now;
        _context.Output = output;
    }

    /// <summary>Phase 2a for one slot, this node's own acceptor first.</summary>
    private void ProposeIn(Slot slot, Decree decree)
    {
        var accept = new Accept(_proposer.Ballot, slot, decree, _learner.ChosenUpTo);
        var answer = _acceptor.Step(accept, new Slot(ulong.MaxValue / 2), out var record);
        Check.That(answer == Answer.Yes); // The promise is this leader's own, or it would not lead.
        _ownVotes.Enqueue(new OwnVote(record, _proposer.Ballot, slot));
        _proposer.SendAccepts(slot, decree);
    }

    private void TakeOwnPromise()
    {
        while (_proposer.OwnPageWanted(_context.PersistedUpTo) is { } from)
        {
            var page = _acceptor.Page(_proposer.Ballot, from, _learner.ChosenUpTo);
            if (_proposer.Step(_context.Place, page))
            {
                TakeLead();
            }
        }
    }

    private void TakeLead()
    {
        _proposer.Lead(_propose);
        if (_proposer.IsSuperseded)
        {
            _proposer.StepDown();
            return;
        }
        _attempts = 0;
        _connectivity.Follow(_proposer.Ballot);
        _reads.AskSelf();
        _context.Report(ReplicaEventKind.LeadershipTaken, _proposer.Ballot, Self);
    }
}
