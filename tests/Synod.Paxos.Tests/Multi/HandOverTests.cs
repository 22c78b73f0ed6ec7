using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>Leadership given away on purpose.</summary>
public sealed class HandOverTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void The_member_that_is_asked_leads_soon_and_stays_the_leader(int count)
    {
        var cluster = Led(count, out var leader);
        var target = (leader + 1) % count;
        Assert.True(cluster.HandOver(leader, target));
        var gap = cluster.RunUntil(() => cluster[target].IsLeading && !cluster[leader].IsLeading, Deadline);
        Assert.True(gap < cluster.Options.ElectionTimeout / 2, $"{gap}");
        var ballot = cluster[target].Promised;
        var until = cluster.Now + cluster.Options.ElectionTimeout * 3;
        cluster.RunUntil(() => cluster.Now >= until, Deadline);
        Assert.Equal([target], cluster.Leaders);
        Assert.Equal(ballot, cluster[leader].Promised);
    }

    [Fact]
    public void What_was_proposed_before_is_kept_and_what_comes_after_is_chosen()
    {
        var cluster = Led(3, out var leader);
        var target = (leader + 2) % 3;
        for (var i = 0; i < 20; i++)
        {
            cluster.Propose(leader, $"before{i}");
        }
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == 20, Deadline);
        cluster.HandOver(leader, target);
        cluster.RunUntil(() => cluster[target].IsLeading, Deadline);
        cluster.Propose(target, "after");
        cluster.RunUntil(() => Enumerable.Range(0, 3).All(n => cluster.TextsOf(n).Length == 21), Deadline);
        Assert.All(Enumerable.Range(0, 3), n => Assert.Equal("after", cluster.TextsOf(n)[^1]));
    }

    [Fact]
    public void Who_does_not_lead_hands_nothing_over_and_nothing_goes_to_oneself()
    {
        var cluster = Led(3, out var leader);
        Assert.False(cluster.HandOver((leader + 1) % 3, (leader + 2) % 3));
        Assert.False(cluster.HandOver(leader, leader));
    }

    [Fact]
    public void A_member_out_of_reach_is_not_asked()
    {
        var cluster = Led(3, out var leader);
        var target = (leader + 1) % 3;
        cluster.Cut(leader, target);
        Assert.False(cluster.HandOver(leader, target));
        Assert.True(cluster[leader].IsLeading);
    }

    [Fact]
    public void When_the_asked_member_dies_the_leader_goes_on_leading()
    {
        var cluster = Led(3, out var leader);
        var target = (leader + 1) % 3;
        Assert.True(cluster.HandOver(leader, target));
        cluster.Kill(target);
        cluster.Propose(leader, "still here");
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == 1, Deadline);
        Assert.True(cluster[leader].IsLeading);
    }

    private static ReplicaCluster Led(int count, out int leader)
    {
        var cluster = new ReplicaCluster(count);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        var first = leader = cluster.Leaders.Single();
        cluster.RunUntil(
            () => Enumerable.Range(0, count).All(n => cluster[n].Leader == cluster.Configuration.Voters[first]), Deadline);
        return cluster;
    }
}
