using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>Starts that cannot work end with one clear line and hurt nobody.</summary>
public sealed class StartTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_bad_flag_is_one_line_and_exit_code_2()
    {
        var result = await RunAsync("serve", "--listen-client-urls", "https://127.0.0.1:1");
        Assert.Equal(2, result.ExitCode);
        Assert.Equal(
            "synod: --listen-client-urls: \"https://127.0.0.1:1\" asks for TLS, which comes later; use http: for now\n",
            result.Everything);
    }

    [Fact]
    public async Task An_unknown_flag_is_exit_code_2()
    {
        var result = await RunAsync("serve", "--clint-urls", "x");
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("synod: Unrecognized command or argument '--clint-urls'.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client")]
    [InlineData("peer")]
    public async Task A_port_in_use_is_one_line_that_names_it(string which)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var taken = ((IPEndPoint)holder.LocalEndpoint).Port;
        var free = TestCluster.FreePorts(1)[0];
        var directory = Directory.CreateTempSubdirectory("synod-test-").FullName;
        var result = await RunAsync(
            "serve", "--data-dir", Path.Combine(directory, "data"),
            "--listen-client-urls", Url(which == "client" ? taken : free),
            "--listen-peer-urls", Url(which == "peer" ? taken : free));
        Directory.Delete(directory, recursive: true);
        Assert.Equal(1, result.ExitCode);
        var line = Assert.Single(ErrorLines(result));
        Assert.Contains(taken.ToString(CultureInfo.InvariantCulture), line, StringComparison.Ordinal);
        Assert.Contains("in use", line, StringComparison.Ordinal);
        Assert.DoesNotContain("starting name=", result.Error, StringComparison.Ordinal); // Nothing was recovered in vain.
    }

    [Fact]
    public async Task Status_shows_all_members_whichever_is_asked_and_fails_when_one_is_unreachable()
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        await cluster.PutEventuallyAsync("a", "b");
        foreach (var node in cluster.Nodes)
        {
            await TestCluster.WaitAsync("all members are shown", async () =>
            {
                var all = await RunAsync("status", "--endpoints", node.ClientUrl);
                return all.ExitCode == 0 && all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 4
                    && all.Output.Split("follower").Length == 3 && all.Output.Split("leader").Length == 2;
            });
        }
        await cluster.Nodes[1].KillAsync();
        var less = await RunAsync("status", "--endpoints", cluster.Nodes[0].ClientUrl);
        Assert.Equal(1, less.ExitCode);
        var row = Assert.Single(less.Output.Split('\n'), line => line.Contains("unreachable", StringComparison.Ordinal));
        Assert.Contains(cluster.Nodes[1].Name, row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_in_use_is_one_line_and_its_owner_goes_on()
    {
        await using var cluster = await TestCluster.StartAsync(output, 1);
        var node = cluster.Nodes[0];
        var ports = TestCluster.FreePorts(2);
        var result = await RunAsync(
            "serve", "--data-dir", node.DataDirectory,
            "--listen-client-urls", Url(ports[0]), "--listen-peer-urls", Url(ports[1]));
        Assert.Equal(1, result.ExitCode);
        var line = Assert.Single(ErrorLines(result));
        Assert.Contains(node.DataDirectory, line, StringComparison.Ordinal);
        await cluster.PutEventuallyAsync("still", "here");
    }

    [Fact]
    public async Task The_directory_of_another_cluster_is_refused_and_left_as_it_is()
    {
        await using var cluster = await TestCluster.StartAsync(output, 1);
        var node = cluster.Nodes[0];
        await cluster.PutEventuallyAsync("kept", "x");
        await node.TerminateAsync();
        node.Start("--initial-cluster-token", "another");
        Assert.Equal(1, await node.ExitAsync());
        Assert.Single(node.Log.Split('\n'), line => line.Contains("cannot start", StringComparison.Ordinal));
        node.Start();
        await cluster.WaitUntilServingAsync(node);
        Assert.Equal("x", await cluster.LocalValueAsync(node, "kept"));
    }

    [Fact]
    public async Task A_member_that_never_was_one_cannot_be_started_as_existing()
    {
        var ports = TestCluster.FreePorts(2);
        var directory = Directory.CreateTempSubdirectory("synod-test-").FullName;
        var result = await RunAsync(
            "serve", "--data-dir", Path.Combine(directory, "data"), "--initial-cluster-state", "existing",
            "--listen-client-urls", Url(ports[0]), "--listen-peer-urls", Url(ports[1]));
        Directory.Delete(directory, recursive: true);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("initial-cluster-state", Assert.Single(ErrorLines(result)), StringComparison.Ordinal);
    }

    private static async Task<CommandResult> RunAsync(params string[] arguments) =>
        await RunningCommand.RunAsync(await SynodExecutable.PathAsync(), arguments);

    private static IEnumerable<string> ErrorLines(CommandResult result) => result.Error
        .Split('\n').Where(line => line.Contains(" ERROR ", StringComparison.Ordinal)
            || line.Contains(" FATAL ", StringComparison.Ordinal) || line.StartsWith("   at ", StringComparison.Ordinal));

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}
