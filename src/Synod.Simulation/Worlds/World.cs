using System.Globalization;
using Synod.Node;
using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation;

/// <summary>
/// A cluster of whole nodes, its network, disks, clocks and clients, in one thread and driven by one seed. First faults
/// (whatever happens, nothing wrong may be seen), then a core of nodes is healed and must get on.
/// </summary>
internal sealed partial class World
{
    private readonly Chance _chance;
    private readonly SimulatedClient[] _clients;

    public World(WorldOptions options)
    {
        Options = options;
        _chance = new Chance(options.Seed);
        Scheduler = new Scheduler(_chance.Fork());
        Network = new SimulatedNetwork(Scheduler, _chance.Fork(), options.Nodes);
        Machines = [.. Enumerable.Range(0, options.Nodes).Select(i => new Machine(this, i, _chance.Fork()))];
        Judges = new JudgeSet(this);
        _clients = [.. Enumerable.Range(0, options.Clients).Select(i => new SimulatedClient(this, i, _chance.Fork()))];
        Core = [.. Enumerable.Range(0, options.Nodes)];
        Load = new SideLoad(this);
    }

    public WorldOptions Options { get; }

    public Scheduler Scheduler { get; }

    public SimulatedNetwork Network { get; }

    public IReadOnlyList<Machine> Machines { get; }

    public JudgeSet Judges { get; }

    public History History { get; } = new();

    /// <summary>The machines that must get on after the faults; the others may stay as they are.</summary>
    public IReadOnlyList<int> Core { get; set; }

    /// <summary>The clients that watch, hold leases, and look into the past.</summary>
    public SideLoad Load { get; }

    /// <summary>The faults are over.</summary>
    public bool IsHealed { get; private set; }

    /// <summary>Clients ask nothing new.</summary>
    public bool ClientsRest { get; set; }

    /// <summary>How often a node refused another's identity.</summary>
    public int IdentitiesRefused { get; set; }

    public ulong ClusterId => Options.Seed | 1;

    public IReadOnlyList<string> Violations => Judges.Verdicts.All;

    public NodeOptions NodeOptionsOf(Machine machine, DataIdentity identity) => new()
    {
        Self = machine.Id,
        ClusterId = ClusterId,
        Identity = identity,
        Members = [.. Machines.Select(m => new InitialMember(m.Id, m.Name, [$"sim://{m.Name}"]))],
        Replica = Options.Replica,
        Snapshots = Options.Snapshots,
        Watches = Options.Load.Watches,
        Compaction = Options.Load.RevisionsKept > 0
            ? new CompactionOptions { Revisions = Options.Load.RevisionsKept }
            : CompactionOptions.Off,
        RequestTimeout = Options.NodeTimeout,
        OutstandingMax = Options.OutstandingMax,
        WaitingReadsMax = Options.OutstandingMax,
    };

    /// <summary>Starts all nodes and waits until they vote and somebody leads.</summary>
    public bool Form()
    {
        foreach (var machine in Machines)
        {
            machine.Boot();
        }
        return Until(FormingMost, () => Machines.All(m => m.IsWell && m.Life!.Node!.Status.Serving) && Leader() is not null);
    }

    public void StartClients()
    {
        foreach (var client in _clients)
        {
            client.Start();
        }
        WatchClients();
        Load.Start();
    }

    /// <summary>Lets time pass.</summary>
    public void Run(TimeSpan time) => Scheduler.RunUntil(Scheduler.Now + time);

    /// <summary>Lets time pass until something holds.</summary>
    /// <returns>Whether it does.</returns>
    public bool Until(TimeSpan most, Func<bool> holds)
    {
        // Looked at a few times per heartbeat: often enough, and cheap.
        var end = Scheduler.Now + most;
        while (!holds())
        {
            if (Scheduler.Now >= end)
            {
                return false;
            }
            Scheduler.RunUntil(Scheduler.Now + LookEvery);
        }
        return true;
    }

    /// <summary>The machine that leads with the highest ballot, among those that are well.</summary>
    public Machine? Leader()
    {
        Machine? leader = null;
        foreach (var machine in Machines)
        {
            if (machine.IsWell && machine.Life!.Node!.Status is { } status && status.Leader == machine.Id &&
                (leader is null || status.Ballot > leader.Life!.Node!.Status.Ballot))
            {
                leader = machine;
            }
        }
        return leader;
    }

    /// <summary>Everything is mended: network, disks, and every machine of the core runs.</summary>
    public void Heal(IReadOnlyList<int> core)
    {
        Scheduler.Note(TraceKind.Fault, 15, (ulong)core.Count);
        Scheduler.Say($"healing {string.Join(", ", core.Select(i => Machines[i].Name))}");
        Core = core;
        Network.HealAll();
        foreach (var (from, to, conditions) in Network.All())
        {
            if (core.Contains(from) && core.Contains(to))
            {
                conditions.MakePerfect();
            }
            else
            {
                conditions.IsCut = true;
            }
        }
        foreach (var machine in core.Select(i => Machines[i]))
        {
            machine.Disk.MakePerfect();
            machine.Medium.CapacityBytes = long.MaxValue;
            machine.Resume();
        }
        IsHealed = true;
        Load.Healed();
        Supervise();
    }

    /// <summary>An operator who starts what has stopped, again and again.</summary>
    private void Supervise()
    {
        foreach (var machine in Core.Select(i => Machines[i]))
        {
            if (machine.Life is { IsRunning: true } life && life.Node!.Fault is not null)
            {
                machine.Kill();
            }
            machine.Boot();
        }
        Scheduler.After(TimeSpan.FromMilliseconds(500), Supervise);
    }

    /// <summary>All judges have the last word.</summary>
    public void Close() => Judges.Close(this);

    /// <summary>A node as a short text.</summary>
    public string Describe() => string.Join(", ", Machines.Select(m => m.Life is not { } life
        ? $"{m.Name} down{(m.Refusal is null ? "" : $" ({m.Refusal})")}"
        : life.IsRunning
            ? string.Create(CultureInfo.InvariantCulture,
                $"{m.Name}{(m.IsPaused ? " paused" : "")} leader n{life.Node!.Status.Leader} ballot {life.Node.Status.Ballot} chosen {life.Node.Status.ChosenUpTo} applied {life.Node.State.AppliedUpTo} fault {life.Node.Fault}")
            : $"{m.Name} recovering"));

    internal void Observed(Life life) => Judges.Observed(life);

    internal void Died(Life life)
    {
        foreach (var client in _clients)
        {
            client.NodeDied(life);
        }
        Load.NodeDied(life);
    }

    internal void StoppedInRecovery(Life life, string fault)
    {
        if (!life.HadDiskFault && !life.Machine.HasRotten)
        {
            Judges.Refused(life.Machine, fault);
        }
        life.Machine.Kill();
    }

    internal void RefusedToStart(Machine machine, string why)
    {
        if (!machine.WasWiped && !machine.HasRotten && machine.Life is not { HadDiskFault: true } && machine.Medium.CapacityBytes == long.MaxValue)
        {
            Judges.Refused(machine, why);
        }
    }

    private void WatchClients()
    {
        foreach (var client in _clients)
        {
            if (client.Pending is { } pending)
            {
                Judges.StillWaiting(pending.Life.Machine, pending, client.CalledAt, Scheduler.Now);
            }
        }
        Scheduler.After(TimeSpan.FromSeconds(1), WatchClients);
    }

    private static readonly TimeSpan FormingMost = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
}
