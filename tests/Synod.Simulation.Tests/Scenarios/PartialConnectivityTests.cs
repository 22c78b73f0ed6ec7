using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Simulation.Tests;

/// <summary>
/// The three cases of partial connectivity of Ng, Haridi, Carbone 2023, "Omni-Paxos", §2, which leave known
/// implementations without progress though a quorum is connected. Five nodes; progress is demanded in virtual time.
/// </summary>
public sealed class PartialConnectivityTests
{
    private static readonly TimeSpan AFewTimeouts = Scenario.ElectionTimeout * 4;

    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Quorum_loss_the_only_node_with_a_quorum_takes_over_from_a_living_leader(ulong seed)
    {
        var world = Scenario.Formed(5, seed);
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        var leader = Scenario.LeaderOf(world);
        var others = Scenario.FollowersOf(world);
        var hub = others[0];
        Scenario.ConnectOnly(world, [(hub, leader), .. others.Skip(1).Select(other => (hub, other))]);
        Scenario.AssertPut(world, hub, AFewTimeouts);
        Assert.Equal(hub, world.Leader());
        AssertSteady(world);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Constrained_election_the_only_possible_leader_is_behind(ulong seed)
    {
        var world = Scenario.Formed(5, seed, o => o with { Clients = 8 });
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        var leader = Scenario.LeaderOf(world);
        var others = Scenario.FollowersOf(world);
        var hub = others[0];
        // The hub hears nothing for a while, too short for an election, and falls behind.
        foreach (var machine in world.Machines.Where(m => m != hub))
        {
            Scenario.CutOneWay(world, machine, hub);
        }
        var before = leader.Life!.Node!.Status.ChosenUpTo;
        world.Run(Scenario.ElectionTimeout / 2);
        Assert.True(leader.Life!.Node!.Status.ChosenUpTo > before);
        Assert.True(hub.Life!.Node!.Status.ChosenUpTo <= before + 2);
        Scenario.ConnectOnly(world, [.. others.Skip(1).Select(other => (hub, other))]);
        Scenario.AssertPut(world, hub, AFewTimeouts);
        Assert.Equal(hub, world.Leader());
        AssertSteady(world);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Chained_a_leader_at_the_end_of_the_chain_gives_way_once(ulong seed)
    {
        var world = Scenario.Formed(5, seed);
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        Machine[] chain = [Scenario.LeaderOf(world), .. Scenario.FollowersOf(world)];
        Scenario.ConnectOnly(world, [(chain[0], chain[1]), (chain[1], chain[2]), (chain[2], chain[3]), (chain[3], chain[4])]);
        Scenario.AssertPut(world, chain[2], AFewTimeouts);
        AssertSteady(world);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Chained_three_nodes_whose_leader_one_cannot_hear_keep_the_leader(ulong seed)
    {
        var world = Scenario.Formed(3, seed);
        world.StartClients();
        world.Run(TimeSpan.FromSeconds(1));
        var leader = Scenario.LeaderOf(world);
        var others = Scenario.FollowersOf(world);
        var taken = Scenario.Count(world, ReplicaEventKind.LeadershipTaken);
        Scenario.ConnectOnly(world, (leader, others[0]), (others[0], others[1]));
        world.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(taken, Scenario.Count(world, ReplicaEventKind.LeadershipTaken));
        Scenario.AssertPut(world, leader, Scenario.ElectionTimeout);
        // The far end's writes and linearizable reads go through the middle.
        Scenario.AssertPut(world, others[1], Scenario.ElectionTimeout);
        Scenario.AssertGet(world, others[1], Scenario.ElectionTimeout);
        Scenario.AssertGoodEnd(world);
    }

    /// <summary>Whoever leads now still does after ten election time-outs, and gets on all the while.</summary>
    private static void AssertSteady(World world)
    {
        world.Run(AFewTimeouts);
        var leader = Scenario.LeaderOf(world);
        var ballot = leader.Life!.Node!.Status.Ballot;
        var chosen = leader.Life.Node.Status.ChosenUpTo;
        world.Run(Scenario.ElectionTimeout * 10);
        Assert.Equal(leader, world.Leader());
        Assert.Equal(ballot, leader.Life.Node.Status.Ballot);
        Assert.True(leader.Life.Node.Status.ChosenUpTo > chosen);
    }
}
