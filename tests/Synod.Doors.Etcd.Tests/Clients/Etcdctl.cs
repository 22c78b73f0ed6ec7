using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Synod.Doors.Etcd.Tests;

/// <summary>The real <c>etcdctl</c> against one or more endpoints, of a single door or of a whole cluster.</summary>
public sealed class Etcdctl(params string[] endpoints)
{
    private const string Package = "etcd-client";

    /// <summary>Runs a command that must succeed; its output.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var result = await TryAsync("", arguments);
        Assert.True(result.ExitCode == 0, $"etcdctl {string.Join(' ', arguments)}: {result.Errors}{result.Output}");
        return result.Output;
    }

    /// <summary>Runs a command that must fail; what it says.</summary>
    public async Task<string> FailAsync(params string[] arguments)
    {
        var result = await TryAsync("", arguments);
        Assert.True(result.ExitCode != 0, $"etcdctl {string.Join(' ', arguments)} should have failed: {result.Output}");
        return result.Errors;
    }

    /// <summary>Runs a command with input.</summary>
    public Task<ToolResult> TryAsync(string input, params string[] arguments) =>
        Tool.RunAsync("etcdctl", Package, [.. Common, .. arguments], input, ("ETCDCTL_API", "3"));

    /// <summary>Starts a watch; its lines are read as they come.</summary>
    public Process StartWatch(params string[] arguments) =>
        Tool.Start("etcdctl", Package, [.. Common, "watch", .. arguments], ("ETCDCTL_API", "3"));

    /// <summary>Starts any command that goes on until it is killed.</summary>
    public Process Start(params string[] arguments) =>
        Tool.Start("etcdctl", Package, [.. Common, .. arguments], ("ETCDCTL_API", "3"));

    private IEnumerable<string> Common => ["--endpoints", string.Join(',', endpoints.Select(WithoutScheme)), "--command-timeout=20s"];

    private static string WithoutScheme(string endpoint) => Regex.Replace(endpoint, "^http://|/$", "");
}
