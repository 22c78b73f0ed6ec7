using System.Diagnostics;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Leases of real clients on real nodes: never early, and late by little, whoever leads.</summary>
public sealed class LeaseTests(ITestOutputHelper output)
{
    private const int TtlSeconds = 6;

    /// <summary>How late a lease may end: a second, and what it takes to find another leader and to look.</summary>
    private static readonly TimeSpan LateMost = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task An_idle_cluster_ends_a_lease_in_time()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var lease = await GrantAsync(cluster, cluster.Nodes[1]);
        await cluster.PutEventuallyAsync("free", "x");
        await EtcdctlAsync(cluster.Nodes[2], "put", "bound", "x", "--lease", lease.Id);
        await EndsInTimeAsync(cluster, lease, cluster.Nodes[0]);
        Assert.Equal("x", await cluster.LocalValueAsync(cluster.Nodes[0], "free"));
    }

    [Fact]
    public async Task A_killed_leader_neither_shortens_a_lease_nor_begins_it_anew()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var leader = await cluster.LeaderAsync();
        var survivor = cluster.Nodes.First(node => node != leader);
        var lease = await GrantAsync(cluster, survivor);
        await EtcdctlAsync(survivor, "put", "bound", "x", "--lease", lease.Id);
        // An idle cluster: nothing but the leader's own decrees carries the time that has passed.
        await Task.Delay(TimeSpan.FromSeconds(TtlSeconds * 0.6));
        await leader.KillAsync();
        await EndsInTimeAsync(cluster, lease, survivor);
    }

    [Fact]
    public async Task A_lease_that_is_kept_alive_outlives_leaders_and_ends_when_it_is_not()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var leader = await cluster.LeaderAsync();
        var others = cluster.Nodes.Where(node => node != leader).ToArray();
        var lease = await GrantAsync(cluster, others[0]);
        await EtcdctlAsync(others[0], "put", "bound", "x", "--lease", lease.Id);
        using (var keepAlive = StartEtcdctl(others, "lease", "keep-alive", lease.Id))
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            await leader.KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(TtlSeconds + 2));
            Assert.Equal("x", await cluster.LocalValueAsync(others[0], "bound"));
            keepAlive.Kill();
            await keepAlive.WaitForExitAsync();
        }
        var since = Stopwatch.StartNew();
        await TestCluster.WaitAsync("the lease ends", async () => await cluster.LocalValueAsync(others[1], "bound") is null);
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(TtlSeconds) + LateMost);
    }

    [Fact]
    public async Task A_lock_passes_on_when_the_node_of_its_holder_dies_with_it()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var leader = await cluster.LeaderAsync();
        var other = cluster.Nodes.First(node => node != leader);
        using var holder = StartEtcdctl([leader], "lock", "name", "--ttl", "3");
        Assert.StartsWith("name/", await holder.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        using var waiter = StartEtcdctl([other], "lock", "name", "--ttl", "3", "echo", "mine");
        using var client = cluster.Client(other);
        var all = new RangeRequest { Key = ByteString.CopyFromUtf8("name/"), RangeEnd = ByteString.CopyFromUtf8("name0") };
        await TestCluster.WaitAsync(
            "the waiter waits", async () => (await client.RangeAsync(all, CancellationToken.None)).Count == 2);
        holder.Kill();
        await leader.KillAsync();
        using var deadline = new CancellationTokenSource(TestCluster.Patience);
        Assert.Equal("mine", await waiter.StandardOutput.ReadLineAsync(deadline.Token));
        await waiter.WaitForExitAsync(deadline.Token);
    }

    private sealed record Granted(string Id, Stopwatch SinceBefore, Stopwatch SinceAfter);

    private static async Task<Granted> GrantAsync(TestCluster cluster, NodeUnderTest node)
    {
        await cluster.PutEventuallyAsync("warm", "x", node);
        var before = Stopwatch.StartNew();
        var text = await EtcdctlAsync(node, "lease", "grant", $"{TtlSeconds}");
        return new Granted(text.Split(' ')[1], before, Stopwatch.StartNew());
    }

    private async Task EndsInTimeAsync(TestCluster cluster, Granted lease, NodeUnderTest node)
    {
        await TestCluster.WaitAsync("the key goes with its lease", async () =>
        {
            var looked = lease.SinceAfter.Elapsed;
            try
            {
                if (await cluster.LocalValueAsync(node, "bound") is not null)
                {
                    return false;
                }
            }
            catch (EtcdException)
            {
                return false; // Between leaders.
            }
            Assert.True(lease.SinceBefore.Elapsed >= TimeSpan.FromSeconds(TtlSeconds), $"early: {lease.SinceBefore.Elapsed}");
            Assert.True(looked <= TimeSpan.FromSeconds(TtlSeconds) + LateMost, $"late: {looked}");
            output.WriteLine($"A lease of {TtlSeconds} s was over {looked} after its grant was answered.");
            return true;
        });
    }

    private static async Task<string> EtcdctlAsync(NodeUnderTest node, params string[] arguments)
    {
        var result = await RunningCommand.EtcdctlAsync(node.ClientUrl, arguments);
        Assert.True(result.ExitCode == 0, result.Everything);
        return result.Output;
    }

    private static Process StartEtcdctl(IReadOnlyList<NodeUnderTest> nodes, params string[] arguments)
    {
        RunningCommand.Need("etcdctl", "etcd-client");
        var start = new ProcessStartInfo("etcdctl") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ETCDCTL_API"] = "3";
        foreach (var argument in (string[])["--endpoints", string.Join(',', nodes.Select(node => node.ClientUrl)), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        return Process.Start(start)!;
    }
}
