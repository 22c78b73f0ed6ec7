using System.Globalization;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>What reaches the disk, and when, seen from outside.</summary>
public sealed class JournalTests(ITestOutputHelper output)
{
    private const int Gets = 50;

    /// <summary>Enough for a start and some writes; from this call on every sync fails.</summary>
    private const int GoodSyncs = 300;

    [Fact]
    public async Task No_answer_leaves_without_its_sync_and_a_failed_sync_stops_the_node()
    {
        RunningCommand.Need("strace", "strace");
        await using var cluster = await TestCluster.StartAsync(output, 1);
        var node = cluster.Nodes[0];
        await node.TerminateAsync();
        node.StartUnder(
            "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync",
            "-e", string.Create(CultureInfo.InvariantCulture, $"inject=fdatasync:error=EIO:when={GoodSyncs}+"));
        await cluster.WaitUntilServingAsync(node);
        using var client = cluster.Client(node);
        List<string> acknowledged = [];
        // Each write needs one sync at least: of so many, one must meet the failure, and must not be acknowledged.
        var failure = await Assert.ThrowsAsync<EtcdException>(async () =>
        {
            for (var i = 0; i < GoodSyncs; i++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"key/{i}");
                await client.PutAsync(TestCluster.Put(key, "x"), CancellationToken.None);
                acknowledged.Add(key);
            }
        });
        Assert.Equal(RequestOutcome.Unknown, failure.Outcome);
        Assert.NotEmpty(acknowledged);
        Assert.Equal(1, await node.ExitAsync());
        Assert.Contains("write or sync of the journal failed", node.Log, StringComparison.Ordinal);
        node.Start();
        await cluster.WaitUntilServingAsync(node);
        foreach (var key in acknowledged)
        {
            Assert.Equal("x", await cluster.LocalValueAsync(node, key));
        }
    }

    [Fact]
    public async Task Gets_add_no_journal_record()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        await cluster.PutEventuallyAsync("k", "x");
        var before = await QuietRecordsAsync(cluster);
        using var client = cluster.Client();
        for (var i = 0; i < Gets; i++)
        {
            await client.RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("k") }, CancellationToken.None);
        }
        Assert.Equal(before, await RecordsAsync(cluster));
        await cluster.PutEventuallyAsync("k", "y");
        Assert.NotEqual(before, await RecordsAsync(cluster));
    }

    // What a write leaves to be noted (how far slots are chosen) may come a moment after its answer.
    private static async Task<IReadOnlyList<long>> QuietRecordsAsync(TestCluster cluster)
    {
        var records = await RecordsAsync(cluster);
        var same = 0;
        await TestCluster.WaitAsync("the journals are quiet", async () =>
        {
            var now = await RecordsAsync(cluster);
            same = now.SequenceEqual(records) ? same + 1 : 0;
            records = now;
            return same == 10;
        });
        return records;
    }

    private static async Task<IReadOnlyList<long>> RecordsAsync(TestCluster cluster)
    {
        List<long> records = [];
        foreach (var node in cluster.Nodes)
        {
            records.Add((long)await cluster.MetricAsync(node, "synod_journal_records_total"));
        }
        return records;
    }
}
