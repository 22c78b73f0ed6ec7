namespace Synod.Simulation;

/// <summary>The clients that watch, hold leases, and look into the past.</summary>
internal sealed class SideLoad
{
    private readonly List<SideClient> _askers = [];
    private readonly List<SimulatedWatcher> _watchers = [];

    public SideLoad(World world)
    {
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

    /// <summary>Watchers whose node will not get on look for one that will.</summary>
    public void Healed() => _watchers.ForEach(watcher => watcher.Healed());
}
