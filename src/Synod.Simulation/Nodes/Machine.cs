using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;
using Synod.Storage.Recovery;

namespace Synod.Simulation;

/// <summary>One machine: a disk and a clock that outlive the processes, and the process that runs now, if one does.</summary>
internal sealed class Machine
{
    private readonly Chance _chance;
    private readonly int _driftPartsPerMillion;
    private Instant _clockStoodStillAt = Instant.Never;

    public Machine(World world, int index, Chance chance)
    {
        World = world;
        Index = index;
        _chance = chance;
        Medium = NewMedium();
        var drift = world.Options.ClockDriftPartsPerMillion;
        _driftPartsPerMillion = chance.Between(-drift, drift) - (world.Options.Doors.ClocksAreSlow ? 600_000 : 0);
    }

    public World World { get; }

    /// <summary>From 0; the node's number is one more.</summary>
    public int Index { get; }

    public NodeId Id => new((uint)Index + 1);

    public string Name => $"n{Index + 1}";

    public SimulatedMedium Medium { get; private set; }

    public DiskConditions Disk { get; } = new();

    /// <summary>The process that runs or recovers now, or null.</summary>
    public Life? Life { get; private set; }

    /// <summary>How many processes were started.</summary>
    public ulong Lives { get; private set; }

    /// <summary>The process has no turns.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Its disk was taken away: from now on it must not vote.</summary>
    public bool WasWiped { get; private set; }

    /// <summary>Something old on its disk has changed by itself: it may find that, and then refuse to start.</summary>
    public bool HasRotten { get; private set; }

    /// <summary>Why the last start was refused, or null.</summary>
    public string? Refusal { get; private set; }

    public Scheduler Scheduler => World.Scheduler;

    public Instant Now => World.Scheduler.Now;

    /// <summary>A process runs, is not paused and has no fault.</summary>
    public bool IsWell => Life is { IsRunning: true } && !IsPaused && Life.Node!.Fault is null;

    /// <summary>Told of every request to the disk as it comes, for crashes at every one of them.</summary>
    public Action<DiskRequest>? OnDiskRequest { get; set; }

    /// <summary>Starts a process.</summary>
    public void Boot()
    {
        if (Life is not null)
        {
            return;
        }
        Lives++;
        Say($"boots, life {Lives}");
        Refusal = null;
        IsPaused = false;
        Guard(() =>
        {
            Life = new Life(this, Lives);
            Life.Begin();
        });
    }

    /// <summary>The power fails: what was not synced is lost, and nobody is told.</summary>
    public void LosePower()
    {
        Say("loses power");
        EndLife(tellsOthers: false);
        Medium.LosePower();
        World.Options.AfterPowerLoss?.Invoke(this);
    }

    /// <summary>kill -9: the page cache stays, connections are reset.</summary>
    public void Kill()
    {
        Say("is killed");
        EndLife(tellsOthers: true);
        Medium.KillProcess();
    }

    /// <summary>SIGSTOP: no turns; frames, completions and requests pile up.</summary>
    /// <param name="withClock">The whole machine is suspended, and its clock does not count the time.</param>
    public void Pause(bool withClock = false)
    {
        if (Life is { IsRunning: true } && !IsPaused)
        {
            Say(withClock ? "is suspended with its clock" : "is paused");
            IsPaused = true;
            _clockStoodStillAt = withClock ? Now : Instant.Never;
        }
    }

    /// <summary>SIGCONT.</summary>
    public void Resume()
    {
        if (IsPaused)
        {
            Say("goes on");
            IsPaused = false;
            if (_clockStoodStillAt != Instant.Never && Life is { } life)
            {
                life.Clock.Leap(life.Clock.Read(_clockStoodStillAt) - life.Clock.Read(Now));
            }
            Life?.WakeAll();
        }
    }

    /// <summary>An empty disk takes the place of the old one. The machine must be down.</summary>
    public void Wipe()
    {
        Check.That(Life is null);
        Say("has its disk wiped");
        Medium = NewMedium();
        WasWiped = true;
    }

    /// <summary>A byte changes on the medium, below what was synced last: nobody takes that for a torn tail.</summary>
    /// <returns>False if there is nothing old.</returns>
    public bool Rot(Chance chance)
    {
        // The last segments hold what no later mark stands behind, and the one that was made for later.
        var files = Medium.Names.Where(name => name.StartsWith("journal-", StringComparison.Ordinal)).SkipLast(3)
            .Concat(Medium.Names.Where(name => name.StartsWith("snapshot-", StringComparison.Ordinal))).ToList();
        if (files.Count == 0)
        {
            return false;
        }
        var file = chance.Pick(files);
        var length = Medium.Snapshot(file).Length;
        if (length == 0)
        {
            return false;
        }
        HasRotten = true;
        Say("has rot in a file");
        Medium.Rot(file, chance.Below(length), (byte)(1 << chance.Below(8)));
        return true;
    }

    /// <summary>An older state of the disk takes the place of the present one. The machine must be down.</summary>
    public void PutBack(SimulatedMedium older)
    {
        Check.That(Life is null);
        Say("has its disk put back");
        Medium = older;
    }

    /// <summary>How long an actor waits for its turn.</summary>
    public TimeSpan TurnLatency() => _chance.OneIn(64)
        ? _chance.Between(TimeSpan.FromMicroseconds(10), World.Options.TurnLatencyMost)
        : _chance.Between(TimeSpan.FromMicroseconds(2), TimeSpan.FromMicroseconds(60));

    public DriftingClock NewClock() =>
        new(Now, _driftPartsPerMillion, _chance.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2)));

    public DataIdentity NewIdentity() => new(new UInt128(_chance.Next(), _chance.Next()));

    public ulong DrawSeed() => _chance.Next();

    /// <summary>A handle whose requests are completed by the scheduler.</summary>
    public SimulatedDisk OpenDisk(Life life)
    {
        var disk = Medium.Open();
        disk.CompletesByHand = true;
        disk.FaultOf = request =>
        {
            var fault = Disk.TakeFault(request);
            life.HadDiskFault |= fault != DiskFault.None && request.Operation == DiskOperation.WriteAndSync;
            return fault;
        };
        var last = Now;
        var lastBeside = Now;
        disk.OnSubmit = request =>
        {
            OnDiskRequest?.Invoke(request);
            var done = Disk.DoneAt(Now, _chance);
            if (request.Operation >= DiskOperation.Delete)
            {
                done = done > lastBeside ? done : new Instant(lastBeside.Nanoseconds + 1);
                lastBeside = done;
            }
            else if (request.Operation != DiskOperation.CreateZeroFilled)
            {
                // One handle carries its requests out in order.
                done = done > last ? done : new Instant(last.Nanoseconds + 1);
                last = done;
            }
            Scheduler.Note(TraceKind.DiskAsked, (ulong)Index, (ulong)request.Operation);
            Scheduler.At(done, () => Complete(life, disk, request.Id));
        };
        return disk;
    }

    /// <summary>Runs a piece of a start; a refusal to start is noted, not thrown.</summary>
    public void Guard(Action piece)
    {
        try
        {
            piece();
        }
        catch (Exception refused) when (
            refused is JournalRefusedException
                or DirectoryRefusedException or InvariantViolatedException)
        {
            Refusal = refused.Message;
            Say($"refuses to start: {refused.Message}");
            World.RefusedToStart(this, refused.Message);
            EndLife(tellsOthers: true);
        }
    }

    private void Complete(Life life, SimulatedDisk disk, ulong request)
    {
        if (life.IsDead)
        {
            return;
        }
        if (Disk.StalledUntil > Now)
        {
            Scheduler.At(Disk.StalledUntil + _chance.Between(Disk.SyncLeast, Disk.SyncMost), () => Complete(life, disk, request));
            return;
        }
        var underWay = disk.UnderWay;
        for (var i = 0; i < underWay.Count; i++)
        {
            if (underWay[i].Id == request)
            {
                if (underWay[i].Operation >= DiskOperation.Delete)
                {
                    disk.CompleteOneBeside();
                }
                else if (underWay[i].Operation == DiskOperation.CreateZeroFilled)
                {
                    disk.Complete(i);
                }
                else
                {
                    disk.CompleteOne();
                }
                break;
            }
        }
        Scheduler.Note(TraceKind.DiskDone, (ulong)Index, request);
        Guard(life.DiskDone);
    }

    private void EndLife(bool tellsOthers)
    {
        var life = Life;
        Life = null;
        IsPaused = false;
        if (life is not null)
        {
            life.Die(tellsOthers);
            World.Died(life);
        }
    }

    private SimulatedMedium NewMedium() => new(_chance.Fork().Next) { SyncsAreLies = World.Options.SyncsAreLies };

    private void Say(string what)
    {
        Scheduler.Note(TraceKind.Fault, (ulong)Index, (ulong)what.Length);
        if (Scheduler.IsRead)
        {
            Scheduler.Say($"n{Index + 1} {what}");
        }
    }
}
