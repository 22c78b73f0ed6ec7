using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Three real processes and real clients.</summary>
public sealed class ClientTests(ITestOutputHelper output)
{
    private const int RequestBytesMax = 1536 * 1024;
    private const int OperationsMax = 128;

    [Fact]
    public async Task Etcdctl_works_unchanged_against_any_node()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var (first, second, third) = (cluster.Nodes[0].ClientUrl, cluster.Nodes[1].ClientUrl, cluster.Nodes[2].ClientUrl);
        Assert.Equal("OK\n", await GoodAsync(first, "put", "a", "1"));
        Assert.Equal("OK\n", await GoodAsync(second, "put", "ab", "2"));
        Assert.Equal("OK\n", await GoodAsync(third, "put", "b", "3"));
        Assert.Equal("a\n1\n", await GoodAsync(third, "get", "a"));
        Assert.Equal("a\n1\nab\n2\n", await GoodAsync(first, "get", "--prefix", "a"));
        Assert.Equal("a\n1\nab\n2\n", await GoodAsync(second, "get", "a", "b"));
        Assert.Equal("a\n1\n", await GoodAsync(second, "get", "--prefix", "a", "--limit", "1"));
        Assert.Equal("1\n", await GoodAsync(second, "del", "a"));
        Assert.Equal("", await GoodAsync(first, "get", "a"));
        var status = await GoodAsync(cluster.Endpoints, "endpoint", "status", "-w", "json");
        Assert.Equal(3, status.Split("\"Endpoint\"").Length - 1);
        var health = await RunningCommand.EtcdctlAsync(cluster.Endpoints, "endpoint", "health");
        Assert.Equal(3, health.Everything.Split("is healthy").Length - 1);
        var members = await GoodAsync(first, "member", "list");
        Assert.All(cluster.Nodes, node => Assert.Contains($" {node.Name},", members, StringComparison.Ordinal));
        Assert.All(cluster.Nodes, node => Assert.Contains(node.ClientUrl, members, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Etcdctl_reads_the_past_compares_and_watches()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var (first, second) = (cluster.Nodes[0].ClientUrl, cluster.Nodes[1].ClientUrl);
        await GoodAsync(first, "put", "k", "old");
        using var client = cluster.Client();
        var now = await client.RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("k") }, CancellationToken.None);
        await GoodAsync(first, "put", "k", "new");
        Assert.Equal("k\nold\n", await GoodAsync(second, "get", "k", "--rev", $"{now.Header.Revision}"));
        const string transaction = "value(\"k\") = \"new\"\n\nput k newer\nget k\n\nget other\n\n";
        var result = await RunningCommand.RunAsync(
            "etcdctl", ["--endpoints", second, "txn"], [("ETCDCTL_API", "3")], transaction);
        Assert.Equal((0, "SUCCESS\n\nOK\n\nk\nnewer\n"), (result.ExitCode, result.Output));
        using var deadline = new CancellationTokenSource(TestCluster.Patience);
        List<string> seen = [];
        var watch = new WatchCreateRequest { Key = ByteString.CopyFromUtf8("k"), StartRevision = now.Kvs[0].ModRevision };
        await foreach (var answer in client.WatchAsync(watch, deadline.Token))
        {
            seen.AddRange(answer.Events.Select(e => e.Kv.Value.ToStringUtf8()));
            if (seen.Count == 3)
            {
                break;
            }
        }
        Assert.Equal(["old", "new", "newer"], seen);
    }

    [Fact]
    public async Task Python_etcd3_works_unchanged()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var script = $"""
            import etcd3
            c = etcd3.client(host='127.0.0.1', port={cluster.Nodes[1].ClientPort}, timeout=20)
            c.put('a', '1')
            print(c.get('a')[0].decode())
            events, cancel = c.watch('a')
            c.put('a', '2')
            print(next(events).value.decode())
            cancel()
            print(c.transaction(compare=[c.transactions.value('a') == '2'],
                success=[c.transactions.put('a', '3')], failure=[])[0])
            print(c.get('a')[0].decode(), c.delete('a'), c.get('a')[0], len(list(c.members)))
            """;
        var result = await RunningCommand.RunAsync("/usr/bin/python3", "-c", script);
        Assert.True(result.ExitCode == 0, "is python3-etcd3 installed? " + result.Error);
        Assert.Equal("1\n2\nTrue\n3 True None 3\n", result.Output);
    }

    [Fact]
    public async Task Garbage_on_any_port_hurts_nobody()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var random = RandomNumberGenerator.GetBytes(64 * 1024);
        byte[][] garbage =
        [
            random,
            Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + new string('x', 1000)),
            Encoding.ASCII.GetBytes("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"),
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc],
            [.. Enumerable.Repeat((byte)0xff, 4096)],
            [.. Enumerable.Repeat((byte)0, 4096)],
        ];
        foreach (var node in cluster.Nodes)
        {
            foreach (var bytes in garbage)
            {
                await SendGarbageAsync(node.ClientPort, bytes);
                await SendGarbageAsync(node.PeerPort, bytes);
            }
        }
        foreach (var node in cluster.Nodes)
        {
            Assert.True(node.IsRunning, $"{node.Name} died of garbage");
            await cluster.PutEventuallyAsync(node.Name, "x", node);
        }
    }

    [Fact]
    public async Task A_request_at_the_limit_is_taken_and_one_past_it_refused()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        using var client = cluster.Client();
        // Key "k" with its tag and length, and the value's tag and length of three bytes, around the value itself.
        const int around = 3 + 4;
        await client.PutAsync(PutOfBytes(RequestBytesMax - around), CancellationToken.None);
        var refused = await Assert.ThrowsAsync<EtcdException>(
            () => client.PutAsync(PutOfBytes(RequestBytesMax - around + 1), CancellationToken.None));
        Assert.Contains("etcdserver: request is too large", refused.Message, StringComparison.Ordinal);
        Assert.Equal(RequestOutcome.NotDone, refused.Outcome);
    }

    [Fact]
    public async Task As_many_operations_as_allowed_are_taken_and_one_more_refused()
    {
        await using var cluster = await TestCluster.StartAsync(output, 1);
        var url = cluster.Nodes[0].ClientUrl;
        Assert.StartsWith("SUCCESS", await TransactAsync(url, OperationsMax), StringComparison.Ordinal);
        Assert.Contains(
            "too many operations in txn request", await TransactAsync(url, OperationsMax + 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_version_and_metrics_are_on_the_client_port()
    {
        await using var cluster = await TestCluster.StartAsync(output, 1);
        var node = cluster.Nodes[0];
        Assert.Contains("\"health\":\"true\"", await cluster.GetTextAsync(node, "/health"), StringComparison.Ordinal);
        Assert.Contains("\"etcdserver\"", await cluster.GetTextAsync(node, "/version"), StringComparison.Ordinal);
        Assert.Contains("# TYPE ", await cluster.GetTextAsync(node, "/metrics"), StringComparison.Ordinal);
    }

    private static PutRequest PutOfBytes(int valueBytes) => new()
    {
        Key = ByteString.CopyFromUtf8("k"),
        Value = ByteString.CopyFrom(new byte[valueBytes]),
    };

    private static async Task<string> TransactAsync(string url, int operations)
    {
        var puts = string.Join('\n', Enumerable.Range(0, operations).Select(i => $"put k{i} x"));
        var result = await RunningCommand.RunAsync(
            "etcdctl", ["--endpoints", url, "txn"], [("ETCDCTL_API", "3")], $"\n{puts}\n\n\n");
        return result.Everything;
    }

    private static async Task<string> GoodAsync(string endpoints, params string[] arguments)
    {
        var result = await RunningCommand.EtcdctlAsync(endpoints, arguments);
        Assert.True(result.ExitCode == 0, result.Everything);
        return result.Output;
    }

    private static async Task SendGarbageAsync(int port, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        try
        {
            await client.GetStream().WriteAsync(bytes);
        }
        catch (IOException)
        {
            return; // The node hung up in the middle, which is a good answer.
        }
    }
}
