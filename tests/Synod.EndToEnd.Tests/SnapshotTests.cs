using System.Globalization;
using System.Text.Json;
using Synod.Client.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Snapshots of three real processes.</summary>
public sealed class SnapshotTests(ITestOutputHelper output)
{
    private const int Puts = 3500;
    private const int Clients = 16;
    private static readonly string[] s_often = ["--snapshot-count", "1000"];

    [Fact]
    public async Task A_node_that_was_away_for_more_than_two_snapshots_catches_up_by_one_while_writes_go_on()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3, s_often);
        await cluster.PutEventuallyAsync("first", "1");
        var leader = await cluster.LeaderAsync();
        var away = cluster.Nodes.First(node => node != leader);
        await away.KillAsync();
        var others = cluster.Nodes.Where(node => node != away).ToArray();
        await PutManyAsync(cluster, "while-away", others);
        await TestCluster.WaitAsync("the journals are trimmed", () =>
            Task.FromResult(others.All(node => node.Log.Contains("journal trimmed up to", StringComparison.Ordinal))));
        away.Start(s_often);
        var writes = PutManyAsync(cluster, "meanwhile", others);
        await TestCluster.WaitAsync("a snapshot is installed", () =>
            Task.FromResult(away.Log.Contains("snapshot installed slot=", StringComparison.Ordinal)));
        await writes;
        await cluster.WaitUntilServingAsync(away);
        await TestCluster.WaitAsync("all members have the same keys", async () => (await HashesAsync(cluster)).Count == 1);
        Assert.Equal("1", await cluster.LocalValueAsync(away, "first"));
        Assert.True(await MetricAsync(cluster, away, "synod_snapshots_received_total") >= 1);
        Assert.True(await MetricAsync(cluster, leader, "synod_snapshots_taken_total") >= 3);
        Assert.True(await MetricAsync(cluster, leader, "synod_snapshot_last_bytes") > 0);
        // And it begins with what it was given.
        await away.KillAsync();
        away.Start(s_often);
        await cluster.WaitUntilServingAsync(away);
        Assert.Contains("state begins with the snapshot slot=", away.Log, StringComparison.Ordinal);
        await TestCluster.WaitAsync("all members have the same keys", async () => (await HashesAsync(cluster)).Count == 1);
    }

    private static async Task PutManyAsync(TestCluster cluster, string prefix, NodeUnderTest[] nodes)
    {
        var next = 0;
        var failed = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = cluster.Client(nodes);
            for (var i = Interlocked.Increment(ref next); i <= Puts; i = Interlocked.Increment(ref next))
            {
                try
                {
                    await client.PutAsync(
                        TestCluster.Put(string.Create(CultureInfo.InvariantCulture, $"{prefix}/{i % 700}"), $"value {i}"),
                        CancellationToken.None);
                }
                catch (EtcdException)
                {
                    // Another leader perhaps: this put may or may not be there, and the sums of all members agree all the same.
                    Interlocked.Increment(ref failed);
                }
            }
        }));
        Assert.InRange(failed, 0, Puts / 10);
    }

    private static async Task<IReadOnlyCollection<string>> HashesAsync(TestCluster cluster)
    {
        var sums = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in cluster.Nodes)
        {
            var sum = await RunningCommand.EtcdctlAsync(node.ClientUrl, "endpoint", "hashkv", "-w", "json");
            Assert.True(sum.ExitCode == 0, sum.Everything);
            using var json = JsonDocument.Parse(sum.Output);
            var shown = json.RootElement[0].GetProperty("HashKV");
            sums.Add($"{shown.GetProperty("hash")} {shown.GetProperty("header").GetProperty("revision")}");
        }
        return sums;
    }

    private static async Task<double> MetricAsync(TestCluster cluster, NodeUnderTest node, string name)
    {
        var page = await cluster.GetTextAsync(node, "/metrics");
        var line = Assert.Single(page.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }
}
