using Synod.Paxos;

namespace Synod.Simulation.Tests;

/// <summary>Disks that lose, fail, fill up, crawl and stall.</summary>
public sealed class DiskTests
{
    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void All_lose_power_at_once_and_every_acknowledged_write_is_there(ulong seed)
    {
        var world = Scenario.Formed(3, seed, o => o with { Clients = 8 });
        world.StartClients();
        for (var round = 0; round < 5; round++)
        {
            world.Run(TimeSpan.FromSeconds(1));
            foreach (var machine in world.Machines)
            {
                machine.LosePower();
            }
            foreach (var machine in world.Machines)
            {
                machine.Boot();
            }
        }
        Assert.True(world.Until(TimeSpan.FromSeconds(5), () => world.Leader() is not null), world.Describe());
        Scenario.AssertGoodEnd(world);
        Assert.True(world.History.Count(Ending.Done) > 200);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void One_wiped_and_another_stopped_no_write_is_taken(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        var followers = Scenario.FollowersOf(world);
        Scenario.AssertPut(world, followers[0], Scenario.ElectionTimeout);
        followers[0].LosePower();
        followers[0].Wipe();
        followers[1].Kill();
        followers[0].Boot();
        var probes = new[]
        {
            new Probe(world, Scenario.LeaderOf(world), OperationKind.Put),
            new Probe(world, Scenario.LeaderOf(world), OperationKind.Get),
        };
        Assert.True(world.Until(TimeSpan.FromSeconds(5), () => followers[0].Life is { IsRunning: true }));
        probes = [.. probes, new Probe(world, followers[0], OperationKind.Put), new Probe(world, followers[0], OperationKind.Get)];
        Assert.False(world.Until(TimeSpan.FromSeconds(20), () => probes.Any(p => p.IsDone())), world.Describe());
        Assert.True(world.IdentitiesRefused > 0);
        Assert.False(followers[0].Life!.Node!.Status.Serving);
        // With the other one back two of three remember, and that is enough.
        followers[1].Boot();
        Scenario.AssertPut(world, followers[1], Scenario.ElectionTimeout * 4);
        Scenario.AssertGoodEnd(world, [.. world.Machines.Where(m => !m.WasWiped).Select(m => m.Index)]);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_slow_disk_of_the_leader_slows_nobody_down(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        var leader = Scenario.LeaderOf(world);
        var ballot = leader.Life!.Node!.Status.Ballot;
        leader.Disk.SyncLeast = TimeSpan.FromMilliseconds(400);
        leader.Disk.SyncMost = TimeSpan.FromMilliseconds(600);
        for (var i = 0; i < 20; i++)
        {
            // The others' acceptances choose: nobody waits for the leader's own.
            Scenario.AssertPut(world, Scenario.FollowersOf(world)[i % 2], TimeSpan.FromMilliseconds(100));
            world.Run(TimeSpan.FromMilliseconds(200));
        }
        Assert.Equal(leader, world.Leader());
        Assert.Equal(ballot, leader.Life.Node.Status.Ballot);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_stalled_disk_of_the_leader_stops_the_cluster_for_a_few_election_timeouts_at_most(ulong seed)
    {
        // So little may wait that the leader's core at last has to stop taking input: then others must take over.
        var world = Scenario.Formed(3, seed, o => o with
        {
            Clients = 8,
            Journal = WorldOptions.SmallJournal with { BatchesWaitingMax = 4 },
        });
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        var leader = Scenario.LeaderOf(world);
        leader.Disk.StalledUntil = world.Scheduler.Now + TimeSpan.FromSeconds(30);
        for (var i = 0; i < 5; i++)
        {
            Scenario.AssertPut(world, world.Machines.First(m => m != leader), Scenario.ElectionTimeout * 5);
            world.Run(TimeSpan.FromSeconds(1));
        }
        world.Run(TimeSpan.FromSeconds(30));
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_stalled_disk_is_given_no_copies_of_what_waits_for_it(ulong seed)
    {
        var world = Scenario.Formed(1, seed, o => o with { NodeTimeout = TimeSpan.FromSeconds(20) });
        var node = Scenario.LeaderOf(world);
        Scenario.AssertPut(world, node, TimeSpan.FromSeconds(1));
        var before = node.Life!.Node!.Status.ChosenUpTo.Number;
        node.Disk.StalledUntil = world.Scheduler.Now + TimeSpan.FromSeconds(10);
        Probe[] waiting = [.. Enumerable.Range(0, 20).Select(_ => new Probe(world, node, OperationKind.Put))];
        Assert.True(world.Until(TimeSpan.FromSeconds(15), () => waiting.All(p => p.IsDone())), world.Describe());
        Assert.Equal(before + 20, node.Life.Node.Status.ChosenUpTo.Number);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_failed_sync_stops_the_node_and_the_next_start_forgets_nothing(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        foreach (var machine in world.Machines)
        {
            machine.Disk.NextFault = DiskFault.SyncFails;
            Assert.True(world.Until(TimeSpan.FromSeconds(5), () => machine.Life!.Node!.Fault is not null), world.Describe());
            Assert.False(machine.Life!.Node!.Status.Serving);
            machine.LosePower();
            machine.Boot();
            world.Run(TimeSpan.FromSeconds(2));
        }
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_full_disk_refuses_writes_serves_reads_and_heals_by_itself(ulong seed)
    {
        var world = Scenario.Formed(3, seed, o => o with { Journal = RandomWorld.TinyJournal() });
        var leader = Scenario.LeaderOf(world);
        var follower = Scenario.FollowersOf(world)[0];
        leader.Medium.CapacityBytes = leader.Medium.UsedBytes;
        Probe put;
        var tries = 0;
        do
        {
            put = new Probe(world, leader, OperationKind.Put);
            Assert.True(world.Until(TimeSpan.FromSeconds(10), () => put.Last.Ending != Ending.Pending), world.Describe());
        }
        while (put.Last.Ending == Ending.Done && ++tries < 1000);
        Assert.Equal(Ending.NotDone, put.Last.Ending);
        Scenario.AssertGet(world, follower, TimeSpan.FromSeconds(1));
        leader.Medium.CapacityBytes = long.MaxValue;
        Scenario.AssertPut(world, leader, TimeSpan.FromSeconds(5));
        Scenario.AssertGoodEnd(world);
    }
}
