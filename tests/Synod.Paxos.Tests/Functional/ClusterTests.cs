using Synod.Paxos.Functional;
using static Synod.Paxos.Tests.Essential.Names;

namespace Synod.Paxos.Tests.Functional;

/// <summary>Three members with heartbeats: what clusters of known implementations are tested for, by seeds.</summary>
public class ClusterTests
{
    private const int SecondsMax = 400;
    private static readonly NodeId[] Nodes = [A, B, C];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    private static List<NodeId> Leaders(Cluster cluster) =>
        [.. Nodes.Where(node => cluster[node] is { IsLeader: true })];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_leader_emerges_and_one_wish_is_learned_by_all(int seed)
    {
        var cluster = new Cluster(seed);
        foreach (var node in Nodes)
        {
            cluster.Propose(node, $"of {node}");
        }
        Assert.True(cluster.SecondsUntil(
            () => Leaders(cluster).Count == 1 && Nodes.All(node => cluster[node]!.Chosen.HasValue), SecondsMax));
        Assert.Contains(cluster.EverChosen.Single().ToString(), Nodes.Select(node => $"of {node}"));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_follower_hears_who_leads(int seed)
    {
        var cluster = new Cluster(seed);
        Assert.True(cluster.SecondsUntil(
            () => Leaders(cluster) is [var leader]
                && Nodes.All(node => cluster[node]!.Leader == cluster[leader]!.Ballot),
            SecondsMax));
        // And it stays: nobody campaigns while heartbeats come.
        var ballot = cluster[Leaders(cluster)[0]]!.Ballot;
        for (var i = 0; i < 50; i++)
        {
            cluster.Second();
        }
        Assert.All(Nodes, node => Assert.Equal(ballot, cluster[node]!.Leader));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void When_the_leader_dies_another_leads_and_finishes(int seed)
    {
        var cluster = new Cluster(seed);
        Assert.True(cluster.SecondsUntil(() => Leaders(cluster).Count == 1, SecondsMax));
        var dead = Leaders(cluster)[0];
        cluster.Crash(dead);
        foreach (var node in Nodes.Where(node => node != dead))
        {
            cluster.Propose(node, $"of {node}");
        }
        Assert.True(cluster.SecondsUntil(() => cluster.EverChosen.Count == 1, SecondsMax));
        var value = cluster.EverChosen.Single().ToString();
        Assert.NotEqual($"of {dead}", value);
        cluster.Start(dead);
        Assert.True(cluster.SecondsUntil(() => cluster[dead]!.Chosen.HasValue, SecondsMax));
        Assert.Equal(value, cluster[dead]!.Chosen!.Value.ToString());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_isolated_proposer_goes_on_when_its_link_is_up_again(int seed)
    {
        var cluster = new Cluster(seed);
        cluster.Isolated.Add(A);
        cluster.Propose(A, "foo");
        for (var i = 0; i < 40; i++)
        {
            cluster.Second();
        }
        Assert.Empty(cluster.EverChosen);
        cluster.Isolated.Clear();
        // The others have no wish: only A can bring one in, as soon as it leads.
        cluster.Crash(Leaders(cluster).Single(node => node != A));
        Assert.True(cluster.SecondsUntil(() => cluster.EverChosen.Count == 1, SecondsMax));
        Assert.Equal(Text("foo"), cluster.EverChosen.Single());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void After_a_crash_of_all_the_same_value_is_chosen_again(int seed)
    {
        var cluster = new Cluster(seed);
        cluster.Propose(A, "foo");
        cluster.Propose(B, "bar");
        cluster.Propose(C, "baz");
        Assert.True(cluster.SecondsUntil(() => cluster.EverChosen.Count == 1, SecondsMax));
        var value = cluster.EverChosen.Single().ToString();
        foreach (var node in Nodes)
        {
            cluster.Crash(node);
        }
        foreach (var node in Nodes)
        {
            cluster.Start(node);
            cluster.Propose(node, "something else");
        }
        Assert.True(cluster.SecondsUntil(() => cluster.AllKnow(value), SecondsMax));
        Assert.Single(cluster.EverChosen);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Under_loss_and_crashes_one_value_is_chosen_no_ballot_is_used_twice_and_after_healing_all_learn(int seed)
    {
        var cluster = new Cluster(seed) { LossPercent = 20 };
        Crashes(cluster, seed);
        cluster.LossPercent = 0;
        Assert.True(cluster.SecondsUntil(() => Nodes.All(node => cluster[node]!.Chosen.HasValue), SecondsMax));
        Assert.Single(cluster.EverChosen);
        Assert.Equal(cluster.Prepared.Count, cluster.Prepared.Distinct().Count());
        Assert.True(cluster.Prepared.Count >= 3, $"{cluster.Prepared.Count}");
    }

    [Fact]
    public void Disks_that_forget_are_found_by_most_seeds()
    {
        var found = Enumerable.Range(1, 20).Count(seed =>
        {
            var cluster = new Cluster(seed) { LossPercent = 20, DisksForget = true };
            try
            {
                Crashes(cluster, seed);
            }
            catch (InvariantViolatedException)
            {
                return true;
            }
            return cluster.EverChosen.Count > 1
                || cluster.Prepared.Count != cluster.Prepared.Distinct().Count();
        });
        Assert.True(found > 10, $"{found} of 20");
    }

    private static void Crashes(Cluster cluster, int seed)
    {
        var random = new Random(seed);
        for (var life = 0; life < 30; life++)
        {
            foreach (var node in Nodes)
            {
                cluster.Propose(node, $"{node} in life {life}");
            }
            for (var i = random.Next(2, 15); i > 0; i--)
            {
                cluster.Second();
            }
            var crashed = Nodes[random.Next(Nodes.Length)];
            cluster.Crash(crashed);
            cluster.Start(crashed);
        }
    }

    [Fact]
    public void Members_that_start_together_do_not_duel_for_ever()
    {
        // Ballots until the first leader, over many seeds: storms would show as dozens.
        var attempts = Enumerable.Range(1, 50).Select(seed =>
        {
            var cluster = new Cluster(seed);
            Assert.True(cluster.SecondsUntil(() => Leaders(cluster).Count > 0, SecondsMax));
            return cluster.Prepared.Count;
        }).ToList();
        Assert.True(attempts.Max() <= 12, $"at most {attempts.Max()} attempts");
    }
}
