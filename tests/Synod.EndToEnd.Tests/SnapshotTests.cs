using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;
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
        await MemberSums.WaitUntilEqualAsync(cluster);
        Assert.Equal("1", await cluster.LocalValueAsync(away, "first"));
        Assert.True(await cluster.MetricAsync(away, "synod_snapshots_received_total") >= 1);
        Assert.True(await cluster.MetricAsync(leader, "synod_snapshots_taken_total") >= 3);
        Assert.True(await cluster.MetricAsync(leader, "synod_snapshot_last_bytes") > 0);
        // And it begins with what it was given.
        await away.KillAsync();
        away.Start(s_often);
        await cluster.WaitUntilServingAsync(away);
        Assert.Contains("state begins with the snapshot slot=", away.Log, StringComparison.Ordinal);
        await MemberSums.WaitUntilEqualAsync(cluster);
    }

    [Fact]
    public async Task A_saved_snapshot_becomes_a_new_cluster_whose_revisions_go_on_above_the_old_ones()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        for (var i = 0; i < 20; i++)
        {
            await cluster.PutEventuallyAsync($"k{i % 7}", $"v{i}");
        }
        var file = Path.Combine(cluster.TemporaryDirectory, "saved");
        var synod = await SynodExecutable.PathAsync();
        var saved = await RunningCommand.RunAsync(synod, "snapshot", "save", file, "--endpoints", cluster.Nodes[1].ClientUrl);
        Assert.True(saved.ExitCode == 0, saved.Everything);
        await cluster.PutEventuallyAsync("after", "the snapshot");
        var again = await RunningCommand.RunAsync(synod, "snapshot", "save", file, "--endpoints", cluster.Nodes[1].ClientUrl);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
        var shown = await RunningCommand.RunAsync(synod, "snapshot", "status", file, "--json");
        using var status = JsonDocument.Parse(shown.Output);
        Assert.Equal(7, status.RootElement.GetProperty("totalKey").GetInt64());
        Assert.Equal(new FileInfo(file).Length, status.RootElement.GetProperty("totalSize").GetInt64());
        // An unchanged client saves the same kind of file.
        var theirs = Path.Combine(cluster.TemporaryDirectory, "by-etcdctl");
        var byEtcdctl = await RunningCommand.EtcdctlAsync(cluster.Nodes[0].ClientUrl, "snapshot", "save", theirs);
        Assert.True(byEtcdctl.ExitCode == 0, byEtcdctl.Everything);
        Assert.Equal(0, (await RunningCommand.RunAsync(synod, "snapshot", "status", theirs)).ExitCode);
        var refused = await RunningCommand.RunAsync(
            synod, "snapshot", "restore", file, "--name", "n1", "--data-dir", cluster.Nodes[0].DataDirectory, "--initial-cluster", cluster.InitialCluster);
        Assert.Contains("is not empty", refused.Error, StringComparison.Ordinal);
        foreach (var node in cluster.Nodes)
        {
            await node.KillAsync();
            node.Wipe();
            var restored = await RunningCommand.RunAsync(
                synod, "snapshot", "restore", file, "--name", node.Name, "--data-dir", node.DataDirectory, "--initial-cluster", cluster.InitialCluster);
            Assert.True(restored.ExitCode == 0, restored.Everything);
        }
        foreach (var node in cluster.Nodes)
        {
            node.Start();
        }
        await cluster.WaitUntilServingAsync([.. cluster.Nodes]);
        await cluster.PutEventuallyAsync("new", "life");
        using var client = cluster.Client();
        var read = await client.RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8("k6") }, CancellationToken.None);
        Assert.Equal("v13", read.Kvs[0].Value.ToStringUtf8());
        Assert.True(read.Header.Revision > 1_000_000_000);
        Assert.Equal(0, (await client.RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("after") }, CancellationToken.None)).Count);
        await MemberSums.WaitUntilEqualAsync(cluster);
    }

    [Fact]
    public async Task Members_restored_from_different_snapshots_say_so_and_serve_nothing_until_they_are_restored_from_one()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var synod = await SynodExecutable.PathAsync();
        List<string> files = [];
        foreach (var value in (string[])["1", "2"])
        {
            await cluster.PutEventuallyAsync("k", value);
            files.Add(Path.Combine(cluster.TemporaryDirectory, $"saved-{value}"));
            var saved = await RunningCommand.RunAsync(synod, "snapshot", "save", files[^1], "--endpoints", cluster.Nodes[0].ClientUrl);
            Assert.True(saved.ExitCode == 0, saved.Everything);
        }
        foreach (var node in cluster.Nodes)
        {
            await node.KillAsync();
            await RestoreAsync(node, files[node == cluster.Nodes[2] ? 0 : 1]);
            node.Start();
        }
        await TestCluster.WaitAsync("the mistake is told", () =>
            Task.FromResult(cluster.Nodes.Any(node => node.Log.Contains("restored from different snapshots", StringComparison.Ordinal))));
        await cluster.Nodes[2].KillAsync();
        await RestoreAsync(cluster.Nodes[2], files[1]);
        cluster.Nodes[2].Start();
        await cluster.WaitUntilServingAsync([.. cluster.Nodes]);
        Assert.Equal("2", await cluster.LocalValueAsync(cluster.Nodes[2], "k"));

        async Task RestoreAsync(NodeUnderTest node, string file)
        {
            node.Wipe();
            var restored = await RunningCommand.RunAsync(
                synod, "snapshot", "restore", file, "--name", node.Name, "--data-dir", node.DataDirectory, "--initial-cluster", cluster.InitialCluster);
            Assert.True(restored.ExitCode == 0, restored.Everything);
        }
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
}
