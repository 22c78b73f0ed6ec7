using Synod.EndToEnd.Tests.Links;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Links that are bad and not cut: bytes that come late, slowly, or as others than were sent.</summary>
public sealed class LinkTests(ITestOutputHelper output)
{
    private const int Members = 3;
    private const int Clients = 8;
    private const int FlipOneIn = 100;
    private const int FlipsLeast = 100;
    private const long NarrowBytesPerSecond = 64 << 10;
    private const int LargeBytes = 512 << 10;
    private static readonly TimeSpan SlowEachWay = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Bytes_that_change_between_peers_cost_connections_and_no_write()
    {
        var weather = new LinkWeather();
        await using var relays = RelaySet.Of(Members, weather);
        await using var cluster = await TestCluster.StartBehindAsync(output, relays.All);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        clients.Start(Clients);
        await history.WaitForMoreAsync("before the first flip");
        weather.FlipOneIn = FlipOneIn;
        await TestCluster.WaitAsync("bits were turned over", () => Task.FromResult(weather.Flipped >= FlipsLeast));
        await history.WaitForMoreAsync("while bits are turned over");
        await TestCluster.WaitAsync("every member tells of it", () => Task.FromResult(
            cluster.Nodes.All(node => node.HasLine(" WARN ", "a damaged frame arrived"))));
        weather.Clear();
        await history.WaitForMoreAsync("when all is well again");
        await clients.StopAsync();
        await CrashTests.JudgeOnEveryNodeAsync(cluster, history);
        await MemberSums.WaitUntilEqualAsync(cluster);
        Assert.All(cluster.Nodes, node => Assert.True(node.IsRunning, $"{node.Name} ended"));
    }

    [Fact]
    public async Task Over_slow_links_writes_go_on_and_another_leader_is_found()
    {
        var weather = new LinkWeather();
        await using var relays = RelaySet.Of(Members, weather);
        await using var cluster = await TestCluster.StartBehindAsync(output, relays.All);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        weather.Delay = SlowEachWay;
        clients.Start(Clients);
        await history.WaitForMoreAsync("over slow links");
        var killed = await cluster.LeaderAsync();
        await killed.KillAsync();
        await history.WaitForMoreAsync("without the leader");
        killed.Start();
        await cluster.WaitUntilServingAsync(killed);
        await history.WaitForMoreAsync("when it is back");
        await clients.StopAsync();
        await CrashTests.JudgeOnEveryNodeAsync(cluster, history);
    }

    [Fact]
    public async Task A_member_behind_a_narrow_link_holds_nobody_up_and_catches_up_and_may_lead_behind_a_slow_one()
    {
        var (narrow, good) = (new LinkWeather(), new LinkWeather());
        await using var relays = RelaySet.Of(good, good, narrow);
        await using var cluster = await TestCluster.StartBehindAsync(output, relays.All);
        var (behind, others) = (cluster.Nodes[2], cluster.Nodes.Take(2).ToArray());
        await cluster.MoveLeadAsync(others[0]);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        clients.Start(Clients);
        (narrow.BytesPerSecond, narrow.Delay) = (NarrowBytesPerSecond, SlowEachWay);
        var large = 0;
        await TestCluster.WaitAsync("the leader tells of the narrow link", async () =>
        {
            await cluster.PutEventuallyAsync($"large/{++large}", new string('x', LargeBytes), others);
            return others[0].HasLine(" WARN ", "queue to n3 is full");
        });
        Assert.Null(await cluster.LocalValueAsync(behind, $"large/{large}"));
        await history.WaitForMoreAsync("beside the narrow link");
        narrow.BytesPerSecond = long.MaxValue;
        await TestCluster.WaitAsync("n3 caught up", async () =>
            await cluster.LocalValueAsync(behind, $"large/{large}") is not null);
        await cluster.MoveLeadAsync(behind);
        await history.WaitForMoreAsync("under a leader behind a slow link");
        narrow.Clear();
        await clients.StopAsync();
        await CrashTests.JudgeOnEveryNodeAsync(cluster, history);
        await MemberSums.WaitUntilEqualAsync(cluster);
    }
}
