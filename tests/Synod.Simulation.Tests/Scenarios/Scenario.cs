using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Simulation.Tests;

/// <summary>A formed cluster without faults of its own: what goes wrong is up to the test.</summary>
internal static class Scenario
{
    public static readonly TimeSpan ElectionTimeout = new ReplicaOptions().ElectionTimeout;

    public static World Formed(int nodes, ulong seed, Func<WorldOptions, WorldOptions>? change = null)
    {
        var options = new WorldOptions { Seed = seed, Nodes = nodes, Faults = FaultMix.None };
        var world = new World(change?.Invoke(options) ?? options);
        Assert.True(world.Form(), world.Describe());
        return world;
    }

    public static Machine LeaderOf(World world) =>
        world.Leader() ?? throw new InvalidOperationException($"nobody leads: {world.Describe()}");

    public static IReadOnlyList<Machine> FollowersOf(World world)
    {
        var leader = LeaderOf(world);
        return [.. world.Machines.Where(m => m != leader)];
    }

    /// <summary>Only the named pairs can talk, both ways.</summary>
    public static void ConnectOnly(World world, params (Machine, Machine)[] pairs)
    {
        foreach (var (from, to, conditions) in world.Network.All())
        {
            conditions.IsCut = !pairs.Any(p =>
                (p.Item1.Index == from && p.Item2.Index == to) || (p.Item2.Index == from && p.Item1.Index == to));
        }
    }

    public static void CutOneWay(World world, Machine from, Machine to) => world.Network[from.Index, to.Index].IsCut = true;

    public static void Isolate(World world, Machine machine)
    {
        foreach (var (from, to, conditions) in world.Network.All())
        {
            conditions.IsCut |= from == machine.Index || to == machine.Index;
        }
    }

    /// <summary>A put on the machine is done in time; it is asked again when it fails.</summary>
    public static void AssertPut(World world, Machine machine, TimeSpan within)
    {
        var probe = new Probe(world, machine, OperationKind.Put);
        Assert.True(world.Until(within, probe.IsDone), $"no put on {machine.Name} within {within}: {probe.Last}: {world.Describe()}");
    }

    public static void AssertGet(World world, Machine machine, TimeSpan within)
    {
        var probe = new Probe(world, machine, OperationKind.Get);
        Assert.True(world.Until(within, probe.IsDone), $"no get on {machine.Name} within {within}: {probe.Last}: {world.Describe()}");
    }

    /// <summary>Everything healed, the core gets on, and no judge has seen anything.</summary>
    public static void AssertGoodEnd(World world, IReadOnlyList<int>? core = null)
    {
        world.Heal(core ?? [.. Enumerable.Range(0, world.Options.Nodes)]);
        world.DemandProgress(RandomWorld.ProgressWithin);
        world.Close();
        Assert.True(world.Violations.Count == 0, string.Join(Environment.NewLine, world.Violations));
    }

    public static int Count(World world, ReplicaEventKind kind) => world.Judges.Events.GetValueOrDefault(kind);
}
