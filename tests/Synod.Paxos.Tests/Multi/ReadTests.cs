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

    [Fact]
    public void A_node_without_a_link_to_the_leader_asks_through_a_third_node()
    {
        var cluster = Led(out var leader);
        var (middle, far) = ((leader + 1) % 3, (leader + 2) % 3);
        cluster.Cut(leader, far);
        cluster.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(leader, cluster.Leaders.Single());
        cluster.Propose(leader, "w");
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == 1, Deadline);
        cluster.Read(far, 21);
        cluster.RunUntil(() => cluster.Reads[far].Count == 1, TimeSpan.FromSeconds(1));
        Assert.Equal(21ul, cluster.Reads[far][0].Request);
        Assert.True(cluster.Reads[far][0].Index >= cluster.Applied[leader].Last().Slot);
        Assert.Empty(cluster.Reads[middle]);
    }

    [Fact]
    public void A_question_that_was_handed_on_confirms_nothing_and_waits_for_a_round_sent_after_it()
    {
        var (replica, output, ballot) = Leading();
        var now = new Instant(2_000_000_000);
        // Asked directly and under the leader's ballot, the question is the confirmation of one more: that is enough.
        replica.Step(now, Two, new ReadIndex(1, ballot, Two.Node), output);
        Assert.Equal(1ul, Assert.Single(output.ReadIndexeds).Request);
        // Through n2, and whatever ballot is in it, it confirms neither n2 nor n3.
        replica.Step(now, Two, new ReadIndex(2, Ballot.None, Three.Node), output);
        replica.Step(now, Two, new ReadIndex(3, ballot, Three.Node), output);
        replica.Step(now, Two, new ReadIndex(4, Ballot.None, Two.Node), output);
        Assert.Single(output.ReadIndexeds);
        replica.Finish(now, 0, output);
        var round = output.Confirms[0].Round;
        Assert.Single(output.ReadIndexeds);
        replica.Step(now, Two, new ReadIndex(5, Ballot.None, Three.Node), output);
        replica.Step(now, Two, new Confirmed(ballot, round), output);
        Assert.Equal([1ul, 3, 4], output.ReadIndexeds.Select(r => r.Request));
        Assert.Equal([Two.Node, Three.Node, Two.Node], output.ReadIndexeds.Select(r => r.Asker));
        // The answer to an earlier round is no answer for what came after it.
        replica.Finish(now, 0, output);
        replica.Step(now, Two, new Confirmed(ballot, round), output);
        Assert.Equal(3, output.ReadIndexeds.Count);
        replica.Step(now, Two, new Confirmed(ballot, round + 1), output);
        Assert.Equal(5ul, output.ReadIndexeds[^1].Request);
    }

    [Fact]
    public void A_question_is_handed_on_once_and_its_answer_goes_back_the_same_way()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var now = new Instant(1_000_000_000);
        var ballot = new Ballot(7, Two.Node, 1);
        replica.Step(now, Two, new Heartbeat(1, now.Nanoseconds, 0, ballot, ballot, true, true, default), output);
        replica.Step(now, Three, new ReadIndex(1, Ballot.None, Three.Node), output);
        var handedOn = Assert.Single(output.ReadIndexes);
        Assert.Equal((Two.Node, Three.Node, true), (output.Outgoing[^1].To, handedOn.Asker, handedOn.Ballot.IsNone));
        replica.Step(now, Three, new ReadIndex(2, Ballot.None, Two.Node), output); // Already on its way for another.
        replica.Step(now, Three, new ReadIndex(3, ballot, Three.Node), output); // For a leader, which this is not.
        Assert.Single(output.ReadIndexes);
        replica.Step(now, Two, new ReadIndexed(1, new Slot(9), Three.Node), output);
        Assert.Equal(Three.Node, output.Outgoing[^1].To);
        Assert.Equal(new ReadIndexed(1, new Slot(9), Three.Node), Assert.Single(output.ReadIndexeds));
        Assert.Empty(output.Reads);
    }

    [Fact]
    public void A_node_has_one_question_at_the_leader_however_often_it_asks()
    {
        var (replica, output, ballot) = Leading();
        var now = new Instant(2_000_000_000);
        for (var request = 1ul; request <= 1000; request++)
        {
            replica.Step(now, Two, new ReadIndex(request, Ballot.None, Three.Node), output);
        }
        replica.Finish(now, 0, output);
        replica.Step(now, Two, new ReadIndex(1000, Ballot.None, Three.Node), output); // The same again: its round is under way.
        replica.Step(now, Three, new Confirmed(ballot, output.Confirms[0].Round), output);
        Assert.Equal(1000ul, Assert.Single(output.ReadIndexeds).Request);
        replica.Finish(now, 0, output);
        Assert.All(output.Confirms, c => Assert.Equal(output.Confirms[0], c)); // No second round.
    }

    private static readonly Sender Two = new(new NodeId(2), 1, 1);
    private static readonly Sender Three = new(new NodeId(3), 1, 1);

    /// <summary>n1 leads three nodes and its own no-op is chosen.</summary>
    private static (Replica Replica, ReplicaOutput Output, Ballot Ballot) Leading()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var now = new Instant(2_000_000_000);
        foreach (var peer in (Sender[])[Two, Three])
        {
            replica.Step(now, peer, new Heartbeat(1, now.Nanoseconds, 0, default, default, true, true, default), output);
        }
        replica.Finish(now, 0, output);
        var ballot = replica.Promised;
        replica.Persisted(now, output.LastRecord, output);
        replica.Step(now, Two, new Promise(ballot, new Slot(1), new Slot(1), true, default, []), output);
        replica.Persisted(now, output.LastRecord, output);
        replica.Step(now, Two, new Accepted(ballot, new Slot(1), new Slot(1)), output);
        Assert.Equal(new Slot(1), replica.ChosenUpTo);
        output.Clear();
        return (replica, output, ballot);
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
