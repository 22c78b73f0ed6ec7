using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

public sealed class ReadTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void Reads_at_the_leader_and_at_followers_are_served_at_the_chosen_prefix()
    {
        var cluster = Led(out var leader);
        cluster.Propose(leader, "w");
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == 1, Deadline);
        var chosen = cluster[leader].ChosenUpTo;
        for (var i = 0; i < 3; i++)
        {
            cluster.Read(i, (ulong)(100 + i));
        }
        cluster.RunUntil(() => cluster.Reads.All(r => r.Count == 1), Deadline);
        Assert.All(cluster.Reads, r => Assert.True(r[0].Index >= chosen));
    }

    [Fact]
    public void A_leader_that_was_replaced_unheard_serves_no_read()
    {
        var cluster = Led(out var leader);
        for (var other = 0; other < 3; other++)
        {
            if (other != leader)
            {
                cluster.Cut(leader, other, reset: false);
            }
        }
        cluster.Read(leader, 7);
        cluster.Run(TimeSpan.FromSeconds(5));
        Assert.Empty(cluster.Reads[leader]);
    }

    [Fact]
    public void A_new_leader_serves_no_read_before_its_own_no_op_is_chosen()
    {
        var cluster = Led(out var leader);
        cluster.Drops = (_, _, kind) => kind == MessageKind.Accept;
        cluster.Kill(leader);
        cluster.RunUntil(() => cluster.Leaders.Any(), Deadline);
        var next = cluster.Leaders.Single();
        cluster.Read(next, 9);
        cluster.Run(TimeSpan.FromMilliseconds(500));
        Assert.Empty(cluster.Reads[next]);
        cluster.Drops = (_, _, _) => false;
        cluster.RunUntil(() => cluster.Reads[next].Count == 1, Deadline);
    }

    [Fact]
    public void A_read_survives_a_change_of_leader()
    {
        var cluster = Led(out var leader);
        var follower = (leader + 1) % 3;
        cluster.Drops = (from, to, kind) => kind is MessageKind.ReadIndex or MessageKind.ReadIndexed;
        cluster.Read(follower, 11);
        cluster.Run(TimeSpan.FromMilliseconds(100));
        cluster.Drops = (_, _, _) => false;
        cluster.Kill(leader);
        cluster.RunUntil(() => cluster.Reads[follower].Count == 1, Deadline);
    }

    private static ReplicaCluster Led(out int leader)
    {
        var cluster = new ReplicaCluster(3);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        cluster.Run(TimeSpan.FromMilliseconds(500));
        leader = cluster.Leaders.Single();
        return cluster;
    }
}
