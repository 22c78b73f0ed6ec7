using System.Text.Json;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Upkeep of three real processes with etcdctl and curl.</summary>
public sealed class MaintenanceTests(ITestOutputHelper output)
{
    [Fact]
    public async Task All_members_sum_up_their_keys_alike_before_and_after_a_compaction()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        for (var i = 0; i < 20; i++)
        {
            await GoodAsync(cluster.Nodes[i % 3].ClientUrl, "put", $"k{i % 7}", $"v{i}");
        }
        await GoodAsync(cluster.Nodes[0].ClientUrl, "del", "k3");
        var before = await SumsAsync(cluster, 21);
        Assert.Single(before);
        Assert.Equal("compacted revision 15\n", await GoodAsync(cluster.Nodes[1].ClientUrl, "compaction", "15"));
        var after = await SumsAsync(cluster, 21);
        Assert.Single(after);
        Assert.NotEqual(before, after);
        var again = await RunningCommand.EtcdctlAsync(cluster.Nodes[2].ClientUrl, "compaction", "15");
        Assert.Contains("etcdserver: mvcc: required revision has been compacted", again.Everything, StringComparison.Ordinal);
        var ahead = await RunningCommand.EtcdctlAsync(cluster.Nodes[2].ClientUrl, "compaction", "1000");
        Assert.Contains("etcdserver: mvcc: required revision is a future revision", ahead.Everything, StringComparison.Ordinal);
        var watch = await RunningCommand.EtcdctlAsync(cluster.Nodes[0].ClientUrl, "watch", "k1", "--rev=14");
        Assert.Contains("required revision has been compacted", watch.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leadership_moves_where_etcdctl_says_and_writes_go_on()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        await GoodAsync(cluster.Endpoints, "put", "a", "1");
        using var status = JsonDocument.Parse(await GoodAsync(cluster.Endpoints, "endpoint", "status", "-w", "json"));
        var members = status.RootElement.EnumerateArray().Select(member => (
            Endpoint: member.GetProperty("Endpoint").GetString()!,
            Id: member.GetProperty("Status").GetProperty("header").GetProperty("member_id").GetUInt64(),
            Leader: member.GetProperty("Status").GetProperty("leader").GetUInt64())).ToArray();
        var leader = members.Single(member => member.Id == member.Leader);
        var target = members.First(member => member.Id != member.Leader);
        var moved = await GoodAsync(leader.Endpoint, "move-leader", target.Id.ToString("x", null));
        Assert.Contains("Leadership transferred", moved, StringComparison.Ordinal);
        Assert.Equal("OK\n", await GoodAsync(leader.Endpoint, "put", "a", "2"));
        Assert.Equal("a\n2\n", await GoodAsync(target.Endpoint, "get", "a"));
        using var after = JsonDocument.Parse(await GoodAsync(target.Endpoint, "endpoint", "status", "-w", "json"));
        Assert.Equal(target.Id, after.RootElement[0].GetProperty("Status").GetProperty("leader").GetUInt64());
    }

    [Fact]
    public async Task Curl_writes_at_one_member_and_reads_at_another()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var put = await RunningCommand.RunAsync(
            "curl", "-s", "-d", """{"key":"Zm9v","value":"YmFy"}""", cluster.Nodes[0].ClientUrl + "/v3/kv/put");
        Assert.Contains("\"revision\":\"2\"", put.Output, StringComparison.Ordinal);
        var range = await RunningCommand.RunAsync(
            "curl", "-s", "-d", """{"key":"Zm9v"}""", cluster.Nodes[2].ClientUrl + "/v3/kv/range");
        Assert.Contains("\"value\":\"YmFy\"", range.Output, StringComparison.Ordinal);
        var ready = await RunningCommand.RunAsync("curl", "-s", cluster.Nodes[1].ClientUrl + "/readyz?verbose");
        Assert.Equal("[+]data_corruption ok\n[+]serializable_read ok\n[+]linearizable_read ok\nok\n", ready.Output);
        Assert.Contains("Finished defragmenting", (await RunningCommand.EtcdctlAsync(cluster.Endpoints, "defrag")).Everything, StringComparison.Ordinal);
        Assert.Equal("", await GoodAsync(cluster.Endpoints, "alarm", "list"));
    }

    private static async Task<IReadOnlyList<string>> SumsAsync(TestCluster cluster, long revision)
    {
        var sums = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var node in cluster.Nodes)
        {
            using var sum = JsonDocument.Parse(await GoodAsync(node.ClientUrl, "endpoint", "hashkv", $"--rev={revision}", "-w", "json"));
            var shown = sum.RootElement[0].GetProperty("HashKV");
            sums.Add($"{shown.GetProperty("hash")} {shown.GetProperty("compact_revision")}");
        }
        return [.. sums];
    }

    private static async Task<string> GoodAsync(string endpoints, params string[] arguments)
    {
        var result = await RunningCommand.EtcdctlAsync(endpoints, arguments);
        Assert.True(result.ExitCode == 0, result.Everything);
        return result.Output;
    }
}
