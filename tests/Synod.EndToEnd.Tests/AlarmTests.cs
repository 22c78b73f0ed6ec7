using Synod.Client.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>An alarm of an operator, over three real processes.</summary>
public sealed class AlarmTests(ITestOutputHelper output)
{
    private const int WritesUntilSnapshots = 240;

    [Fact]
    public async Task An_alarm_raised_at_one_member_blocks_writes_at_all_outlives_kill_and_snapshot_and_is_disarmed_anywhere()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3, "--snapshot-count", "100");
        await cluster.PutEventuallyAsync("a", "1", cluster.Nodes[0]);
        var raised = await RunningCommand.RunAsync(
            "curl", "-s", "-d", """{"action":"ACTIVATE","memberID":"77","alarm":"NOSPACE"}""",
            cluster.Nodes[1].ClientUrl + "/v3/maintenance/alarm");
        Assert.Contains("""{"memberID":"77","alarm":"NOSPACE"}""", raised.Output, StringComparison.Ordinal);
        foreach (var node in cluster.Nodes)
        {
            await ExpectRefusalsAsync(cluster, node, WritesUntilSnapshots / 3);
        }
        foreach (var node in cluster.Nodes)
        {
            await node.KillAsync();
        }
        foreach (var node in cluster.Nodes)
        {
            node.Start("--snapshot-count", "100");
        }
        foreach (var node in cluster.Nodes)
        {
            await TestCluster.WaitAsync($"{node.Name} lists the alarm", async () =>
                (await RunningCommand.EtcdctlAsync(node.ClientUrl, "alarm", "list")).Output == "memberID:77 alarm:NOSPACE \n");
            await ExpectRefusalsAsync(cluster, node, 1);
            var health = await RunningCommand.RunAsync("curl", "-s", node.ClientUrl + "/health");
            Assert.Contains("ALARM NOSPACE", health.Output, StringComparison.Ordinal);
        }
        Assert.Equal("1\n", (await RunningCommand.EtcdctlAsync(cluster.Nodes[0].ClientUrl, "del", "a")).Output);
        var disarmed = await RunningCommand.EtcdctlAsync(cluster.Nodes[2].ClientUrl, "alarm", "disarm");
        Assert.Equal("memberID:77 alarm:NOSPACE \n", disarmed.Output);
        foreach (var node in cluster.Nodes)
        {
            Assert.Equal("", (await RunningCommand.EtcdctlAsync(node.ClientUrl, "alarm", "list")).Everything);
            Assert.Equal("OK\n", (await RunningCommand.EtcdctlAsync(node.ClientUrl, "put", "a", "2")).Everything);
        }
        await cluster.WaitUntilServingAsync([.. cluster.Nodes]);
        foreach (var node in cluster.Nodes)
        {
            Assert.Contains(" WARN  " + node.Name + " alarms were raised for the whole cluster", node.Log, StringComparison.Ordinal);
            await TestCluster.WaitAsync($"{node.Name} logs the end of the alarm", () => Task.FromResult(
                node.Log.Contains("no alarm is raised any more", StringComparison.Ordinal)));
        }
    }

    private static async Task ExpectRefusalsAsync(TestCluster cluster, NodeUnderTest node, int count)
    {
        using var client = cluster.Client(node);
        for (var i = 0; i < count; i++)
        {
            var refusal = await Assert.ThrowsAsync<EtcdException>(
                () => client.PutAsync(TestCluster.Put("a", "2"), CancellationToken.None));
            Assert.Contains("database space exceeded", refusal.Message, StringComparison.Ordinal);
        }
    }
}
