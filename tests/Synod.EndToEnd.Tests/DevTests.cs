using System.Net;
using System.Net.Sockets;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary><c>synod dev</c>, as a newcomer meets it.</summary>
public sealed class DevTests(ITestOutputHelper output) : IDisposable
{
    private const string Ready = "Ctrl-C stops the nodes";
    private readonly string _directory = Directory.CreateTempSubdirectory("synod-test-").FullName;
    private readonly int _port = DevUnderTest.FreeFirstPort();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Three_nodes_are_shown_with_roles_and_the_data_is_there_at_the_next_start()
    {
        await using (var dev = await StartAsync())
        {
            await dev.WaitForAsync(Ready);
            Assert.All([1, 2, 3], node => Assert.Contains(dev.ClientUrl(node), dev.Said, StringComparison.Ordinal));
            Assert.Equal(2, dev.Said.Split("leader").Length);
            Assert.Equal(3, dev.Said.Split("follower").Length);
            Assert.Equal("OK\n", (await RunningCommand.EtcdctlAsync(dev.ClientUrl(2), "put", "a", "1")).Output);
            dev.Signal(Signals.Interrupt);
            Assert.Equal(0, await dev.ExitAsync());
            Assert.DoesNotContain("is killed", dev.Said, StringComparison.Ordinal);
        }
        await using (var dev = await StartAsync())
        {
            await dev.WaitForAsync(Ready);
            Assert.Equal("a\n1\n", (await RunningCommand.EtcdctlAsync(dev.ClientUrl(3), "get", "a")).Output);
        }
    }

    [Fact]
    public async Task Another_number_of_nodes_is_refused_with_one_line()
    {
        await using (var one = await StartAsync("--nodes", "1"))
        {
            await one.WaitForAsync(Ready);
            await using var second = await StartAsync("--nodes", "1");
            Assert.Equal(1, await second.ExitAsync());
            Assert.Contains("another synod dev runs on", second.Said, StringComparison.Ordinal);
        }
        await using var three = await StartAsync("--nodes", "3");
        Assert.Equal(2, await three.ExitAsync());
        Assert.Contains("--fresh", Assert.Single(Lines(three.Said)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_dies_is_started_again()
    {
        await using var dev = await StartAsync();
        await dev.WaitForAsync(Ready);
        Signals.Send(dev.ProcessIdOf("n2")!.Value, Signals.Kill);
        await dev.WaitForAsync("n2 died (signal 9) and is started again");
        await dev.WaitForAsync("n2 serves again");
        await TestCluster.WaitAsync("n2 answers again", async () =>
            (await RunningCommand.EtcdctlAsync(dev.ClientUrl(2), "put", "a", "1")).Output == "OK\n");
    }

    [Fact]
    public async Task With_no_restart_a_dead_node_stays_dead()
    {
        await using var dev = await StartAsync("--no-restart");
        await dev.WaitForAsync(Ready);
        Signals.Send(dev.ProcessIdOf("n3")!.Value, Signals.Kill);
        await dev.WaitForAsync("n3 died (signal 9); it stays so");
        Assert.Equal("OK\n", (await RunningCommand.EtcdctlAsync(dev.ClientUrl(1), "put", "a", "1")).Output);
    }

    [Fact]
    public async Task The_nodes_end_with_a_supervisor_that_is_killed()
    {
        await using var dev = await StartAsync();
        await dev.WaitForAsync(Ready);
        dev.Signal(Signals.Kill);
        await TestCluster.WaitAsync("the nodes end", () => Task.FromResult(
            new[] { "n1", "n2", "n3" }.All(node => dev.ProcessIdOf(node) is null)));
    }

    [Fact]
    public async Task A_port_in_use_is_one_line()
    {
        using var holder = new TcpListener(IPAddress.Loopback, _port + 1);
        holder.Start();
        await using var dev = await StartAsync();
        Assert.Equal(1, await dev.ExitAsync());
        Assert.Contains($"port {_port + 1} is in use", Assert.Single(Lines(dev.Said)), StringComparison.Ordinal);
    }

    private Task<DevUnderTest> StartAsync(params string[] more) =>
        DevUnderTest.StartAsync(output, _directory, _port, more);

    private static string[] Lines(string text) =>
        text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
