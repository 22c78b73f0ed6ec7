using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Replication;
using Synod.Storage;
using Synod.Storage.Recovery;
using Synod.Store;

namespace Synod.Node;

/// <summary>
/// One whole node without sockets, threads or clocks: three actors joined by bounded queues. The host gives each its
/// turns: threads in production, a scheduler in simulation. Build it, recover its journal, start it, then turn.
/// </summary>
public sealed partial class SynodNode : INode
{
    private const uint Group = 0;

    private readonly NodeOptions _options;
    private readonly NodeWakes _wakes;
    private readonly IPeers _peers;
    private readonly INodeObserver _observer;
    private readonly DataDirectory _directory;
    private readonly Draws _draws;
    private readonly Replica _replica;
    private readonly ReplicaOutput _output = new();
    private readonly ReplicatedState _state = new(Group);
    private readonly SessionBoard _board;
    private readonly JournalOptions _journalOptions;
    private readonly JournalMailboxes _journalBoxes;
    private readonly WriteInbox _writes;
    private readonly Mailbox<ReadRequest> _reads;
    private readonly Mailbox<NodeRequest> _direct;
    private readonly Mailbox<NodeId> _handOvers;
    private readonly Mailbox<ApplyBatch> _batches;
    private readonly LogRecovery _recovery;
    private readonly AutoCompactor _compactor;
    private readonly Func<Instant, Instant> _coreTurn;
    private readonly Func<Instant, Instant> _journalTurn;
    private readonly Func<Instant, Instant> _applyTurn;
    private Journal? _journal;
    private LogHost? _host;
    private CoreActor? _core;
    private ApplyActor? _apply;
    private WatchHub? _hub;
    private NodeStatus _status;
    private IReadOnlyList<Alarm> _alarmsTold = [];
    private string? _fault;
    private volatile bool _stopping;

    /// <summary>Builds a node; nothing is read or sent yet.</summary>
    /// <param name="options">Who it is, and its limits.</param>
    /// <param name="journal">Limits of its journal.</param>
    /// <param name="directory">Its data directory, whose record exists.</param>
    /// <param name="peers">The way to its peers.</param>
    /// <param name="observer">Hears what an operator may want to know.</param>
    /// <param name="seed">Random: different in each life of each node.</param>
    /// <param name="wakes">Rouse the actors.</param>
    public SynodNode(
        NodeOptions options, JournalOptions journal, DataDirectory directory, IPeers peers, INodeObserver observer,
        ulong seed, NodeWakes wakes)
    {
        Check.That(directory.Record is not null && directory.Record.Identity == options.Identity);
        _options = options;
        _journalOptions = journal;
        _directory = directory;
        _peers = peers;
        _observer = observer;
        _wakes = wakes;
        _draws = new Draws(seed);
        var voters = options.Members.Select(m => m.Id).ToArray();
        var configuration = new Configuration(1, voters, QuorumSystem.Majority(voters.Length));
        _replica = new Replica(options.Self, configuration, LogHost.Within(journal, options.Replica));
        _board = new SessionBoard(options) { Nonce = _draws.Next() | 1 };
        _journalBoxes = new JournalMailboxes(
            journal, wakes.Journal, new Mailbox<JournalEvent>(JournalEventsMax, wakes.Core));
        _writes = new WriteInbox(options.OutstandingMax, options.OutstandingBytesMax, wakes.Requests);
        _reads = new Mailbox<ReadRequest>(options.WaitingReadsMax, wakes.Requests);
        _direct = new Mailbox<NodeRequest>(options.WaitingReadsMax, wakes.Apply);
        _handOvers = new Mailbox<NodeId>(HandOversMax, wakes.Core);
        _batches = new Mailbox<ApplyBatch>(ApplyBatchesMax, wakes.Apply);
        _recovery = new LogRecovery(_replica, _output, ApplyRecovered);
        _compactor = new AutoCompactor(options.Compaction, Submit);
        _coreTurn = TurnCore;
        _journalTurn = TurnJournal;
        _applyTurn = TurnApply;
        _snapshotBoxes = new SnapshotMailboxes(wakes.Journal, wakes.Core);
        _snapshotBoard = new SnapshotBoard(wakes.Core, wakes.Apply);
        _snapshotRecovery = new SnapshotRecovery(options, observer);
        _status = new NodeStatus(options.Self, NodeId.None, Ballot.None, Slot.Zero, Slot.Zero, false, null);
    }

    /// <inheritdoc/>
    public NodeStatus Status
    {
        get
        {
            // What ends the node is not part of the picture that the core replaces, so that no picture can undo it.
            var picture = Volatile.Read(ref _status);
            return IsEnding ? picture with { Serving = false, Fault = Fault } : picture;
        }
    }

    /// <inheritdoc/>
    public ulong ClusterId => _options.ClusterId;

    /// <inheritdoc/>
    public IReadOnlyList<Member> Members => _board.Members;

    /// <summary>Why the node stopped, or null.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    private bool IsEnding => _stopping || Fault is not null;

    /// <summary>The replicated state; to be looked at only between turns of the apply actor.</summary>
    public ReplicatedState State => _state;

    /// <summary>Counters of the log's host; zero before the start.</summary>
    public LogCounters Counters => _host?.Counters ?? new LogCounters();

    /// <summary>The watch hub's view for metrics; null before the start.</summary>
    public WatchHub? Watches => _hub;

    /// <summary>What metrics show of the store.</summary>
    public StoreFigures Figures => _board.Figures;

    /// <summary>Lengths of the queues between doors and actors.</summary>
    public (int Writes, int Reads, int Direct, int ApplyBatches, int UnderWay, int HeldPackets) Queues =>
        (_writes.Count, _reads.Count, _direct.Count, _batches.Count, _core?.Waiting ?? 0, _host?.HeldPackets ?? 0);

    /// <summary>The last round trip to a peer.</summary>
    public TimeSpan RoundTripOf(NodeId peer) => _replica.RoundTripOf(peer);

    /// <summary>Recovery is over: from now on the actors may turn.</summary>
    public RecoveryReportSummary Start(JournalOpening opening, IDisk disk)
    {
        _journal = new Journal(opening, disk, _journalOptions, _journalBoxes);
        _recovery.End(_journal.Report.LastNumber);
        _host = new LogHost(Group, _replica, _output, _journalBoxes, _peers);
        var spent = new Mailbox<ApplyBatch>(ApplyBatchesMax, static () => { });
        var genesis = new Genesis(
            _options, new DirectoryMembership(_directory, _options.Members), _peers, _observer, StateBeginning.Of(_state));
        var sums = new Mailbox<EffectSumAt>(EffectSumsMax, _wakes.Core);
        var divergence = new Divergence(_options, sums, _peers, _state.AppliedUpTo);
        var commands = new Commands(_options, _host, _board, _draws, About.Write(_options.ClientUrls));
        var leases = new LeaseBoard(_wakes.Core);
        leases.Show(_state);
        _core = new CoreActor(
            _options, _host, _peers, genesis, divergence, commands, _board, new LeaseDriver(_host, leases), _draws,
            _observer, _batches, spent, _writes, _reads, _handOvers, StartSnapshots(_host));
        _hub = new WatchHub(_options.Watches, _state.Store);
        _board.SessionsChanged(_state.Sessions);
        _board.AppliedUpTo = _state.AppliedUpTo.Number;
        _board.Figures.Show(_state);
        _apply = new ApplyActor(
            _options, _state, _board, _hub, _batches, spent, _direct, sums, leases,
            new SnapshotTaker(
                _options, _replica.Configuration, _snapshotBoard, _snapshotBoxes.Pieces, _snapshotFiles!.Newest,
                _bytesRecovered),
            new SnapshotBuilder(_options, _snapshotBoard), new SnapshotReaders(_options, _replica.Configuration));
        return new RecoveryReportSummary(
            _journal.Report.RecordsVisited, _journal.Report.RecordsRewritten, _journal.Report.TailWasCut,
            _replica.ChosenUpTo, _replica.Promised);
    }

    /// <summary>Stops serving: everybody who waits is told in the next turns.</summary>
    public void Stop()
    {
        _stopping = true;
        Interlocked.MemoryBarrier(); // See Post.
        _wakes.Core();
        _wakes.Apply();
    }

    private const int JournalEventsMax = 4096;
    private const int EffectSumsMax = 64;
    private const int ApplyBatchesMax = 1024;
    private const int HandOversMax = 4;
}
