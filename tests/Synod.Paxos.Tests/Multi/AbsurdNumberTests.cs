using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>A peer that errs, with frames that are sound in form: no number of its own keeps the others from going on.</summary>
public sealed class AbsurdNumberTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Slot Absurd = new(1UL << 50);

    private readonly Replica _replica = new(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
    private readonly ReplicaOutput _output = new();
    private static readonly Sender Two = new(new NodeId(2), 1, 1);

    [Fact]
    public void One_absurd_chosen_prefix_in_a_heartbeat_takes_no_lead_and_keeps_nobody_from_the_next()
    {
        var cluster = Led(out var leader);
        for (var to = 0; to < 3; to++)
        {
            HeartbeatTo(cluster, to, (to + 1) % 3, Absurd);
        }
        cluster.Run(TimeSpan.FromMilliseconds(200));
        Assert.True(cluster[leader].IsLeading);
        cluster.Propose(leader, "a");
        cluster.Run(TimeSpan.FromMilliseconds(200));
        cluster.Kill(leader);
        cluster.RunUntil(() => cluster.Leaders.Any(), Deadline);
        cluster.Propose(cluster.Leaders.Single(), "b");
        cluster.RunUntil(() => cluster.TextsOf(cluster.Leaders.Single()).SequenceEqual(["a", "b"]), Deadline);
    }

    [Fact]
    public void A_chosen_prefix_that_nobody_claims_any_more_is_forgotten_and_told()
    {
        var cluster = Led(out var leader);
        var follower = (leader + 1) % 3;
        HeartbeatTo(cluster, follower, (leader + 2) % 3, Absurd);
        cluster.Run(TimeSpan.FromSeconds(5));
        Assert.Contains(cluster.Events[follower], e => e.Kind == ReplicaEventKind.ClaimForgotten);
        var before = cluster.Sent.Count(s => s.From == follower && s.Which.Kind == MessageKind.CatchUp);
        cluster.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(before, cluster.Sent.Count(s => s.From == follower && s.Which.Kind == MessageKind.CatchUp));
    }

    /// <summary>
    /// The node that errs goes on saying so, in heartbeats and promises, and seems fit to lead; it delivers none of what it
    /// claims to know.
    /// </summary>
    [Theory]
    [InlineData(1UL << 50)]
    [InlineData(1000)]
    public void A_peer_that_goes_on_claiming_what_it_never_delivers_keeps_the_others_from_leading_for_a_while_only(ulong claim)
    {
        var cluster = Led(out var leader);
        var (one, other) = ((leader + 1) % 3, (leader + 2) % 3);
        cluster.Propose(leader, "a");
        cluster.Run(TimeSpan.FromMilliseconds(300));
        cluster.Kill(leader);
        // A claim within reach lets who counts the promise that makes it lead: for a while nobody has another promise.
        var late = claim > 1_000_000 ? cluster.Now : cluster.Now + TimeSpan.FromSeconds(15);
        cluster.Drops = (_, _, kind) => kind == MessageKind.Promise && cluster.Now < late;
        for (var i = 0; i < 600 && !HasChosen(cluster, one, other); i++)
        {
            Err(cluster, one, leader, claim);
            Err(cluster, other, leader, claim);
            cluster.Run(TimeSpan.FromMilliseconds(50));
            if (cluster.Leaders.Any())
            {
                cluster.Propose(cluster.Leaders.First(), "b");
            }
        }
        Assert.True(HasChosen(cluster, one, other));
        Assert.Contains(cluster.Events[one].Concat(cluster.Events[other]), e => e.Kind == ReplicaEventKind.ClaimForgotten);
    }

    [Fact]
    public void A_ballot_that_leaps_is_dropped_wherever_it_stands_and_one_within_reach_is_taken()
    {
        var leap = new Ballot(Ballot.RoundLeapMax + 1, new NodeId(2), 1);
        var now = new Instant(1);
        _replica.Step(now, Two, new Prepare(leap, new Slot(1)), _output);
        _replica.Step(now, Two, new Accept(leap, new Slot(1), Decree.NoOp, Slot.Zero), _output);
        _replica.Step(now, Two, new Nack(_replica.Promised, leap), _output);
        _replica.Step(now, Two, new Heartbeat(1, 0, 0, default, leap, true, true, Slot.Zero), _output);
        Assert.Equal(Ballot.None, _replica.Promised);
        Assert.Empty(_output.Records);
        Assert.Equal(4, _output.Events.Count(e => e.Kind == ReplicaEventKind.StrangeMessageDropped));
        _replica.Step(now, Two, new Prepare(leap with { Round = Ballot.RoundLeapMax }, new Slot(1)), _output);
        Assert.Equal(Ballot.RoundLeapMax, _replica.Promised.Round);
    }

    [Fact]
    public void The_highest_round_of_all_in_a_heartbeat_takes_no_lead_and_uses_up_no_numbers()
    {
        var cluster = Led(out var leader);
        var absurd = new Ballot(Ballot.RoundMax, cluster.Configuration.Voters[(leader + 1) % 3], 1);
        for (var i = 0; i < 1000; i++)
        {
            var sender = new Sender(absurd.Node, 1, 1);
            foreach (var to in (int[])[leader, (leader + 2) % 3])
            {
                cluster.Inject(to, (r, o) => r.Step(
                    cluster.Now, sender, new Heartbeat(1, 0, 0, absurd, default, true, true, Slot.Zero), o));
            }
        }
        cluster.Run(TimeSpan.FromMilliseconds(100));
        Assert.True(cluster[leader].IsLeading);
        cluster.Kill((leader + 1) % 3);
        Assert.True(cluster.HandOver(leader, (leader + 2) % 3));
        cluster.RunUntil(() => cluster[(leader + 2) % 3].IsLeading, Deadline);
        Assert.True(cluster[leader].Promised.Round < 100);
    }

    /// <summary>Twice leapt over while it was away: what one heartbeat after the other says brings it within reach again.</summary>
    [Fact]
    public void A_node_that_was_left_behind_by_more_than_a_leap_comes_back_within_reach()
    {
        var cluster = Led(out var leader);
        var away = (leader + 2) % 3;
        var stays = (leader + 1) % 3;
        cluster.Kill(away);
        for (var i = 0; i < 2; i++)
        {
            var from = cluster.Configuration.Voters[leader];
            var leap = new Ballot(cluster[stays].Promised.Round + Ballot.RoundLeapMax, from, 1);
            cluster.Inject(stays, (r, o) => r.Step(cluster.Now, new Sender(from, 1, 1), new Prepare(leap, new Slot(1)), o));
            cluster.Run(TimeSpan.FromSeconds(3));
        }
        cluster.Restart(away);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        cluster.Propose(cluster.Leaders.Single(), "late");
        cluster.RunUntil(() => cluster.TextsOf(away).Contains("late"), Deadline);
    }

    [Theory]
    [InlineData(2_000_000UL, 3UL, 2_000_000UL)] // Far beyond what anybody can have accepted: holes would be filled up to it.
    [InlineData(5UL, 7UL, 5UL)] // Accepted under a ballot above the asked one.
    [InlineData(9UL, 3UL, 8UL)] // Beyond the page.
    public void A_promise_with_an_impossible_entry_is_dropped(ulong slot, ulong round, ulong through)
    {
        var now = new Instant(1_000_000);
        _replica.Campaign(now, _output);
        var ballot = _replica.Promised;
        _replica.Persisted(now, _output.LastRecord, _output);
        var entry = new AcceptedEntry(
            new Slot(slot), new Ballot(ballot.Round == 1 && round == 3 ? 0 : round, new NodeId(3), 1), Decree.NoOp, false);
        entry = entry.Ballot.IsNone ? entry with { Ballot = Ballot.None } : entry;
        _replica.Step(now, Two, new Promise(ballot, new Slot(1), new Slot(through), true, Slot.Zero, [entry]), _output);
        Assert.False(_replica.IsLeading);
        Assert.Contains(_output.Events, e => e.Kind == ReplicaEventKind.StrangeMessageDropped);
        Assert.True(_output.Records.Count < 10);
    }

    [Fact]
    public void A_promise_that_comes_again_when_its_ballot_leads_is_no_strange_one()
    {
        var now = new Instant(1_000_000);
        _replica.Campaign(now, _output);
        var ballot = _replica.Promised;
        _replica.Persisted(now, _output.LastRecord, _output);
        _replica.Step(now, Two, new Promise(ballot, new Slot(1), new Slot(1), true, Slot.Zero, []), _output);
        Assert.True(_replica.IsLeading);
        var since = new AcceptedEntry(new Slot(1), ballot, Decree.NoOp, false); // To a Prepare that was sent twice.
        _replica.Step(now, Two, new Promise(ballot, new Slot(1), new Slot(1), true, Slot.Zero, [since]), _output);
        Assert.DoesNotContain(_output.Events, e => e.Kind == ReplicaEventKind.StrangeMessageDropped);
        Assert.True(_replica.IsLeading);
    }

    [Fact]
    public void From_an_absurd_chosen_prefix_nobody_concludes_that_what_it_has_accepted_is_chosen()
    {
        var now = new Instant(1_000_000);
        var ballot = new Ballot(1, new NodeId(2), 1);
        _replica.Step(now, Two, new Accept(ballot, new Slot(1), Decree.NoOp, Slot.Zero), _output);
        _replica.Step(now, Two, new Chosen(ballot, Absurd), _output);
        Assert.Equal(Slot.Zero, _replica.ChosenUpTo);
        _replica.Step(now, Two, new Chosen(ballot, new Slot(1)), _output);
        Assert.Equal(new Slot(1), _replica.ChosenUpTo);
    }

    private static bool HasChosen(ReplicaCluster cluster, int one, int other) =>
        cluster.TextsOf(one).Contains("b") && cluster.TextsOf(other).Contains("b");

    /// <summary>What the node says that errs: a heartbeat, and a promise whenever somebody campaigns.</summary>
    private static void Err(ReplicaCluster cluster, int to, int from, ulong claim)
    {
        HeartbeatTo(cluster, to, from, new Slot(claim));
        var sender = new Sender(cluster.Configuration.Voters[from], 1, 1);
        var asked = cluster.Sent.LastOrDefault(s => s.From == to && s.Which.Kind == MessageKind.Prepare);
        if (asked.Which.To == sender.Node || asked.At != default)
        {
            var ballot = cluster[to].Promised;
            cluster.Inject(to, (r, o) => r.Step(
                cluster.Now, sender, new Promise(ballot, r.ChosenUpTo.Next, new Slot(claim), true, new Slot(claim), []), o));
        }
    }

    private static void HeartbeatTo(ReplicaCluster cluster, int to, int from, Slot chosenUpTo)
    {
        var sender = new Sender(cluster.Configuration.Voters[from], 1, 1);
        cluster.Inject(to, (r, o) => r.Step(
            cluster.Now, sender,
            new Heartbeat(cluster.Now.Nanoseconds, cluster.Now.Nanoseconds, 0, r.Promised, default, true, true, chosenUpTo), o));
    }

    private static ReplicaCluster Led(out int leader)
    {
        var cluster = new ReplicaCluster(3);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        cluster.Run(TimeSpan.FromMilliseconds(300));
        leader = cluster.Leaders.Single();
        return cluster;
    }
}
