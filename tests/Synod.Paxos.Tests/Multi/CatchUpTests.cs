using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

public sealed class CatchUpTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_node_that_was_away_catches_up_by_itself()
    {
        var cluster = new ReplicaCluster(3);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        var leader = cluster.Leaders.Single();
        var away = (leader + 1) % 3;
        cluster.Kill(away);
        for (var i = 0; i < 5000; i++)
        {
            cluster.Propose(leader, $"{i}");
            if (i % 500 == 0)
            {
                cluster.Run(TimeSpan.FromMilliseconds(20));
            }
        }
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == 5000, Deadline);
        cluster.Restart(away);
        cluster.RunUntil(() => cluster[away].ChosenUpTo == cluster[leader].ChosenUpTo, Deadline);
        cluster.Run(TimeSpan.FromMilliseconds(2));
        Assert.Equal(cluster.TextsOf(leader), cluster.TextsOf(away));
    }

    [Fact]
    public void One_range_is_asked_for_at_a_time_and_each_decree_is_sent_once()
    {
        var cluster = new ReplicaCluster(3, new ReplicaOptions { CatchUpSlotsMax = 200, CatchUpBytesMax = 4000 });
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        var leader = cluster.Leaders.Single();
        var away = (leader + 1) % 3;
        cluster.Kill(away);
        for (var i = 0; i < 2000; i++)
        {
            cluster.Propose(leader, $"{i}");
        }
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == 2000, Deadline);
        cluster.Restart(away);
        var (asked, sent) = (0, 0);
        cluster.Drops = (from, to, kind) =>
        {
            asked += kind == MessageKind.CatchUp && from == away ? 1 : 0;
            sent += kind == MessageKind.Learn && to == away ? 1 : 0;
            return false;
        };
        cluster.RunUntil(() => cluster[away].ChosenUpTo == cluster[leader].ChosenUpTo, Deadline);
        Assert.InRange(sent, 1990, 2010);
        Assert.InRange(asked, 16, 22); // 4000 bytes are some 115 small decrees.
    }

    [Fact]
    public void Over_a_narrow_link_hardly_any_answer_is_asked_for_twice()
    {
        const int Decrees = 20;
        var cluster = new ReplicaCluster(3, new ReplicaOptions { CatchUpBytesMax = 1 }); // each answer is one decree
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        var leader = cluster.Leaders.Single();
        var away = (leader + 1) % 3;
        cluster.Kill(away);
        for (var i = 0; i < Decrees; i++)
        {
            cluster.Propose(leader, $"{i}");
        }
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == Decrees, Deadline);
        cluster.Restart(away);
        var (sent, free) = (0, cluster.Now);
        var took = TimeSpan.FromSeconds(1.2);
        cluster.Delays = (_, to, kind) =>
        {
            if (kind != MessageKind.Learn || to != away)
            {
                return TimeSpan.Zero;
            }
            sent++;
            free = (free > cluster.Now ? free : cluster.Now) + took; // one after the other, as on any link
            return free - cluster.Now;
        };
        cluster.RunUntil(() => cluster.TextsOf(away).Length == Decrees, took * 2 * Decrees);
        Assert.InRange(sent, Decrees, Decrees + 10);
    }

    [Fact]
    public void Who_was_asked_over_a_slow_link_and_goes_is_not_waited_for()
    {
        var cluster = new ReplicaCluster(3, new ReplicaOptions { CatchUpBytesMax = 1 });
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        var leader = cluster.Leaders.Single();
        var (away, other) = ((leader + 1) % 3, (leader + 2) % 3);
        cluster.Kill(away);
        cluster.Propose(leader, "x");
        cluster.Propose(leader, "y");
        cluster.RunUntil(() => cluster.TextsOf(other).Length == 2, Deadline);
        cluster.Restart(away);
        cluster.Delays = (_, to, kind) => TimeSpan.FromSeconds(kind == MessageKind.Learn && to == away ? 6 : 0);
        cluster.RunUntil(() => cluster.TextsOf(away).Length == 1, Deadline);
        cluster.Run(TimeSpan.FromMilliseconds(1));
        var asked = cluster.Sent.Last(sent => sent.From == away && sent.Which.Kind == MessageKind.CatchUp).Which.To;
        cluster.Delays = (_, _, _) => TimeSpan.Zero;
        cluster.Kill(cluster.Configuration.PlaceOf(asked));
        cluster.RunUntil(() => cluster.TextsOf(away).Length == 2, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_lost_answer_is_asked_for_again_of_another_peer()
    {
        var cluster = new ReplicaCluster(3);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        var leader = cluster.Leaders.Single();
        var (away, other) = ((leader + 1) % 3, (leader + 2) % 3);
        cluster.Kill(away);
        cluster.Propose(leader, "x");
        cluster.RunUntil(() => cluster.TextsOf(other).Length == 1, Deadline);
        cluster.Restart(away);
        var silent = -1;
        cluster.Drops = (from, to, kind) =>
        {
            silent = kind == MessageKind.CatchUp && silent < 0 ? to : silent;
            return kind == MessageKind.Learn && from == silent;
        };
        cluster.RunUntil(() => cluster.TextsOf(away).Length == 1, TimeSpan.FromSeconds(3));
        Assert.NotEqual(-1, silent);
    }

    [Fact]
    public void Decrees_below_the_memory_tail_are_asked_of_the_journal()
    {
        var options = new ReplicaOptions { LogTailSlotsMax = 10 };
        var cluster = new ReplicaCluster(3, options);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        var leader = cluster.Leaders.Single();
        for (var i = 0; i < 100; i++)
        {
            cluster.Propose(leader, $"{i}");
        }
        cluster.RunUntil(() => cluster.TextsOf(leader).Length == 100, Deadline);
        var output = cluster.OutputOf(leader);
        cluster.Inject(leader, (r, o) => r.Step(
            cluster.Now, new Sender(cluster.Configuration.Voters[(leader + 1) % 3], 1, 1), new CatchUp(new Slot(1), new Slot(50)), o));
        var read = Assert.Single(output.JournalReads);
        Assert.Equal(new Slot(1), read.First);
        Assert.Equal(new Slot(50), read.Last);
        Assert.Empty(output.Learns);
    }

    [Fact]
    public void No_decree_leaves_memory_before_the_journal_holds_it()
    {
        // The journal holds another decree of a ballot that lost, and the disk stalls while the chosen one is learned.
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions { LogTailSlotsMax = 1 });
        var output = new ReplicaOutput();
        var journal = new List<StateRecord>();
        var (two, three) = (new Sender(new NodeId(2), 1, 1), new Sender(new NodeId(3), 1, 1));
        var lost = new Decree(DecreeKind.Command, 0, Value.FromText("lost"));
        replica.Step(new Instant(1), three, new Accept(new Ballot(1, new NodeId(3), 1), new Slot(1), lost, default), output);
        Persist();
        for (var slot = 1ul; slot <= 3; slot++)
        {
            var chosen = new Decree(DecreeKind.Command, 0, Value.FromText($"chosen{slot}"));
            replica.Step(new Instant(2), two, new Learn(new Slot(slot), chosen), output);
        }
        Assert.Equal(new Slot(3), replica.ChosenUpTo);
        replica.Step(new Instant(3), three, new CatchUp(new Slot(1), new Slot(3)), output);
        Assert.Empty(output.JournalReads); // It would answer with what lost.
        Assert.Equal("chosen1", output.Learns[0].Decree.Value.ToString());

        Persist();
        Assert.Equal(new Slot(2), replica.MemoryFloor); // Now it may go, and the journal answers for it.
        replica.Step(new Instant(4), three, new CatchUp(new Slot(1), new Slot(3)), output);
        Assert.Equal(new Slot(1), Assert.Single(output.JournalReads).First);
        Assert.Equal("chosen1", journal.Last(r => r.Slot == new Slot(1) && r.Decree != default).Decree.Value.ToString());

        void Persist()
        {
            journal.AddRange(output.Records);
            output.Clear();
            replica.Persisted(new Instant(3), output.LastRecord, output);
        }
    }

    [Fact]
    public void An_accept_far_above_the_chosen_prefix_is_met_with_silence()
    {
        var options = new ReplicaOptions { WindowSlots = 8, AcceptAheadMax = 16 };
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), options);
        var output = new ReplicaOutput();
        var sender = new Sender(new NodeId(2), 1, 1);
        var ballot = new Ballot(1, new NodeId(2), 1);
        replica.Step(new Instant(1), sender, new Accept(ballot, new Slot(16), Decree.NoOp, default), output);
        Assert.Single(output.Accepteds);
        replica.Step(new Instant(1), sender, new Accept(ballot, new Slot(17), Decree.NoOp, default), output);
        Assert.Single(output.Accepteds);
        Assert.Empty(output.Nacks);
    }

    [Fact]
    public void A_merely_accepted_value_is_never_handed_out()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var one = new Ballot(1, new NodeId(2), 1);
        var two = new Ballot(2, new NodeId(3), 1);
        var command = new Decree(DecreeKind.Command, 0, Value.FromText("x"));
        replica.Step(new Instant(1), new Sender(new NodeId(2), 1, 1), new Accept(one, new Slot(1), command, default), output);
        // The next leader says that slot 1 is chosen, but this replica accepted it under another ballot: it may not conclude.
        replica.Step(new Instant(2), new Sender(new NodeId(3), 1, 1), new Chosen(two, new Slot(1)), output);
        Assert.Empty(output.Decrees);
        Assert.Equal(Slot.Zero, replica.ChosenUpTo);
        replica.Step(new Instant(3), new Sender(new NodeId(3), 1, 1), new Learn(new Slot(1), Decree.NoOp), output);
        Assert.Equal(DecreeKind.NoOp, Assert.Single(output.Decrees).Decree.Kind);
    }
}
