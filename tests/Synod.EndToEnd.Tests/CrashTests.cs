using System.Diagnostics;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>What the cluster must survive: kill -9, standing still, a wiped disk.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Kills = 20;
    private static readonly TimeSpan BetweenKills = TimeSpan.FromMilliseconds(2300);
    private static readonly TimeSpan DownTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ScheduleMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Twenty_kills_of_every_role_within_a_minute_lose_no_acknowledged_write()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        clients.Start(Clients);
        var before = history.DoneCount;
        var (leaders, followers) = (0, 0);
        var schedule = Stopwatch.StartNew();
        for (var kill = 0; kill < Kills; kill++)
        {
            // By the clock, whatever state the cluster is in: a kill does not wait until it is welcome.
            await UntilAsync(schedule, kill * BetweenKills);
            var leader = await cluster.FindLeaderAsync();
            var victim = kill % 2 == 0 && leader is not null
                ? leader
                : cluster.Nodes.Where(node => node != leader).ElementAt(kill / 2 % 2);
            (leaders, followers) = victim == leader ? (leaders + 1, followers) : (leaders, followers + 1);
            await victim.KillAsync();
            await UntilAsync(schedule, kill * BetweenKills + DownTime);
            victim.Start();
        }
        Assert.True(schedule.Elapsed <= ScheduleMax, $"the kills took {schedule.Elapsed}");
        Assert.True(leaders > 0 && followers > 0, $"{leaders} leaders and {followers} followers were killed");
        await cluster.WaitUntilServingAsync([.. cluster.Nodes]);
        await clients.StopAsync();
        Assert.True(history.DoneCount > before, "nothing was written between the kills: the test says nothing");
        await JudgeOnEveryNodeAsync(cluster, history);
    }

    [Fact]
    public async Task All_killed_at_once_have_everything_acknowledged_after_the_restart()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        clients.Start(Clients);
        await TestCluster.WaitAsync("500 writes are done", () => Task.FromResult(history.DoneCount > 500));
        await Task.WhenAll(cluster.Nodes.Select(node => node.KillAsync()));
        foreach (var node in cluster.Nodes)
        {
            node.Start();
        }
        await cluster.WaitUntilServingAsync([.. cluster.Nodes]);
        await clients.StopAsync();
        await JudgeOnEveryNodeAsync(cluster, history);
    }

    [Fact]
    public async Task A_node_that_stood_still_for_ten_seconds_catches_up()
    {
        var standstill = TimeSpan.FromSeconds(10);
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var leader = await cluster.LeaderAsync();
        var others = cluster.Nodes.Where(node => node != leader).ToArray();
        leader.Pause();
        var watch = Stopwatch.StartNew();
        var written = 0;
        while (watch.Elapsed < standstill || written == 0)
        {
            await cluster.PutEventuallyAsync($"key/{written}", "while it stood still", others);
            written++;
        }
        leader.Continue();
        // It must not go on believing that it leads: a linearizable read through it shows what was written meanwhile.
        using var client = cluster.Client(leader);
        await TestCluster.WaitAsync("the continued node answers a linearizable read", async () =>
        {
            try
            {
                var answer = await client.RangeAsync(
                    new RangeRequest { Key = ByteString.CopyFromUtf8($"key/{written - 1}") }, CancellationToken.None);
                Assert.Equal("while it stood still", Assert.Single(answer.Kvs).Value.ToStringUtf8());
                return true;
            }
            catch (EtcdException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task A_wiped_node_is_not_a_new_node()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var (wiped, stopped, left) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        await cluster.PutEventuallyAsync("before", "x");
        await wiped.KillAsync();
        await stopped.KillAsync();
        wiped.Wipe();
        wiped.Start();
        // Two of three processes run, but the memory of a majority is not there: nothing may be chosen.
        using var client = cluster.Client(left);
        await Assert.ThrowsAsync<EtcdException>(
            () => client.PutAsync(TestCluster.Put("meanwhile", "x"), CancellationToken.None));
        Assert.Null(await cluster.LocalValueAsync(left, "meanwhile"));
        stopped.Start();
        await cluster.WaitUntilServingAsync(stopped, left);
        await cluster.PutEventuallyAsync("after", "x", stopped, left);
        Assert.Equal("x", await cluster.LocalValueAsync(left, "before"));
        Assert.False(wiped.IsRunning && await cluster.IsServingAsync(wiped), "the wiped node serves");
        Assert.Null(await cluster.LocalValueAsync(wiped, "before"));
        await left.WaitForLineAsync(" WARN ", "refused peer=");
        await wiped.WaitForLineAsync(" ERROR ", "refuse");
    }

    [Fact]
    public async Task A_node_that_is_asked_to_end_does_so_and_finds_its_data_again()
    {
        await using var cluster = await TestCluster.StartAsync(output, 1);
        var node = cluster.Nodes[0];
        await cluster.PutEventuallyAsync("kept", "x");
        Assert.Equal(0, await node.TerminateAsync());
        node.Start();
        await cluster.WaitUntilServingAsync(node);
        Assert.Equal("x", await cluster.LocalValueAsync(node, "kept"));
    }

    private static async Task UntilAsync(Stopwatch schedule, TimeSpan instant)
    {
        var left = instant - schedule.Elapsed;
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    internal static async Task JudgeOnEveryNodeAsync(TestCluster cluster, History history)
    {
        Assert.True(history.DoneCount > 0, "nothing was written: the test says nothing");
        Assert.NotEmpty(history.Reads);
        await cluster.PutEventuallyAsync("last", "x");
        // A write whose client has given up may still be carried out after that: up to there all nodes agree already.
        var last = 0L;
        IReadOnlyList<StoreEvent>? first = null;
        foreach (var node in cluster.Nodes)
        {
            await TestCluster.WaitAsync(
                $"{node.Name} caught up", async () => await cluster.LocalValueAsync(node, "last") == "x");
            using var client = cluster.Client(node);
            var events = await RecordingClients.ReadEventsAsync(client);
            Assert.Empty(history.Judge(events));
            var answer = await client.RangeAsync(
                new RangeRequest { Key = ByteString.CopyFromUtf8("last"), Serializable = true }, CancellationToken.None);
            last = last == 0 ? answer.Kvs[0].CreateRevision : last;
            Assert.Equal(last, answer.Kvs[0].CreateRevision);
            var settled = events.Where(e => e.Revision < last).ToList();
            first ??= settled;
            Assert.Equal(first, settled);
        }
    }
}
