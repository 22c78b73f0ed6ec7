using Synod.Paxos.Multi;

namespace Synod.Paxos.Tests.Multi;

/// <summary>A replica's state as bytes: whole, canonical, and the same wherever and whenever it is written.</summary>
public sealed class ReplicaStateTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 16)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_run_goes_on_the_same_with_replicas_that_were_read_from_their_bytes(int seed)
    {
        var plain = Run(seed, rereadEvery: 0);
        var reread = Run(seed, rereadEvery: 1 + (seed * 7 % 40));
        Assert.Equal(plain.Sent, reread.Sent);
        for (var i = 0; i < plain.Count; i++)
        {
            Assert.Equal(plain.Records[i], reread.Records[i]);
            Assert.Equal(plain.Applied[i], reread.Applied[i]);
            Assert.Equal(plain.Events[i], reread.Events[i]);
            Assert.Equal(plain.Reads[i], reread.Reads[i]);
        }
        Assert.Contains(plain.Applied, a => a.Count > 50);
    }

    [Fact]
    public void The_order_in_which_promises_came_is_not_in_the_bytes()
    {
        var orders = new List<byte[]>();
        foreach (var order in (int[][])[[2, 3], [3, 2]])
        {
            var replica = new Replica(new NodeId(1), Configuration.OfMajority(5), new ReplicaOptions());
            var output = new ReplicaOutput();
            var now = new Instant(5_000_000_000);
            replica.Campaign(now, output);
            var ballot = replica.Promised;
            foreach (var node in order)
            {
                var entry = new AcceptedEntry(
                    new Slot((ulong)node), Ballot.None, new Decree(DecreeKind.Command, 0, Value.FromText($"{node}")), true);
                replica.Step(
                    now, new Sender(new NodeId((uint)node), 1, 1), new Promise(ballot, new Slot(1), new Slot(3), true, default, [entry]), output);
            }
            var writer = new StateWriter();
            replica.Write(writer, now);
            orders.Add(writer.Written.ToArray());
        }
        Assert.Equal(orders[0], orders[1]);
    }

    [Fact]
    public void What_a_snapshot_stands_for_is_in_the_bytes()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var now = new Instant(1_000_000_000);
        Assert.True(replica.InstallSnapshot(now, new Slot(40), output));
        replica.Forget(new Slot(38));
        var writer = new StateWriter();
        replica.Write(writer, now);
        var other = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var reader = new StateReader(writer.Written.ToArray());
        other.Read(ref reader, now, 0);
        Assert.Equal((new Slot(40), new Slot(40), new Slot(40)), (other.SnapshotFloor, other.ChosenUpTo, other.MemoryFloor));
        var again = new StateWriter();
        other.Write(again, now);
        Assert.Equal(writer.Written.ToArray(), again.Written.ToArray());
    }

    [Fact]
    public void Bytes_that_are_cut_or_too_long_are_a_fault()
    {
        var cluster = Run(3, 0);
        var writer = new StateWriter();
        cluster[0].Write(writer, cluster.Now);
        var bytes = writer.Written.ToArray();
        for (var length = 0; length < bytes.Length; length += 1 + (bytes.Length / 300))
        {
            Assert.Throws<InvariantViolatedException>(() =>
            {
                var reader = new StateReader(bytes.AsMemory(0, length));
                new Replica(new NodeId(1), cluster.Configuration, cluster.Options).Read(ref reader, cluster.Now, 0);
            });
        }
    }

    /// <summary>Proposals, reads, cut links, crashes, stalled disks, hand-overs: whatever the draws say.</summary>
    private static ReplicaCluster Run(int seed, int rereadEvery)
    {
        var options = new ReplicaOptions { WindowSlots = 8, PendingProposalsMax = 16, LogTailSlotsMax = 64, CatchUpSlotsMax = 10 };
        var cluster = new ReplicaCluster(seed % 3 == 0 ? 5 : 3, options) { RereadEvery = rereadEvery };
        var draws = (ulong)seed;
        int Draw(int below)
        {
            draws = unchecked((draws * 6364136223846793005) + 1442695040888963407);
            return (int)((draws >> 33) % (ulong)below);
        }
        cluster.Run(TimeSpan.FromMilliseconds(300));
        for (var step = 0; step < 150; step++)
        {
            var (i, j) = (Draw(cluster.Count), Draw(cluster.Count));
            switch (Draw(12))
            {
                case 0 when i != j && !cluster.Down[i] && !cluster.Down[j]:
                    cluster.Cut(i, j, reset: Draw(2) == 0);
                    break;
                case 1 when i != j:
                    cluster.Heal(i, j);
                    break;
                case 2 when cluster.Down.Count(d => d) < (cluster.Count - 1) / 2 && !cluster.Down[i]:
                    cluster.Kill(i);
                    break;
                case 3 when cluster.Down[i]:
                    cluster.Restart(i);
                    break;
                case 4:
                    cluster.Stalled[i] = !cluster.Stalled[i] && Draw(3) == 0;
                    break;
                case 5 when i != j && !cluster.Down[i]:
                    cluster.HandOver(i, j);
                    break;
                case 6 when !cluster.Down[i]:
                    cluster.Read(i, (ulong)step + 1);
                    break;
                default:
                    for (var n = Draw(30); n > 0 && !cluster.Down[i]; n--)
                    {
                        cluster.Propose(i, $"{step}.{n}");
                    }
                    break;
            }
            cluster.Run(TimeSpan.FromMilliseconds(1 + Draw(120)));
        }
        return cluster;
    }
}
