using System.Globalization;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.EndToEnd.Tests.Disks;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Files that changed, tore or went while a node did not run.</summary>
public sealed class RottenFileTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int TornBytes = 10_000;

    /// <summary>Longer than a node takes to be killed, shorter than a test waits.</summary>
    private static readonly TimeSpan StalledSync = TimeSpan.FromSeconds(25);

    /// <summary>Behind a write is nothing up to a multiple of this: rot there harms nobody.</summary>
    private const int WriteAlignmentBytes = 4096;

    private static readonly string[] s_identities = ["identity", "identity-copy"];

    /// <summary>What a medium may do, and what the node then says instead of starting.</summary>
    private static readonly (string What, Func<NodeFiles, Action> Do, string Says)[] s_fatal =
    [
        ("rot in a sealed segment", files => files.Flip(files.Segments[0], files.EndOf(files.Segments[0]) / 2, WriteAlignmentBytes),
            "A segment of the journal is missing or damaged"),
        ("a sealed segment gone", files => files.Remove(files.Segments[0]),
            "A segment of the journal is missing or damaged"),
        ("rot in the newest segment", files => files.Flip(files.Segments[^1], files.EndOf(files.Segments[^1]) / 2, WriteAlignmentBytes),
            "Synced records of the journal are damaged"),
        ("rot at the newest segment's begin", files => files.Flip(files.Segments[^1], 100), "of the journal"),
        ("the newest segment cut off", files => files.Cut(files.Segments[^1], files.EndOf(files.Segments[^1]) / 2),
            "Synced records of the journal are damaged"),
        ("the newest segment gone", files => files.Remove(files.Segments[^1]),
            "A segment of the journal is missing or damaged"),
        ("all of the journal gone", files => files.Remove([.. files.Segments, .. files.Spares, NodeFiles.Mark]),
            "The journal is gone"),
        ("the mark gone", files => files.Remove(NodeFiles.Mark), "The journal's mark file is missing"),
        ("rot in both copies of the mark", files => files.Flip(NodeFiles.Mark, 8) + files.Flip(NodeFiles.Mark, 4096 + 8),
            "both of its copies are damaged"),
        ("rot in both copies of the identity", files => files.Flip("identity", 60) + files.Flip("identity-copy", 60),
            "The identity of the data directory is missing or both of its copies are damaged"),
        ("the identity gone", files => files.Remove(s_identities),
            "The identity of the data directory is missing or both of its copies are damaged"),
    ];

    [Fact]
    public async Task A_node_whose_synced_files_are_rotten_or_gone_says_so_and_takes_no_part()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var keys = await FillAsync(cluster, count: 70, valueBytes: 1 << 20);
        var rotten = cluster.Nodes[1];
        var others = cluster.Nodes.Where(node => node != rotten).ToArray();
        await rotten.KillAsync();
        await cluster.PutEventuallyAsync("meanwhile", "x", others);
        var files = new NodeFiles(rotten);
        Assert.Equal(2, files.Segments.Count);
        foreach (var (what, damage, says) in s_fatal)
        {
            var repair = damage(files);
            var before = files.Summary();
            var said = rotten.Log.Length;
            rotten.Start();
            Assert.True(await rotten.ExitAsync() == 1, what);
            var line = Assert.Single(
                rotten.Log[said..].Split('\n'), line => line.Contains("cannot start: ", StringComparison.Ordinal));
            Assert.True(line.Contains(says, StringComparison.Ordinal), $"{what}: {line}");
            Assert.DoesNotContain(": ,", line, StringComparison.Ordinal); // a place that nobody named
            Assert.Equal(before, files.Summary());
            repair();
        }
        // What is held twice, is made anew or was never synced costs nothing, all of it at once.
        files.Flip("identity", 60);
        files.Flip(NodeFiles.Mark, 8);
        files.Remove(files.Spares);
        files.Write("snapshot-0000000000000001.new", 0, "of a crash"u8);
        files.Write(files.Segments[^1], files.EndOf(files.Segments[^1]) + 1000, "torn"u8);
        rotten.Start();
        await cluster.WaitUntilServingAsync(rotten);
        Assert.True(rotten.HasLine(" INFO ", "a torn write at the end of the journal was cut off"));
        await cluster.PutEventuallyAsync("after", "x", rotten);
        await ExpectOnEveryNodeAsync(cluster, [.. keys, "meanwhile", "after"]);
        Assert.Equal(
            await File.ReadAllBytesAsync(Path.Combine(rotten.DataDirectory, "identity")),
            await File.ReadAllBytesAsync(Path.Combine(rotten.DataDirectory, "identity-copy")));
    }

    [Fact]
    public async Task A_write_that_tore_before_its_sync_is_cut_off_and_none_that_was_acknowledged()
    {
        await using var cluster = await TestCluster.StartAsync(output, 1);
        var node = cluster.Nodes[0];
        var files = new NodeFiles(node);
        var keys = await FillAsync(cluster, count: 20, valueBytes: 100);
        using var client = cluster.Client();
        var stalled = await TracedSyncs.StallAsync(cluster, node, StalledSync);
        var end = files.EndOf(files.Segments[^1]);
        var torn = client.PutAsync(TestCluster.Put("torn", new string('x', TornBytes)), CancellationToken.None);
        await TestCluster.WaitAsync("the write waits for its sync", () =>
            Task.FromResult(files.EndOf(files.Segments[^1]) >= end + TornBytes));
        var killed = node.KillAsync();
        await stalled.DisposeAsync();
        await killed;
        var failure = await Assert.ThrowsAsync<EtcdException>(() => torn);
        Assert.Equal(RequestOutcome.Unknown, failure.Outcome);
        // The power fails: of what was written and not synced a part arrived on the medium.
        files.Cut(files.Segments[^1], files.EndOf(files.Segments[^1]) - TornBytes / 2);
        node.Start();
        await cluster.WaitUntilServingAsync(node);
        Assert.True(node.HasLine(" INFO ", "a torn write at the end of the journal was cut off"));
        await cluster.PutEventuallyAsync("after", "x");
        await ExpectOnEveryNodeAsync(cluster, [.. keys, "after"]);
        Assert.Null(await cluster.LocalValueAsync(node, "torn"));
    }

    [Fact]
    public async Task A_rotten_snapshot_is_passed_over_and_without_a_sound_one_the_node_does_not_start()
    {
        string[] often = ["--snapshot-count", "500"];
        await using var cluster = await TestCluster.StartAsync(output, 3, often);
        var rotten = cluster.Nodes[2];
        await FillAsync(cluster, count: 2200, valueBytes: 100);
        await rotten.WaitForLineAsync("journal trimmed up to");
        // Over to the next segment of the journal, which says from its first record on what was let go.
        await FillAsync(cluster, count: 70, valueBytes: 1 << 20);
        await rotten.KillAsync();
        await cluster.PutEventuallyAsync("meanwhile", "x", cluster.Nodes[0], cluster.Nodes[1]);
        var files = new NodeFiles(rotten);
        var damaged = files.Snapshots[^1];
        files.Flip(damaged, files.EndOf(damaged) / 2);
        rotten.Start(often);
        await cluster.WaitUntilServingAsync(rotten);
        Assert.True(rotten.HasLine(" ERROR ", "a snapshot is damaged and passed over for the one before it"));
        Assert.True(rotten.HasLine("state begins with the snapshot slot="));
        await cluster.PutEventuallyAsync("after", "x", rotten);
        await MemberSums.WaitUntilEqualAsync(cluster);

        await rotten.KillAsync();
        Assert.NotEmpty(files.Snapshots);
        var repairs = files.Snapshots.Select(name => files.Flip(name, files.EndOf(name) / 3)).ToList();
        var before = files.Summary();
        rotten.Start(often);
        Assert.Equal(1, await rotten.ExitAsync());
        Assert.True(rotten.HasLine(" ERROR ", "cannot start: The journal begins after slot", "no sound snapshot"));
        Assert.Equal(before, files.Summary());
        repairs.ForEach(repair => repair());
        rotten.Start(often);
        await cluster.WaitUntilServingAsync(rotten);
        await MemberSums.WaitUntilEqualAsync(cluster);
    }

    /// <summary>Writes so many values, each acknowledged.</summary>
    private static async Task<IReadOnlyList<string>> FillAsync(TestCluster cluster, int count, int valueBytes)
    {
        var value = ByteString.CopyFrom(new byte[valueBytes]);
        using var client = cluster.Client();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next) - 1; i < count; i = Interlocked.Increment(ref next) - 1)
            {
                var key = ByteString.CopyFromUtf8(KeyOf(i));
                await client.PutAsync(new PutRequest { Key = key, Value = value }, CancellationToken.None);
            }
        }));
        return [.. Enumerable.Range(0, count).Select(KeyOf)];
    }

    private static string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"fill/{number:d4}");

    private static async Task ExpectOnEveryNodeAsync(TestCluster cluster, IReadOnlyList<string> keys)
    {
        foreach (var node in cluster.Nodes)
        {
            await TestCluster.WaitAsync(
                $"{node.Name} caught up", async () => await cluster.LocalValueAsync(node, keys[^1]) is not null);
            using var client = cluster.Client(node);
            var all = await client.RangeAsync(
                new RangeRequest
                {
                    Key = ByteString.CopyFrom(0),
                    RangeEnd = ByteString.CopyFrom(0),
                    KeysOnly = true,
                    Serializable = true,
                },
                CancellationToken.None);
            Assert.Empty(keys.Except(all.Kvs.Select(kv => kv.Key.ToStringUtf8())));
        }
        await MemberSums.WaitUntilEqualAsync(cluster);
    }
}
