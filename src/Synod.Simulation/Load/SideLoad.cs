using Synod.Node;
using Synod.Ports;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>The clients that watch, hold leases, and look into the past.</summary>
internal sealed class SideLoad
{
    private readonly World _world;
    private readonly List<SideClient> _askers = [];
    private readonly List<SimulatedWatcher> _watchers = [];

    public SideLoad(World world)
    {
        _world = world;
        // Luck of its own: the draws of all others stay what they were.
        var chance = new Chance(world.Options.Seed ^ 0x10AD);
        var mix = world.Options.Load;
        for (var i = 0; i < mix.LeaseHolders; i++)
        {
            _askers.Add(new LeaseHolder(world, i, chance.Fork()));
        }
        for (var i = 0; i < mix.Historians; i++)
        {
            _askers.Add(new Historian(world, chance.Fork()));
        }
        for (var i = 0; i < mix.Watchers; i++)
        {
            _watchers.Add(new SimulatedWatcher(world, i, chance.Fork()));
        }
    }

    public IReadOnlyList<SimulatedWatcher> Watchers => _watchers;

    /// <summary>Nobody waits for an answer.</summary>
    public bool IsQuiet => _askers.TrueForAll(asker => !asker.IsWaiting);

    public void Start()
    {
        _askers.ForEach(asker => asker.Start());
        _watchers.ForEach(watcher => watcher.Start());
    }

    public void NodeDied(Life life)
    {
        _askers.ForEach(asker => asker.NodeDied(life));
        _watchers.ForEach(watcher => watcher.NodeDied(life));
    }

    /// <summary>
    /// Planted: whoever has begun to lead ends what it has not itself seen renewed for half its time; or its clock leaps.
    /// </summary>
    public void LeadershipTaken(Machine machine)
    {
        if (_world.Options.Doors.ClockLeaps)
        {
            _world.Scheduler.After(SoonAfter, () => machine.Life?.Clock.Leap(TimeSpan.FromMilliseconds(700)));
        }
        if (!_world.Options.Doors.ForgetsRenewals)
        {
            return;
        }
        _world.Scheduler.After(SoonAfter, () =>
        {
            if (machine.Life is not { IsRunning: true } life)
            {
                return;
            }
            foreach (var lease in life.Node!.State.Store.Leases())
            {
                if (lease.RemainingMicroseconds < (ulong)lease.TtlSeconds * 500_000)
                {
                    life.Node!.Submit(new UnaskedWrite(SideClient.Encode(writer => writer.LeaseRevoke(lease.Id))));
                }
            }
        });
    }

    private static readonly TimeSpan SoonAfter = TimeSpan.FromMilliseconds(50);

    private sealed class UnaskedWrite(byte[] command) : WriteRequest(command)
    {
        public override void Applied(Outcome outcome, OrderedStore store)
        {
        }

        public override void Fail(Failure failure)
        {
        }
    }

    /// <summary>Watchers whose node will not get on look for one that will.</summary>
    public void Healed() => _watchers.ForEach(watcher => watcher.Healed());
}
