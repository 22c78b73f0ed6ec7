using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>
/// What known replicated logs are tested for, where no other test here says it already; docs/scenarios.md has the list.
/// </summary>
public sealed class KnownSuiteTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly int[] Nodes = [0, 1, 2];

    [Fact]
    public void What_a_follower_forwards_is_chosen_and_applied_everywhere()
    {
        var cluster = Led(out var leader);
        var follower = (leader + 1) % 3;
        cluster.RunUntil(() => cluster[follower].Leader == cluster.Configuration.Voters[leader], Deadline);
        NodeId sentTo = default;
        cluster.Inject(follower, (replica, output) =>
            sentTo = replica.ForwardToLeader(cluster.Now, Value.FromText("foobar"), output));
        Assert.Equal(cluster.Configuration.Voters[leader], sentTo);
        cluster.RunUntil(() => Nodes.All(node => cluster.TextsOf(node) is ["foobar"]), Deadline);
    }

    [Fact]
    public void A_command_that_is_accepted_and_unanswered_when_all_crash_is_chosen_after_the_restart_once()
    {
        var cluster = Led(out var leader);
        cluster.Drops = (_, _, kind) => kind == MessageKind.Accepted;
        cluster.Propose(leader, "outstanding");
        cluster.Run(TimeSpan.FromMilliseconds(20));
        Assert.All(Nodes, node => Assert.Empty(cluster.TextsOf(node)));
        foreach (var node in Nodes)
        {
            cluster.Kill(node);
        }
        cluster.Drops = (_, _, _) => false;
        foreach (var node in Nodes)
        {
            cluster.Restart(node);
        }
        cluster.RunUntil(() => Nodes.All(node => cluster.TextsOf(node).Length > 0), Deadline);
        Assert.All(Nodes, node => Assert.Equal(["outstanding"], cluster.TextsOf(node)));
    }

    [Fact]
    public void A_node_that_missed_the_first_slot_takes_part_in_the_second_and_all_know_three()
    {
        var cluster = Led(out var leader);
        var late = (leader + 2) % 3;
        cluster.Kill(late);
        cluster.Propose(leader, "first");
        cluster.RunUntil(() => cluster.TextsOf(leader) is ["first"], Deadline);
        cluster.Restart(late);
        // Without it there is no quorum any more: what is chosen now, it has accepted.
        cluster.Kill(Nodes.Single(node => node != leader && node != late));
        cluster.Propose(leader, "second");
        cluster.RunUntil(() => cluster.TextsOf(leader) is ["first", "second"], Deadline);
        cluster.Propose(leader, "third");
        cluster.RunUntil(() => cluster.TextsOf(late) is ["first", "second", "third"], Deadline);
        Assert.Equal(["first", "second", "third"], cluster.TextsOf(leader));
    }

    private static ReplicaCluster Led(out int leader)
    {
        var cluster = new ReplicaCluster(3);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        leader = cluster.Leaders.Single();
        return cluster;
    }
}
