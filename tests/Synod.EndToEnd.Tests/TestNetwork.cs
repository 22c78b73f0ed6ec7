using System.Globalization;
using System.Security.Cryptography;

namespace Synod.EndToEnd.Tests;

/// <summary>
/// A network namespace for each node. Peers meet on a bridge; clients have a way of their own to each node, which stays
/// when the peers' way is cut: only so can a test ask a node that is cut off.
/// </summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    private readonly string _mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2));
    private readonly int _subnet = RandomNumberGenerator.GetInt32(256);
    private readonly int _count;

    private TestNetwork(int count) => _count = count;

    /// <summary>Where the nodes run, in order.</summary>
    public IReadOnlyList<NodePlace> Places => [.. Enumerable.Range(1, _count).Select(
        i => new NodePlace(ClientHost(i), PeerHost(i), ["ip", "netns", "exec", Namespace(i)]))];

    /// <summary>Makes namespaces, bridge and links; fails by the name of what is missing.</summary>
    public static async Task<TestNetwork> CreateAsync(int count)
    {
        RunningCommand.Need("ip", "iproute2");
        Assert.True(Environment.IsPrivilegedProcess, "network namespaces need root: run the tests as root");
        var network = new TestNetwork(count);
        try
        {
            await network.BuildAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the node off the peers' network; no packet passes, and nobody is told.</summary>
    public Task CutAsync(int node) => IpAsync("link", "set", PeerLink(node), "down");

    /// <summary>Puts it back.</summary>
    public Task HealAsync(int node) => IpAsync("link", "set", PeerLink(node), "up");

    /// <summary>From now on nothing that the node sends arrives at its peers; it hears them.</summary>
    public Task MuteAsync(int node) => BlackholesAsync("add", node, (from, to) => from == node);

    /// <summary>Lets it be heard again.</summary>
    public Task UnmuteAsync(int node) => BlackholesAsync("del", node, (from, to) => from == node);

    /// <summary>From now on nothing that its peers send arrives at the node; they hear it.</summary>
    public Task DeafenAsync(int node) => BlackholesAsync("add", node, (from, to) => to == node);

    /// <summary>Lets it hear again.</summary>
    public Task UndeafenAsync(int node) => BlackholesAsync("del", node, (from, to) => to == node);

    public async ValueTask DisposeAsync()
    {
        for (var i = 1; i <= _count; i++)
        {
            await RunningCommand.RunAsync("ip", "netns", "del", Namespace(i));
            await RunningCommand.RunAsync("ip", "link", "del", PeerLink(i));
            await RunningCommand.RunAsync("ip", "link", "del", ClientLink(i));
        }
        await RunningCommand.RunAsync("ip", "link", "del", Bridge);
    }

    private string Bridge => $"sy{_mark}br";

    private string Namespace(int i) => Text($"synod-{_mark}-n{i}");

    private string PeerLink(int i) => Text($"sy{_mark}p{i}");

    private string ClientLink(int i) => Text($"sy{_mark}c{i}");

    private string PeerHost(int i) => Text($"10.214.{_subnet}.{i}");

    private string ClientHost(int i) => Text($"10.213.{_subnet}.{4 * i + 2}");

    private async Task BuildAsync()
    {
        await IpAsync("link", "add", Bridge, "type", "bridge");
        await IpAsync("link", "set", Bridge, "up");
        for (var i = 1; i <= _count; i++)
        {
            var name = Namespace(i);
            await IpAsync("netns", "add", name);
            await IpAsync("link", "add", PeerLink(i), "type", "veth", "peer", "name", "peers", "netns", name);
            await IpAsync("link", "set", PeerLink(i), "master", Bridge, "up");
            await IpAsync("link", "add", ClientLink(i), "type", "veth", "peer", "name", "clients", "netns", name);
            await IpAsync("addr", "add", Text($"10.213.{_subnet}.{4 * i + 1}/30"), "dev", ClientLink(i));
            await IpAsync("link", "set", ClientLink(i), "up");
            await IpAsync("-n", name, "addr", "add", PeerHost(i) + "/24", "dev", "peers");
            await IpAsync("-n", name, "addr", "add", ClientHost(i) + "/30", "dev", "clients");
            foreach (var device in new[] { "lo", "peers", "clients" })
            {
                await IpAsync("-n", name, "link", "set", device, "up");
            }
        }
    }

    private async Task BlackholesAsync(string action, int node, Func<int, int, bool> applies)
    {
        for (var from = 1; from <= _count; from++)
        {
            for (var to = 1; to <= _count; to++)
            {
                if (from != to && applies(from, to))
                {
                    await IpAsync("-n", Namespace(from), "route", action, "blackhole", PeerHost(to) + "/32");
                }
            }
        }
        Assert.InRange(node, 1, _count);
    }

    private static async Task IpAsync(params string[] arguments)
    {
        var result = await RunningCommand.RunAsync("ip", arguments);
        Assert.True(result.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {result.Everything}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
