using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Simulation.Tests;

/// <summary>Nodes that come late, or come back.</summary>
public sealed class RecoveryTests
{
    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_node_far_behind_catches_up_from_the_others_journals(ulong seed)
    {
        var world = Scenario.Formed(3, seed, o => o with
        {
            Clients = 16,
            ThinkMost = TimeSpan.FromMilliseconds(4),
            Replica = new ReplicaOptions { LogTailSlotsMax = 16, LogTailBytesMax = 2000, CatchUpSlotsMax = 64 },
        });
        world.StartClients();
        var late = Scenario.FollowersOf(world)[0];
        late.LosePower();
        world.Run(TimeSpan.FromSeconds(6));
        var behind = Scenario.LeaderOf(world).Life!.Node!.Status.ChosenUpTo;
        Assert.True(behind.Number > 1000, $"only {behind} decrees");
        late.Boot();
        Assert.True(
            world.Until(TimeSpan.FromSeconds(10), () => late.Life is { IsRunning: true } life && life.Node!.State.AppliedUpTo > behind),
            world.Describe());
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Five_nodes_bear_the_loss_of_two_and_wait_without_three(ulong seed)
    {
        var world = Scenario.Formed(5, seed);
        world.StartClients();
        var leader = Scenario.LeaderOf(world);
        var others = Scenario.FollowersOf(world);
        leader.Kill();
        others[0].LosePower();
        Scenario.AssertPut(world, others[1], Scenario.ElectionTimeout * 3);
        others[1].Kill();
        world.Run(Scenario.ElectionTimeout * 3);
        var probe = new Probe(world, others[2], OperationKind.Put);
        Assert.False(world.Until(TimeSpan.FromSeconds(10), probe.IsDone));
        others[0].Boot();
        Assert.True(world.Until(TimeSpan.FromSeconds(5), probe.IsDone), world.Describe());
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Crashes_while_the_cluster_is_formed_do_not_prevent_it(ulong seed)
    {
        var world = new World(new WorldOptions { Seed = seed, Faults = FaultMix.None });
        var chance = new Chance(seed);
        for (var i = 0; i < 60; i++)
        {
            var machine = world.Machines[chance.Below(3)];
            if (machine.Life is null)
            {
                machine.Boot();
            }
            else if (chance.OneIn(2))
            {
                machine.LosePower();
            }
            else
            {
                machine.Kill();
            }
            world.Run(chance.Between(TimeSpan.FromMicroseconds(10), TimeSpan.FromMilliseconds(6)));
        }
        Assert.True(world.Form(), world.Describe());
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Twenty_kills_of_every_role_within_a_minute_under_load(ulong seed)
    {
        var world = Scenario.Formed(3, seed, o => o with { Clients = 8 });
        var chance = new Chance(seed);
        world.StartClients();
        for (var i = 0; i < 20; i++)
        {
            var victim = chance.OneIn(2) ? world.Leader() ?? chance.Pick(world.Machines) : chance.Pick(world.Machines);
            if (victim.Life is not null)
            {
                victim.Kill();
            }
            world.Run(chance.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)));
            victim.Boot();
            world.Run(chance.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2)));
        }
        Scenario.AssertGoodEnd(world);
        Assert.True(world.History.Count(Ending.Done) > 2000);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_was_learned_and_is_not_yet_durable_is_not_served_from_the_journal(ulong seed)
    {
        var world = Scenario.Formed(5, seed, o => o with
        {
            Clients = 10,
            ThinkMost = TimeSpan.FromMilliseconds(5),
            Replica = new ReplicaOptions { LogTailSlotsMax = 1, LogTailBytesMax = 1 },
        });
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        // The leader and one follower accept what the others never hear of, and the others choose something else.
        var leader = Scenario.LeaderOf(world);
        var far = Scenario.FollowersOf(world)[0];
        var others = world.Machines.Where(m => m != leader && m != far).ToList();
        Scenario.ConnectOnly(world,
            [(leader, far), (others[0], others[1]), (others[1], others[2]), (others[0], others[2])]);
        world.Run(Scenario.ElectionTimeout * 3);
        // Now the old leader learns, on a slow disk, and the follower can ask nobody else.
        leader.Disk.SyncLeast = TimeSpan.FromMilliseconds(300);
        leader.Disk.SyncMost = TimeSpan.FromMilliseconds(500);
        Scenario.ConnectOnly(world,
            [(leader, far), (others[0], others[1]), (others[1], others[2]), (others[0], others[2]), (leader, others[0])]);
        world.Run(Scenario.ElectionTimeout * 3);
        Scenario.AssertGoodEnd(world);
    }
}
