using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Simulation.Tests;

/// <summary>What becomes of a cluster whose leader dies, sleeps, or is cut off. Every scenario runs under several seeds.</summary>
public sealed class LeaderTests
{
    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_killed_leader_is_replaced_within_half_an_election_timeout(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        var followers = Scenario.FollowersOf(world);
        // Its links are reset, and a reset link is suspicion at once.
        Scenario.LeaderOf(world).Kill();
        Scenario.AssertPut(world, followers[0], Scenario.ElectionTimeout / 2);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_leader_without_power_is_replaced_within_two_election_timeouts(ulong seed)
    {
        var world = Scenario.Formed(5, seed);
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        var followers = Scenario.FollowersOf(world);
        Scenario.LeaderOf(world).LosePower();
        Scenario.AssertPut(world, followers[0], Scenario.ElectionTimeout * 2);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_leader_that_slept_ten_seconds_finds_another_one_and_serves_nothing_old(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        var sleeper = Scenario.LeaderOf(world);
        var follower = Scenario.FollowersOf(world)[0];
        sleeper.Pause();
        // A read that arrives at the sleeper now is served after it wakes, and must show what was written meanwhile.
        var read = new Probe(world, sleeper, OperationKind.Get);
        Scenario.AssertPut(world, follower, Scenario.ElectionTimeout * 2);
        world.Run(TimeSpan.FromSeconds(10));
        sleeper.Resume();
        Scenario.AssertPut(world, sleeper, Scenario.ElectionTimeout * 2);
        Assert.True(world.Until(Scenario.ElectionTimeout * 2, () => read.Last.Ending != Ending.Pending), read.Last.ToString());
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_isolated_leader_steps_down_and_its_reads_go_on_soon_after_it_is_back(ulong seed)
    {
        var world = Scenario.Formed(3, seed, o => o with { NodeTimeout = TimeSpan.FromSeconds(20) });
        var leader = Scenario.LeaderOf(world);
        Scenario.Isolate(world, leader);
        var read = new Probe(world, leader, OperationKind.Get);
        Scenario.AssertPut(world, Scenario.FollowersOf(world)[0], Scenario.ElectionTimeout * 3);
        world.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(1, Scenario.Count(world, ReplicaEventKind.LeadershipLostWithoutQuorum));
        Assert.Equal(Ending.Pending, read.Last.Ending);
        world.Network.HealAll();
        Assert.True(world.Until(Scenario.ElectionTimeout * 2, read.IsDone), $"{read.Last}: {world.Describe()}");
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_deaf_leader_is_replaced(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        world.StartClients();
        var leader = Scenario.LeaderOf(world);
        var followers = Scenario.FollowersOf(world);
        foreach (var follower in followers)
        {
            Scenario.CutOneWay(world, follower, leader);
        }
        Scenario.AssertPut(world, followers[0], Scenario.ElectionTimeout * 3);
        Assert.NotEqual(leader, world.Leader());
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_mute_leader_is_replaced(ulong seed)
    {
        var world = Scenario.Formed(5, seed);
        world.StartClients();
        var leader = Scenario.LeaderOf(world);
        var followers = Scenario.FollowersOf(world);
        foreach (var follower in followers)
        {
            Scenario.CutOneWay(world, leader, follower);
        }
        Scenario.AssertPut(world, followers[0], Scenario.ElectionTimeout * 3);
        Assert.NotEqual(leader, world.Leader());
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_quiet_cluster_keeps_its_leader_for_a_minute(ulong seed)
    {
        var world = Scenario.Formed(5, seed, o => o with { ClockDriftPartsPerMillion = 20_000 });
        world.StartClients();
        var taken = Scenario.Count(world, ReplicaEventKind.LeadershipTaken);
        world.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(taken, Scenario.Count(world, ReplicaEventKind.LeadershipTaken));
        Assert.Equal(0, world.History.Count(Ending.NotDone) + world.History.Count(Ending.Unknown));
        Scenario.AssertGoodEnd(world);
    }
}
