using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>A leader that nobody could tell of its successor, but that learns what the successor got chosen.</summary>
public sealed class OvertakenLeaderTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_leader_that_learns_another_decree_than_its_own_vouches_for_nothing_any_more()
    {
        var cluster = new ReplicaCluster(7);
        cluster.RunUntil(() => cluster.Leaders.Count() == 1, Deadline);
        cluster.Run(TimeSpan.FromMilliseconds(500));
        var old = cluster.Leaders.Single();
        var others = Enumerable.Range(0, 7).Where(i => i != old).ToArray();
        var (bridge, holder, rest) = (others[0], others[1], others[2..]);
        var contested = cluster[old].ChosenUpTo.Next;

        // Only one other member accepts what the old leader proposes.
        cluster.Drops = (from, to, kind) => from == old && kind == MessageKind.Accept && to != holder;
        Assert.Equal(Proposal.Taken, cluster.Propose(old, "never chosen"));
        cluster.Run(TimeSpan.FromMilliseconds(5));

        // The four others elect a leader, whose no-op is chosen in that slot.
        cluster.Cut(bridge, holder);
        foreach (var far in rest)
        {
            cluster.Cut(old, far);
            cluster.Cut(bridge, far);
            cluster.Cut(holder, far);
        }
        cluster.RunUntil(() => rest.Any(i => cluster[i].IsLeading && cluster[i].ChosenUpTo >= contested), Deadline);
        var successor = rest.Single(i => cluster[i].IsLeading);

        // A member that has promised the successor nothing learns of it, and the old leader learns from that member,
        // before it has missed its own quorum for long enough to step down.
        cluster.Heal(bridge, successor);
        cluster.RunUntil(() => cluster[old].ChosenUpTo >= contested, TimeSpan.FromMilliseconds(900));
        cluster.Run(TimeSpan.FromMilliseconds(300));

        foreach (var i in Enumerable.Range(0, 7))
        {
            Assert.DoesNotContain("never chosen", cluster.TextsOf(i));
        }
        Assert.False(cluster[old].IsLeading);
    }
}
