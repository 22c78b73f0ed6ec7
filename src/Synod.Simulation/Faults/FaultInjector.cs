using Synod.Paxos;

namespace Synod.Simulation;

/// <summary>Draws faults from the seed and does them to the world, until told to stop. What it breaks it also mends, sooner or later.</summary>
internal sealed class FaultInjector(World world, Chance chance)
{
    // Luck of its own: the draws of all other faults stay what they were.
    private readonly Chance _apart = new(world.Options.Seed ^ 0xC10C);
    private readonly List<Action> _kinds = [];
    private bool _stopped;

    public void Start()
    {
        var mix = world.Options.Faults;
        Add(mix.Crashes, CrashOne, CrashOne, CrashOne, CrashLeader, CrashAll);
        Add(mix.Pauses, PauseOne, PauseLeader);
        Add(mix.Partitions, SplitInTwo, IsolateOne, CutOneWay, CutOneLink, ResetLinks, HealNetwork, HealNetwork);
        Add(mix.Disks, StallDisk, SlowDisk, FailSync, FillDisk);
        Add(mix.Wipes && !world.Options.FaultyGenesis, WipeOne);
        if (mix.Rot && !world.Options.FaultyGenesis)
        {
            world.Scheduler.After(_apart.Between(world.Options.Chaos * 0.3, world.Options.Chaos), RotOne);
        }
        if (_kinds.Count > 0)
        {
            Plan();
        }
    }

    /// <summary>No more faults; what was planned to be mended still is.</summary>
    public void Stop() => _stopped = true;

    private void Add(bool wanted, params Action[] kinds)
    {
        if (wanted)
        {
            _kinds.AddRange(kinds);
        }
    }

    private void Plan() => world.Scheduler.After(chance.Between(TimeSpan.Zero, world.Options.Faults.Every * 2), () =>
    {
        if (!_stopped)
        {
            chance.Pick(_kinds)();
            Plan();
        }
    });

    private Machine AnyMachine() => world.Machines[chance.Below(world.Options.Nodes)];

    private void CrashOne() => Crash(AnyMachine());

    private void CrashLeader() => Crash(world.Leader() ?? AnyMachine());

    private void CrashAll()
    {
        if (chance.OneIn(2))
        {
            return;
        }
        foreach (var machine in world.Machines)
        {
            Crash(machine);
        }
    }

    private void Crash(Machine machine)
    {
        if (machine.Life is null)
        {
            return;
        }
        if (chance.OneIn(2))
        {
            machine.Kill();
        }
        else
        {
            machine.LosePower();
        }
        BootLater(machine);
    }

    private void BootLater(Machine machine)
    {
        var most = chance.OneIn(4) ? TimeSpan.FromSeconds(4) : TimeSpan.FromMilliseconds(500);
        world.Scheduler.After(chance.Between(TimeSpan.Zero, most), machine.Boot);
    }

    private void PauseOne() => Pause(AnyMachine());

    private void PauseLeader() => Pause(world.Leader() ?? AnyMachine());

    private void Pause(Machine machine)
    {
        if (!machine.IsWell)
        {
            return;
        }
        machine.Pause(_apart.OneIn(3));
        var most = chance.OneIn(3) ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(800);
        world.Scheduler.After(chance.Between(TimeSpan.FromMilliseconds(1), most), machine.Resume);
    }

    private void SplitInTwo()
    {
        var side = chance.Next();
        Cut((from, to) => ((side >> from) & 1) != ((side >> to) & 1));
    }

    private void IsolateOne()
    {
        var one = chance.OneIn(2) ? (world.Leader() ?? AnyMachine()).Index : AnyMachine().Index;
        Cut((from, to) => from == one || to == one);
    }

    private void CutOneWay()
    {
        var one = AnyMachine().Index;
        var deaf = chance.OneIn(2);
        Cut((from, to) => (deaf ? to : from) == one);
    }

    private void CutOneLink()
    {
        var one = AnyMachine().Index;
        var other = AnyMachine().Index;
        Cut((from, to) => (from == one && to == other) || (from == other && to == one));
    }

    private void Cut(Func<int, int, bool> isCut)
    {
        var keeps = chance.OneIn(2);
        foreach (var (from, to, conditions) in world.Network.All())
        {
            if (isCut(from, to))
            {
                conditions.IsCut = true;
                conditions.Keeps = keeps;
            }
        }
        Note($"a partition, {(keeps ? "frames wait" : "frames are lost")}");
        world.Scheduler.After(
            chance.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(3)),
            () =>
            {
                if (!_stopped)
                {
                    HealNetwork();
                }
            });
    }

    private void HealNetwork()
    {
        Note("the network is healed");
        world.Network.HealAll();
    }

    private void ResetLinks()
    {
        var one = AnyMachine().Index;
        var other = AnyMachine().Index;
        if (one != other)
        {
            Note("links are reset");
            world.Network.Reset(one, other);
        }
    }

    private void StallDisk()
    {
        var machine = AnyMachine();
        machine.Disk.StalledUntil = world.Scheduler.Now + chance.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(5));
        Note($"{machine.Name}'s disk stalls");
    }

    private void SlowDisk()
    {
        var disk = AnyMachine().Disk;
        var slow = chance.OneIn(2);
        disk.SyncLeast = TimeSpan.FromMicroseconds(slow ? 5_000 : 100);
        disk.SyncMost = TimeSpan.FromMilliseconds(slow ? 80 : 3);
    }

    private void FailSync()
    {
        var machine = AnyMachine();
        if (!machine.IsWell)
        {
            return;
        }
        DiskFault[] faults = [DiskFault.SyncFails, DiskFault.WriteFails, DiskFault.ShortWrite];
        machine.Disk.NextFault = chance.Pick(faults);
        Note($"{machine.Name}'s next write: {machine.Disk.NextFault}");
        world.Scheduler.After(chance.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2)), () =>
        {
            machine.Disk.NextFault = DiskFault.None;
            if (machine.Life is { IsRunning: true } life && life.Node!.Fault is not null)
            {
                Crash(machine);
            }
        });
    }

    private void FillDisk()
    {
        var machine = AnyMachine();
        machine.Medium.CapacityBytes = machine.Medium.UsedBytes;
        Note($"{machine.Name}'s disk is full");
        world.Scheduler.After(chance.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3)), () =>
        {
            machine.Medium.CapacityBytes = long.MaxValue;
            if (machine.Life is null && !machine.WasWiped)
            {
                machine.Boot();
            }
        });
    }

    private void WipeOne()
    {
        // One at most: two wiped nodes of three leave no quorum that remembers, and nothing can be asked of the rest.
        if (world.Options.Nodes > 2 && chance.OneIn(4) && !world.Machines.Any(m => m.WasWiped || m.HasRotten))
        {
            var machine = AnyMachine();
            if (machine.Life is not null)
            {
                machine.LosePower();
            }
            machine.Wipe();
            BootLater(machine);
        }
    }

    private void RotOne()
    {
        // Nor a wiped node and a rotten one of three.
        if (world.Options.Nodes > 2 && !world.Machines.Any(m => m.WasWiped) &&
            !world.Machines[_apart.Below(world.Options.Nodes)].Rot(_apart) && !_stopped)
        {
            world.Scheduler.After(TimeSpan.FromMilliseconds(500), RotOne);
        }
    }

    private void Note(string what)
    {
        world.Scheduler.Note(TraceKind.Fault, 14, (ulong)what.Length);
        world.Scheduler.Say(what);
    }
}
