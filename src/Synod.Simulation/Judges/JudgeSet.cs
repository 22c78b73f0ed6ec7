using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;

namespace Synod.Simulation;

/// <summary>All judges of a world, each told what it wants to know.</summary>
internal sealed class JudgeSet
{
    private readonly AgreementJudge _agreement;
    private readonly EffectSumJudge _effects;
    private readonly PromiseJudge _promises;
    private readonly BallotJudge _ballots;
    private readonly LocalReadJudge _localReads;
    private readonly SoundnessJudge _soundness;

    public JudgeSet(World world)
    {
        Verdicts = new Verdicts(world.Scheduler);
        _agreement = new AgreementJudge(Verdicts, world.Scheduler);
        _effects = new EffectSumJudge(Verdicts);
        _promises = new PromiseJudge(Verdicts, world.Options.Nodes);
        _ballots = new BallotJudge(Verdicts, world.Options.Nodes);
        _localReads = new LocalReadJudge(Verdicts);
        _soundness = new SoundnessJudge(Verdicts, world.Options.NodeTimeout);
        Leases = new LeaseJudge(Verdicts, world.Options.ClockDriftPartsPerMillion);
        Chronicle = new Chronicle(Verdicts, world.Scheduler, Leases, world.Options.Load);
        Watches = new WatchJudge(Verdicts, Chronicle);
        Past = new PastJudge(Verdicts, Chronicle, world);
        world.Network.OnSent = Sent;
    }

    public Verdicts Verdicts { get; }

    public Chronicle Chronicle { get; }

    public LeaseJudge Leases { get; }

    public WatchJudge Watches { get; }

    public PastJudge Past { get; }

    /// <summary>What happened to leadership, for tests and statistics.</summary>
    public Dictionary<ReplicaEventKind, int> Events { get; } = [];

    /// <summary>A node is built; its recovery begins.</summary>
    public void NodeBuilt(Life life)
    {
        _agreement.Watch(life);
        Chronicle.Watch(life);
    }

    /// <summary>A node's recovery is over.</summary>
    public void Started(Life life)
    {
        _promises.Started(life);
        _ballots.Started(life);
        _effects.Look(life);
    }

    /// <summary>A node's apply actor had a turn.</summary>
    public void Observed(Life life)
    {
        _effects.Look(life);
        Chronicle.Look(life);
        life.RevisionBefore = life.Node!.State.Store.CurrentRevision;
        life.WasInstalled = false;
        _soundness.Look(life);
    }

    /// <summary>What happened to snapshots, for tests and statistics.</summary>
    public Dictionary<SnapshotNoticeKind, int> Snapshots { get; } = [];

    /// <summary>The number of the node from which a snapshot was last asked for; 0 if none was.</summary>
    public uint FetchingFrom { get; private set; }

    /// <summary>A node told its operator something of snapshots.</summary>
    public void Heard(Machine machine, in SnapshotNotice notice)
    {
        Snapshots[notice.Kind] = Snapshots.GetValueOrDefault(notice.Kind) + 1;
        FetchingFrom = notice.Kind == SnapshotNoticeKind.Fetching ? notice.Peer.Number : FetchingFrom;
    }

    /// <summary>A node told its operator something.</summary>
    public void Heard(Machine machine, in ReplicaEvent e)
    {
        Events[e.Kind] = Events.GetValueOrDefault(e.Kind) + 1;
        if (e.Kind == ReplicaEventKind.StrangeMessageDropped && !machine.World.Options.IsPlanted)
        {
            Verdicts.Add("soundness", $"{machine.Name} dropped a strange message of n{e.Node}");
        }
    }

    /// <summary>An operation was answered.</summary>
    public void Answered(Operation operation) => _localReads.Answered(operation);

    /// <summary>A client still waits; is it for too long?</summary>
    public void StillWaiting(Machine machine, Operation operation, Instant calledAt, Instant now) =>
        _soundness.StillWaiting(machine, operation, calledAt, now);

    /// <summary>A start was refused.</summary>
    public void Refused(Machine machine, string why) => _soundness.Refused(machine, why);

    /// <summary>The world is over: the history as a whole.</summary>
    public void Close(World world)
    {
        _soundness.Close(world.History);
        RevisionJudge.Judge(Verdicts, world.History);
        LinearizabilityJudge.Judge(Verdicts, world.History, world.Options.Keys);
        AcknowledgedWritesJudge.Judge(Verdicts, world);
        Leases.Close();
        Watches.Close(world.Load.Watchers);
        Past.Close();
    }

    private void Sent(int from, int to, PeerLane lane, ReadOnlyMemory<byte> frame) =>
        PacketText.ForEach(frame, (kind, body) =>
        {
            _promises.Sent(from, kind, body);
            _ballots.Sent(from, kind, body);
        });
}
