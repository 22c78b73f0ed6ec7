using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

public sealed class LeadershipTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void One_leader_is_elected_and_commands_are_applied_everywhere_in_one_order(int count)
    {
        var cluster = new ReplicaCluster(count);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        var leader = cluster.Leaders.Single();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(Proposal.Taken, cluster.Propose(leader, $"c{i}"));
        }
        cluster.RunUntil(
            () => Enumerable.Range(0, count).All(n => cluster.TextsOf(n).Length == 100), Deadline);
        for (var n = 0; n < count; n++)
        {
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"c{i}"), cluster.TextsOf(n));
        }
    }

    [Fact]
    public void A_peer_that_has_echoed_nothing_is_not_connected_even_to_a_clock_that_has_just_begun()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var now = new Instant(1_000_000);
        var two = new Sender(new NodeId(2), 1, 1);
        replica.Step(now, two, new Heartbeat(5, 0, 0, default, default, true, true, default), output);
        Assert.False(replica.IsConnectedTo(two.Node)); // Its way here works; nothing is known of the way there.
        replica.Finish(now, 0, output);
        Assert.DoesNotContain(output.Events, e => e.Kind == ReplicaEventKind.CampaignStarted);
        replica.Step(now, two, new Heartbeat(6, now.Nanoseconds, 0, default, default, true, true, default), output);
        Assert.True(replica.IsConnectedTo(two.Node));
    }

    [Fact]
    public void A_candidate_that_lacks_more_than_it_could_hold_gives_up_and_catches_up_first()
    {
        // Its peer is not fit to lead (a stalled disk), so that being far behind it did not keep this node from campaigning.
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var now = new Instant(1_000_000);
        var two = new Sender(new NodeId(2), 1, 1);
        replica.Campaign(now, output);
        var ballot = replica.Promised;
        replica.Persisted(now, output.LastRecord, output);
        var chosen = new Slot(3_000_000_000);
        replica.Step(now, two, new Promise(ballot, new Slot(1), chosen, true, chosen, []), output);
        Assert.True(replica.IsIdle);
        replica.Step(now, two, new Heartbeat(5, now.Nanoseconds, 0, ballot, default, true, false, chosen), output);
        output.Clear();
        replica.Finish(now, 0, output);
        Assert.DoesNotContain(output.Events, e => e.Kind == ReplicaEventKind.CampaignStarted);
        now += new ReplicaOptions().ElectionTimeout / 2; // Past the patience of the learner, well before the next campaign.
        replica.Step(now, two, new Heartbeat(6, now.Nanoseconds, 0, ballot, default, true, false, chosen), output);
        replica.Finish(now, 0, output);
        Assert.Equal(new Slot(1), Assert.Single(output.CatchUps).First);
        Assert.DoesNotContain(output.Events, e => e.Kind == ReplicaEventKind.CampaignStarted);
    }

    [Fact]
    public void A_killed_leader_is_replaced_within_half_a_second_of_its_links_reset()
    {
        var cluster = Led(3, out var leader);
        cluster.Kill(leader);
        var gap = cluster.RunUntil(() => cluster.Leaders.Any(), Deadline);
        Assert.True(gap < TimeSpan.FromMilliseconds(500), $"{gap}");
    }

    [Fact]
    public void A_silent_leader_is_replaced_after_the_election_timeout()
    {
        var cluster = Led(3, out var leader);
        for (var other = 0; other < 3; other++)
        {
            if (other != leader)
            {
                cluster.Cut(leader, other, reset: false);
            }
        }
        var gap = cluster.RunUntil(() => cluster.Leaders.Any(l => l != leader), Deadline);
        Assert.InRange(gap, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2));
        // CHECKLIST 31: a leader without a quorum steps down.
        cluster.RunUntil(() => !cluster[leader].IsLeading, TimeSpan.FromSeconds(3));
    }

    /// <summary>Ng, Haridi, Carbone 2023, §2: the leader is connected to one node only, which is connected to all.</summary>
    [Fact]
    public void Quorum_loss_is_survived_by_the_only_quorum_connected_node()
    {
        var cluster = Led(5, out var leader);
        var hub = (leader + 1) % 5;
        CutAllBut(cluster, (a, b) => a == hub || b == hub);
        var gap = cluster.RunUntil(() => cluster[hub].IsLeading && MakesProgress(cluster, hub), Deadline);
        Assert.True(gap < cluster.Options.ElectionTimeout * 4, $"{gap}");
    }

    /// <summary>The same section: the leader is cut off, and the only quorum-connected node is behind.</summary>
    [Fact]
    public void Constrained_election_is_won_by_the_quorum_connected_node_even_if_it_is_behind()
    {
        var cluster = Led(5, out var leader);
        var hub = (leader + 1) % 5;
        for (var other = 0; other < 5; other++)
        {
            if (other != hub)
            {
                cluster.Cut(hub, other);
            }
        }
        for (var i = 0; i < 50; i++)
        {
            cluster.Propose(leader, $"v{i}");
        }
        cluster.Run(TimeSpan.FromMilliseconds(300));
        for (var other = 0; other < 5; other++)
        {
            cluster.Heal(hub, other);
        }
        CutAllBut(cluster, (a, b) => (a == hub || b == hub) && a != leader && b != leader);
        var gap = cluster.RunUntil(() => cluster[hub].IsLeading && MakesProgress(cluster, hub), Deadline);
        Assert.True(gap < cluster.Options.ElectionTimeout * 4, $"{gap}");
        Assert.Equal(50, cluster.TextsOf(hub).Count(t => t.StartsWith('v')));
    }

    /// <summary>The same section: a chain of links, where the ends do not see each other.</summary>
    [Fact]
    public void Chained_links_keep_one_leader_without_flapping()
    {
        var cluster = Led(3, out var leader);
        var middle = (leader + 1) % 3;
        var end = (leader + 2) % 3;
        cluster.Cut(leader, end);
        cluster.Run(TimeSpan.FromSeconds(10));
        Assert.True(cluster[leader].IsLeading);
        Assert.DoesNotContain(cluster.Events[end], e => e.Kind == ReplicaEventKind.CampaignStarted && e.Ballot > cluster[leader].LeaderBallot);
        Assert.True(MakesProgress(cluster, leader));
        // The end of the chain learns through the middle.
        cluster.RunUntil(() => cluster[end].ChosenUpTo == cluster[leader].ChosenUpTo, Deadline);
        Assert.NotEqual(middle, end);
    }

    [Fact]
    public void A_leader_that_gets_nothing_chosen_hands_over()
    {
        var cluster = Led(3, out var leader);
        // Its phase 2 is lost on every link, but heartbeats pass: alive, connected, and useless.
        cluster.Drops = (from, _, kind) => from == leader && kind == MessageKind.Accept;
        cluster.Propose(leader, "stuck");
        cluster.RunUntil(() => cluster.Leaders.Any(l => l != leader), TimeSpan.FromSeconds(10));
        Assert.Contains(cluster.Events[leader], e => e.Kind == ReplicaEventKind.LeadershipHandedOver);
    }

    [Fact]
    public void A_leader_with_a_stalled_disk_stays_while_the_others_choose()
    {
        var cluster = Led(3, out var leader);
        cluster.Stalled[leader] = true;
        for (var i = 0; i < 20; i++)
        {
            cluster.Propose(leader, $"s{i}");
            cluster.Run(TimeSpan.FromMilliseconds(300));
        }
        Assert.True(cluster[leader].IsLeading);
        Assert.Equal(20, cluster.TextsOf(leader).Length);
    }

    [Fact]
    public void A_lost_accept_is_sent_again_although_later_slots_are_chosen_all_the_time()
    {
        var cluster = Led(3, out var leader);
        var lost = cluster[leader].ChosenUpTo.Next;
        cluster.Drops = (from, _, kind) => from == leader && kind == MessageKind.Accept;
        cluster.Propose(leader, "lost");
        cluster.Run(TimeSpan.FromMilliseconds(5));
        cluster.Drops = (_, _, _) => false;
        for (var i = 0; i < 20; i++)
        {
            cluster.Propose(leader, $"{i}");
            cluster.Run(TimeSpan.FromMilliseconds(100));
        }
        Assert.True(cluster[leader].ChosenUpTo > lost);
        Assert.Equal(21, cluster.TextsOf(leader).Length);
        Assert.True(cluster[leader].IsLeading);
    }

    [Fact]
    public void A_node_that_is_not_electable_does_not_campaign()
    {
        var cluster = Led(3, out var leader);
        var one = (leader + 1) % 3;
        var other = (leader + 2) % 3;
        cluster[one].SetElectable(false);
        cluster.Kill(leader);
        cluster.RunUntil(() => cluster.Leaders.Any(), Deadline);
        Assert.Equal(other, cluster.Leaders.Single());
    }

    [Fact]
    public void A_restarted_node_never_uses_a_ballot_again()
    {
        var cluster = Led(3, out var leader);
        var used = cluster[leader].LeaderBallot;
        cluster.Kill(leader);
        cluster.Restart(leader);
        Assert.True(cluster[leader].Promised >= used);
        cluster.Inject(leader, (replica, output) => replica.Campaign(cluster.Now, output));
        Assert.True(cluster[leader].Promised > used);
        Assert.Equal(leader, cluster.Configuration.PlaceOf(cluster[leader].Promised.Node));
        cluster.Run(TimeSpan.FromSeconds(3));
        Assert.All(
            cluster.Events[leader].Where(e => e.Kind == ReplicaEventKind.CampaignStarted).GroupBy(e => e.Ballot),
            group => Assert.Single(group));
    }

    [Fact]
    public void Everything_chosen_survives_when_all_are_killed_at_once()
    {
        var cluster = Led(3, out var leader);
        for (var i = 0; i < 30; i++)
        {
            cluster.Propose(leader, $"k{i}");
        }
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == 30, Deadline);
        for (var i = 0; i < 3; i++)
        {
            cluster.Kill(i);
        }
        for (var i = 0; i < 3; i++)
        {
            cluster.Restart(i);
        }
        cluster.RunUntil(() => Enumerable.Range(0, 3).All(n => cluster.TextsOf(n).Length == 30), Deadline);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"k{i}"), cluster.TextsOf(0));
    }

    private static ReplicaCluster Led(int count, out int leader)
    {
        var cluster = new ReplicaCluster(count);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        cluster.Run(TimeSpan.FromMilliseconds(500));
        leader = cluster.Leaders.Single();
        return cluster;
    }

    private static void CutAllBut(ReplicaCluster cluster, Func<int, int, bool> keep)
    {
        for (var a = 0; a < cluster.Count; a++)
        {
            for (var b = a + 1; b < cluster.Count; b++)
            {
                if (!keep(a, b))
                {
                    cluster.Cut(a, b);
                }
            }
        }
    }

    private static bool MakesProgress(ReplicaCluster cluster, int leader)
    {
        var text = $"probe{cluster.Now.Nanoseconds}";
        cluster.Propose(leader, text);
        cluster.Run(TimeSpan.FromMilliseconds(50));
        return cluster.TextsOf(leader).Contains(text);
    }
}
