using System.Text.Json;

namespace Synod.Doors.Etcd.Tests;

/// <summary>
/// What etcdctl's users do, against any endpoint: a single door here, a whole cluster elsewhere. Each scenario keeps to
/// keys of its own below a prefix.
/// </summary>
public static class EtcdctlScenarios
{
    /// <summary>Writes, reads in every way, deletes.</summary>
    public static async Task PutGetDeleteAsync(Etcdctl etcdctl, string prefix)
    {
        Assert.Equal("OK\n", await etcdctl.RunAsync("put", prefix + "a", "1"));
        await etcdctl.RunAsync("put", prefix + "b", "2");
        await etcdctl.RunAsync("put", prefix + "c", "3");
        var first = await RevisionOfAsync(etcdctl, prefix + "a");
        Assert.Equal($"OK\n{prefix}a\n1\n", await etcdctl.RunAsync("put", prefix + "a", "11", "--prev-kv"));
        Assert.Equal($"{prefix}a\n11\n", await etcdctl.RunAsync("get", prefix + "a"));
        Assert.Equal($"{prefix}a\n1\n", await etcdctl.RunAsync("get", prefix + "a", $"--rev={first}"));
        Assert.Equal($"{prefix}a\n11\n{prefix}b\n2\n", await etcdctl.RunAsync("get", prefix + "a", prefix + "c"));
        Assert.Equal("11\n2\n3\n", await etcdctl.RunAsync("get", prefix, "--prefix", "--print-value-only"));
        Assert.Equal("11\n2\n", await etcdctl.RunAsync("get", prefix, "--prefix", "--limit=2", "--print-value-only"));
        Assert.Equal("11\n3\n2\n", await etcdctl.RunAsync(
            "get", prefix, "--prefix", "--sort-by=MODIFY", "--order=DESCEND", "--print-value-only"));
        Assert.Equal("11\n", await etcdctl.RunAsync("get", prefix + "a", "--consistency=s", "--print-value-only"));
        Assert.Contains(
            "etcdserver: mvcc: required revision is a future revision",
            await etcdctl.FailAsync("get", prefix + "a", "--rev=1000000000"), StringComparison.Ordinal);
        Assert.Equal("1\n", await etcdctl.RunAsync("del", prefix + "b"));
        Assert.Equal("0\n", await etcdctl.RunAsync("del", prefix + "b"));
        Assert.Equal($"2\n{prefix}a\n11\n{prefix}c\n3\n", await etcdctl.RunAsync(
            "del", prefix, "--prefix", "--prev-kv"));
        Assert.Equal("", await etcdctl.RunAsync("get", prefix, "--prefix"));
    }

    /// <summary>Transactions that hold and that do not.</summary>
    public static async Task TransactionAsync(Etcdctl etcdctl, string prefix)
    {
        await etcdctl.RunAsync("put", prefix + "x", "5");
        var script = $"value(\"{prefix}x\") = \"5\"\n\nput {prefix}x 6\nget {prefix}x\n\nput {prefix}y no\n\n";
        var held = await etcdctl.TryAsync(script, "txn");
        Assert.Equal(["SUCCESS", "OK", prefix + "x", "6"], held.Lines);
        var failed = await etcdctl.TryAsync(script, "txn");
        Assert.Equal(["FAILURE", "OK"], failed.Lines);
        Assert.Equal("no\n", await etcdctl.RunAsync("get", prefix + "y", "--print-value-only"));
        var twice = await etcdctl.TryAsync($"\nput {prefix}z 1\nput {prefix}z 2\n\n\n", "txn");
        Assert.Contains("etcdserver: duplicate key given in txn request", twice.Errors, StringComparison.Ordinal);
    }

    /// <summary>A watch that begins in the past and goes on into the present.</summary>
    public static async Task WatchWithHistoryAsync(Etcdctl etcdctl, string prefix)
    {
        await etcdctl.RunAsync("put", prefix + "w", "1");
        var from = await RevisionOfAsync(etcdctl, prefix + "w");
        await etcdctl.RunAsync("put", prefix + "w", "2");
        using var watch = etcdctl.StartWatch(prefix, "--prefix", $"--rev={from}");
        try
        {
            await ExpectAsync(watch.StandardOutput, "PUT", prefix + "w", "1", "PUT", prefix + "w", "2");
            await etcdctl.RunAsync("put", prefix + "w2", "3");
            await ExpectAsync(watch.StandardOutput, "PUT", prefix + "w2", "3");
            await etcdctl.RunAsync("del", prefix + "w");
            await ExpectAsync(watch.StandardOutput, "DELETE", prefix + "w", "");
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync();
        }
    }

    /// <summary>Status, health and the list of members, as tables and as JSON.</summary>
    public static async Task StatusHealthAndMembersAsync(Etcdctl etcdctl, int members)
    {
        Assert.Contains(
            "IS LEADER", await etcdctl.RunAsync("endpoint", "status", "-w", "table"), StringComparison.Ordinal);
        using var status = JsonDocument.Parse(await etcdctl.RunAsync("endpoint", "status", "-w", "json"));
        var shown = status.RootElement[0].GetProperty("Status");
        Assert.NotEqual(0UL, shown.GetProperty("leader").GetUInt64());
        Assert.NotEqual(0UL, shown.GetProperty("header").GetProperty("member_id").GetUInt64());
        Assert.True((await etcdctl.TryAsync("", "endpoint", "health")).ExitCode == 0);
        Assert.Contains("started", await etcdctl.RunAsync("member", "list", "-w", "table"), StringComparison.Ordinal);
        using var list = JsonDocument.Parse(await etcdctl.RunAsync("member", "list", "-w", "json"));
        Assert.Equal(members, list.RootElement.GetProperty("members").GetArrayLength());
        Assert.All(
            list.RootElement.GetProperty("members").EnumerateArray(),
            member => Assert.True(member.GetProperty("clientURLs").GetArrayLength() > 0));
        Assert.True((await etcdctl.TryAsync("", "endpoint", "health", "--cluster")).ExitCode == 0);
    }

    /// <summary>What is not there yet is refused as unknown, at once.</summary>
    public static async Task UnknownServicesAsync(Etcdctl etcdctl)
    {
        Assert.Contains("Unimplemented", await etcdctl.FailAsync("user", "list"), StringComparison.Ordinal);
        Assert.Contains(
            "Unimplemented",
            await etcdctl.FailAsync("member", "add", "x", "--peer-urls=http://127.0.0.1:1"),
            StringComparison.Ordinal);
    }

    private static async Task<long> RevisionOfAsync(Etcdctl etcdctl, string key)
    {
        using var json = JsonDocument.Parse(await etcdctl.RunAsync("get", key, "-w", "json"));
        return json.RootElement.GetProperty("kvs")[0].GetProperty("mod_revision").GetInt64();
    }

    private static async Task ExpectAsync(StreamReader output, params string[] lines)
    {
        using var deadline = new CancellationTokenSource(Deadlines.Call);
        foreach (var line in lines)
        {
            Assert.Equal(line, await output.ReadLineAsync(deadline.Token));
        }
    }
}
