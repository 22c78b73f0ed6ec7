using Synod.EndToEnd.Tests.Links;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Links that are bad and not cut: bytes that come late, slowly, or as others than were sent.</summary>
public sealed class LinkTests(ITestOutputHelper output)
{
    private const int Members = 3;
    private const int Clients = 8;
    private const int FlipOneIn = 200;
    private const int FlipsLeast = 150;
    private static readonly TimeSpan SlowEachWay = TimeSpan.FromMilliseconds(150);

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
}
