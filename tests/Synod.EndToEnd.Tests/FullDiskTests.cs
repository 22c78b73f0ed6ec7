using System.Globalization;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.EndToEnd.Tests.Disks;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>A real file system without space: reads go on, writes are refused, and it heals by itself.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int ValueBytes = 1 << 20;
    private const int WritesMax = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_full_disk_refuses_writes_goes_on_reading_and_heals_by_itself(int full)
    {
        List<SmallDisk> disks = [];
        await using var cluster = await TestCluster.StartAsync(output, [NodePlace.Here, NodePlace.Here, NodePlace.Here],
            async made =>
            {
                foreach (var node in made.Nodes.Take(full))
                {
                    disks.Add(await SmallDisk.MountAsync(node));
                }
            });
        try
        {
            await FillAndFreeAsync(cluster, disks);
        }
        finally
        {
            foreach (var node in cluster.Nodes)
            {
                await node.DisposeAsync();
            }
            foreach (var disk in disks)
            {
                await disk.DisposeAsync();
            }
        }
    }

    private static async Task FillAndFreeAsync(TestCluster cluster, List<SmallDisk> disks)
    {
        var full = cluster.Nodes[0];
        var (acknowledged, refusal) = await FillAsync(cluster, full);
        Assert.Contains("space exceeded", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(RequestOutcome.NotDone, refusal.Outcome);
        var alarms = await RunningCommand.EtcdctlAsync(full.ClientUrl, "alarm", "list");
        Assert.Contains("NOSPACE", alarms.Everything, StringComparison.Ordinal);
        Assert.Contains(" ERROR ", full.Log, StringComparison.Ordinal);
        using (var client = cluster.Client(full))
        {
            await TestCluster.WaitAsync("a linearizable read is answered", async () =>
            {
                try
                {
                    var key = ByteString.CopyFromUtf8(acknowledged[0]);
                    return (await client.RangeAsync(new RangeRequest { Key = key }, CancellationToken.None)).Count == 1;
                }
                catch (EtcdException)
                {
                    return false; // Whoever led may have handed over just now.
                }
            });
        }
        foreach (var node in cluster.Nodes)
        {
            await TestCluster.WaitAsync($"{node.Name} lists the alarm", async () =>
                (await RunningCommand.EtcdctlAsync(node.ClientUrl, "alarm", "list")).Output.Split("NOSPACE").Length > disks.Count);
        }
        if (disks.Count == 1)
        {
            await cluster.PutEventuallyAsync("others", "go on", cluster.Nodes[1], cluster.Nodes[2]);
            // What gives space back is taken even by the member that has none.
            var deleted = await RunningCommand.EtcdctlAsync(full.ClientUrl, "del", "others");
            Assert.Equal("1\n", deleted.Everything);
        }
        disks.ForEach(disk => disk.Free());
        await cluster.PutEventuallyAsync("healed", "x", full);
        foreach (var node in cluster.Nodes)
        {
            await TestCluster.WaitAsync($"{node.Name} lists no alarm", async () =>
                (await RunningCommand.EtcdctlAsync(node.ClientUrl, "alarm", "list")).Everything.Length == 0);
        }
        foreach (var node in cluster.Nodes)
        {
            await TestCluster.WaitAsync(
                $"{node.Name} caught up", async () => await cluster.LocalValueAsync(node, "healed") == "x");
            using var client = cluster.Client(node);
            var keys = await client.RangeAsync(
                new RangeRequest
                {
                    Key = ByteString.CopyFromUtf8("fill/"),
                    RangeEnd = ByteString.CopyFromUtf8("fill0"),
                    KeysOnly = true,
                    Serializable = true,
                },
                CancellationToken.None);
            Assert.Empty(acknowledged.Except(keys.Kvs.Select(kv => kv.Key.ToStringUtf8())));
        }
    }

    /// <summary>Writes until one is refused for good.</summary>
    private static async Task<(List<string> Acknowledged, EtcdException Refusal)> FillAsync(
        TestCluster cluster, NodeUnderTest node)
    {
        List<string> acknowledged = [];
        using var client = cluster.Client(node);
        var value = ByteString.CopyFrom(new byte[ValueBytes]);
        for (var i = 0; i < WritesMax; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"fill/{i:d3}");
            try
            {
                await client.PutAsync(
                    new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = value }, CancellationToken.None);
                acknowledged.Add(key);
            }
            catch (EtcdException e) when (e.Message.Contains("space", StringComparison.Ordinal))
            {
                return (acknowledged, e);
            }
            catch (EtcdException)
            {
                continue; // Its outcome is unknown: the journal stands still, and the alarm comes a moment later.
            }
        }
        throw new InvalidOperationException($"{WritesMax} MiB were taken and nothing was refused.");
    }
}
