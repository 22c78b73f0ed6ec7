using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Real packets that do not arrive: three nodes in network namespaces of their own.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int ReadsAtTheCutNode = 3;

    [Fact]
    public async Task A_leader_that_is_cut_off_answers_nothing_stale_and_catches_up_when_healed()
    {
        await using var network = await TestNetwork.CreateAsync(3);
        await using var cluster = await TestCluster.StartAsync(output, network.Places, static _ => Task.CompletedTask);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        clients.Start(Clients);
        await history.WaitForMoreAsync("before the cut");
        var cut = await cluster.LeaderAsync();
        var others = cluster.Nodes.Where(node => node != cut).ToArray();
        await network.CutAsync(NumberOf(cluster, cut));
        await cluster.PutEventuallyAsync("meanwhile", "x", others);
        await history.WaitForMoreAsync("at the majority");
        // The majority has a leader of its own, so whatever the cut node would answer now would be stale.
        using (var client = cluster.Client(cut))
        {
            await Task.WhenAll(Enumerable.Range(0, ReadsAtTheCutNode).Select(_ =>
                Assert.ThrowsAsync<EtcdException>(() => client.RangeAsync(
                    new RangeRequest { Key = ByteString.CopyFromUtf8("meanwhile") }, CancellationToken.None))));
        }
        Assert.Null(await cluster.LocalValueAsync(cut, "meanwhile"));
        await network.HealAsync(NumberOf(cluster, cut));
        await TestCluster.WaitAsync(
            "the cut node caught up", async () => await cluster.LocalValueAsync(cut, "meanwhile") == "x");
        await history.WaitForMoreAsync("after the healing");
        await clients.StopAsync();
        await CrashTests.JudgeOnEveryNodeAsync(cluster, history);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_leader_that_is_mute_or_deaf_does_not_stop_the_others(bool isMute)
    {
        await using var network = await TestNetwork.CreateAsync(3);
        await using var cluster = await TestCluster.StartAsync(output, network.Places, static _ => Task.CompletedTask);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        clients.Start(Clients);
        await history.WaitForMoreAsync("before the cut");
        var cut = await cluster.LeaderAsync();
        var number = NumberOf(cluster, cut);
        await (isMute ? network.MuteAsync(number) : network.DeafenAsync(number));
        await cluster.PutEventuallyAsync("meanwhile", "x", [.. cluster.Nodes.Where(node => node != cut)]);
        await history.WaitForMoreAsync("during the one-way cut");
        await (isMute ? network.UnmuteAsync(number) : network.UndeafenAsync(number));
        await TestCluster.WaitAsync(
            "the cut node caught up", async () => await cluster.LocalValueAsync(cut, "meanwhile") == "x");
        await clients.StopAsync();
        await CrashTests.JudgeOnEveryNodeAsync(cluster, history);
    }

    [Fact]
    public async Task A_follower_that_is_cut_off_mute_deaf_or_standing_still_stops_nobody_and_catches_up()
    {
        await using var network = await TestNetwork.CreateAsync(3);
        await using var cluster = await TestCluster.StartAsync(output, network.Places, static _ => Task.CompletedTask);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        clients.Start(Clients);
        await history.WaitForMoreAsync("before the faults");
        (string What, Func<NodeUnderTest, Task> Do, Func<NodeUnderTest, Task> Undo)[] faults =
        [
            ("cut off", node => network.CutAsync(NumberOf(cluster, node)), node => network.HealAsync(NumberOf(cluster, node))),
            ("mute", node => network.MuteAsync(NumberOf(cluster, node)), node => network.UnmuteAsync(NumberOf(cluster, node))),
            ("deaf", node => network.DeafenAsync(NumberOf(cluster, node)), node => network.UndeafenAsync(NumberOf(cluster, node))),
            ("standing still", Quick(node => node.Pause()), Quick(node => node.Continue())),
        ];
        foreach (var (what, begin, end) in faults)
        {
            var leader = await cluster.LeaderAsync();
            var follower = cluster.Nodes.First(node => node != leader);
            await begin(follower);
            await cluster.PutEventuallyAsync(what, "x", [.. cluster.Nodes.Where(node => node != follower)]);
            await history.WaitForMoreAsync($"with a follower {what}");
            await end(follower);
            await TestCluster.WaitAsync(
                $"the follower caught up after {what}", async () => await cluster.LocalValueAsync(follower, what) == "x");
        }
        await clients.StopAsync();
        await CrashTests.JudgeOnEveryNodeAsync(cluster, history);
    }

    private static Func<NodeUnderTest, Task> Quick(Action<NodeUnderTest> action) => node =>
    {
        action(node);
        return Task.CompletedTask;
    };

    private static int NumberOf(TestCluster cluster, NodeUnderTest node) => cluster.Nodes.ToList().IndexOf(node) + 1;
}
