using System.Runtime.CompilerServices;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>The npm package <c>etcd3</c>, unchanged, against three real processes.</summary>
public sealed class NpmClientTests(ITestOutputHelper output)
{
    [Fact]
    public async Task The_npm_client_etcd3_works_unchanged()
    {
        RunningCommand.Need("node", "nodejs");
        var client = Path.Combine(TestsDirectory(), "clients", "npm");
        Assert.True(
            Directory.Exists(Path.Combine(client, "node_modules", "etcd3")),
            $"The npm client is not installed: npm ci --prefix {client} --ignore-scripts");
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var result = await RunningCommand.RunAsync(
            "node", [Path.Combine(client, "smoke.js"), .. cluster.Nodes.Select(node => node.ClientUrl)]);
        Assert.True((result.ExitCode, result.Output) == (0, "done\n"), result.Everything);
    }

    private static string TestsDirectory([CallerFilePath] string thisFile = "") =>
        Path.GetDirectoryName(Path.GetDirectoryName(thisFile))!;
}
