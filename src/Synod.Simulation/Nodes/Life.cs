using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Storage;
using Synod.Storage.Recovery;

namespace Synod.Simulation;

/// <summary>
/// One life of a node: a process from its start, through recovery, to its death. Recovery is pumped by the disk's
/// completions, so a crash can come at every step of it.
/// </summary>
internal sealed class Life
{
    private enum Stage
    {
        MakingDirectory,
        OpeningJournal,
        MarkingJournal,
        Running,
        Dead,
    }

    private readonly SimulatedDisk _directoryDisk;
    private readonly SimulatedDisk _journalDisk;
    private readonly SimulatedDisk _snapshotDisk;
    private readonly DataDirectory _directory;
    private readonly Actor _core;
    private readonly Actor _journal;
    private readonly Actor _apply;
    private JournalOpening? _opening;
    private Stage _stage;

    public Life(Machine machine, ulong number)
    {
        Machine = machine;
        Number = number;
        Clock = machine.NewClock();
        _directoryDisk = machine.OpenDisk(this);
        _journalDisk = machine.OpenDisk(this);
        _snapshotDisk = machine.OpenDisk(this);
        _directory = new DataDirectory(_directoryDisk);
        _directory.Expect(machine.World.ClusterId, machine.Id, machine.Name);
        _core = new Actor(this, "core", now => Node!.CoreTurn(now));
        _journal = new Actor(this, "journal", now => Node!.JournalTurn(now));
        _apply = new Actor(this, "apply", now => Node!.ApplyTurn(now));
    }

    public Machine Machine { get; }

    /// <summary>Counts the lives of a machine, from 1.</summary>
    public ulong Number { get; }

    public DriftingClock Clock { get; }

    public SimulatedPeers? Peers { get; private set; }

    /// <summary>The node; null before its directory is known.</summary>
    public SynodNode? Node { get; private set; }

    /// <summary>What recovery found.</summary>
    public RecoveryReportSummary? Recovered { get; private set; }

    /// <summary>Recovery is over and the process lives.</summary>
    public bool IsRunning => _stage == Stage.Running;

    public bool IsDead => _stage == Stage.Dead;

    /// <summary>A disk fault was put into this life: the node may stop because of it.</summary>
    public bool HadDiskFault { get; set; }

    /// <summary>When the node last could not work for a reason of its own machine: started, or paused.</summary>
    public Instant ReadySince { get; set; }

    /// <summary>What the last decree that was applied asked for.</summary>
    public Store.CommandKind LastCommand { get; set; }

    /// <summary>The store's revision after the apply actor's last turn.</summary>
    public long RevisionBefore { get; set; }

    /// <summary>A snapshot was installed in this turn.</summary>
    public bool WasInstalled { get; set; }

    public void Begin()
    {
        if (_directory.Record is null)
        {
            var fresh = DirectoryRecord.Fresh(
                Machine.NewIdentity(), Machine.World.ClusterId, Machine.Id, Machine.Name);
            _stage = Stage.MakingDirectory;
            _directory.BeginSave(fresh);
        }
        else
        {
            OpenJournal();
        }
        Step();
    }

    /// <summary>A completion has come.</summary>
    public void DiskDone()
    {
        if (_stage == Stage.Running)
        {
            _core.Wake();
            _journal.Wake();
        }
        else
        {
            Step();
        }
    }

    /// <summary>The process ends here, in the middle of whatever it did.</summary>
    public void Die(bool tellsOthers)
    {
        _stage = Stage.Dead;
        if (Peers is not null)
        {
            Machine.World.Network.Detach(Peers, tellsOthers);
        }
    }

    public void WakeAll()
    {
        ReadySince = Machine.Now;
        _core.Wake();
        _journal.Wake();
        _apply.Wake();
    }

    public void AfterTurn(string actor)
    {
        if (actor == "apply" || Node!.Fault is not null)
        {
            Machine.World.Observed(this);
        }
    }

    private void Step()
    {
        if (_stage == Stage.MakingDirectory && _directory.Turn())
        {
            StopIf(_directory.Fault);
            if (_stage != Stage.Dead)
            {
                OpenJournal();
            }
        }
        if (_stage == Stage.OpeningJournal && _opening!.Step())
        {
            if (_directory.Record!.JournalBegun)
            {
                Run();
            }
            else
            {
                _stage = Stage.MarkingJournal;
                _directory.BeginSave(_directory.Record with { JournalBegun = true });
            }
        }
        if (_stage == Stage.MarkingJournal && _directory.Turn())
        {
            StopIf(_directory.Fault);
            if (_stage != Stage.Dead)
            {
                Run();
            }
        }
    }

    private void StopIf(string? fault)
    {
        if (fault is not null)
        {
            Machine.World.StoppedInRecovery(this, fault);
        }
    }

    private void OpenJournal()
    {
        _stage = Stage.OpeningJournal;
        var record = _directory.Record!;
        var options = Machine.World.Options;
        Peers = Machine.World.Network.Attach(Machine.Index, record.Identity, () => _core.Wake());
        var journal = options.Journal with { Identity = record.Identity, MustExist = record.JournalBegun };
        Node = new SynodNode(
            Machine.World.NodeOptionsOf(Machine, record.Identity), journal, _directory, Peers,
            new Observer(Machine), Machine.DrawSeed(),
            new NodeWakes(() => _core.Wake(), () => _journal.Wake(), () => _apply.Wake()));
        Machine.World.Judges.NodeBuilt(this);
        _opening = Node.OpenJournal(_journalDisk, _snapshotDisk);
    }

    private void Run()
    {
        Recovered = Node!.Start(_opening!, _journalDisk);
        _stage = Stage.Running;
        Machine.Scheduler.Note(TraceKind.Life, (ulong)Machine.Index, Number);
        if (Machine.Scheduler.IsRead)
        {
            Machine.Scheduler.Say($"n{Machine.Index + 1} runs, life {Number}: {Recovered}");
        }
        Machine.World.Judges.Started(this);
        WakeAll();
    }

    private sealed class Observer(Machine machine) : INodeObserver
    {
        public void Replica(in ReplicaEvent e)
        {
            machine.World.Judges.Heard(machine, e);
            if (e.Kind == ReplicaEventKind.LeadershipTaken)
            {
                machine.World.Load.LeadershipTaken(machine);
            }
            Say($"{e.Kind} {e.Ballot} n{e.Node}");
        }

        public void Link(NodeId peer, bool up, string? reason) => Say($"link to n{peer} {(up ? "up" : "down: " + reason)}");

        public void Genesis(string what) => Say(what);

        public void IdentityRefused(NodeId peer, string why)
        {
            machine.World.IdentitiesRefused++;
            Say($"refused n{peer}: {why}");
        }

        public void Space(string? alarm) => Say($"space: {alarm ?? "again"}");

        public void Damage(string what) => Say($"damage: {what}");

        public void Snapshot(in SnapshotNotice notice)
        {
            machine.World.Judges.Heard(machine, notice);
            Say($"snapshot {notice.Kind} slot {notice.Slot} bytes {notice.Bytes} n{notice.Peer} {notice.Text}");
        }

        public void Fault(string why) => Say($"FAULT {why}");

        private void Say(string what)
        {
            if (machine.Scheduler.IsRead)
            {
                machine.Scheduler.Say($"n{machine.Index + 1} {what}");
            }
        }
    }
}
