using System.Globalization;
using System.Text.RegularExpressions;

namespace Synod.Doors.Etcd.Tests;

/// <summary>What users do with leases, locks and elections, against any endpoint.</summary>
public static class LeaseScenarios
{
    private const string DemoLease = "694d5765fc71500b";

    /// <summary>The commands <c>lease</c> and <c>put --lease</c> of etcdctl.</summary>
    public static async Task EtcdctlLeasesAsync(Etcdctl etcdctl, string prefix)
    {
        var lease = await GrantAsync(etcdctl, 500);
        Assert.Equal("OK\n", await etcdctl.RunAsync("put", prefix + "a", "1", "--lease", lease));
        Assert.Matches(
            $@"^lease {lease} granted with TTL\(500s\), remaining\((500|499|49\d)s\), attached keys\(\[{Regex.Escape(prefix)}a\]\)\n$",
            await etcdctl.RunAsync("lease", "timetolive", lease, "--keys"));
        Assert.Contains(lease, await etcdctl.RunAsync("lease", "list"), StringComparison.Ordinal);
        Assert.Equal($"lease {lease} keepalived with TTL(500)\n", await etcdctl.RunAsync("lease", "keep-alive", "--once", lease));
        Assert.Equal($"lease {lease} revoked\n", await etcdctl.RunAsync("lease", "revoke", lease));
        Assert.Equal("", await etcdctl.RunAsync("get", prefix + "a"));
        Assert.Equal($"lease {lease} already expired\n", await etcdctl.RunAsync("lease", "timetolive", lease));
        Assert.Contains(
            "etcdserver: requested lease not found", await etcdctl.FailAsync("lease", "revoke", lease), StringComparison.Ordinal);
        Assert.Contains(
            "etcdserver: requested lease not found",
            await etcdctl.FailAsync("put", prefix + "a", "1", "--lease", DemoLease), StringComparison.Ordinal);
        using var keepAlive = etcdctl.Start("lease", "keep-alive", lease);
        Assert.Equal($"lease {lease} expired or revoked.", await NextLineAsync(keepAlive));
        await EndAsync(keepAlive);
    }

    /// <summary>Two holders of one lock, one after the other.</summary>
    public static async Task EtcdctlLockAsync(Etcdctl etcdctl, string name)
    {
        using var holder = etcdctl.Start("lock", name, "--ttl", "5");
        var key = await NextLineAsync(holder);
        Assert.Matches($"^{Regex.Escape(name)}/[0-9a-f]+$", key);
        using var waiter = etcdctl.Start("lock", name, "--ttl", "5", "echo", "mine");
        await Eventually.HoldsAsync(async () =>
            (await etcdctl.RunAsync("get", name + "/", "--prefix", "--keys-only")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 2);
        await InterruptAsync(holder);
        Assert.Equal("mine", await NextLineAsync(waiter));
        await waiter.WaitForExitAsync();
        Assert.Equal(0, waiter.ExitCode);
        Assert.Equal("", await etcdctl.RunAsync("get", name + "/", "--prefix", "--keys-only"));
    }

    /// <summary>Two candidates and an observer.</summary>
    public static async Task EtcdctlElectAsync(Etcdctl etcdctl, string name)
    {
        using var first = etcdctl.Start("elect", name, "one");
        Assert.StartsWith(name + "/", await NextLineAsync(first), StringComparison.Ordinal);
        Assert.Equal("one", await NextLineAsync(first));
        using var observer = etcdctl.Start("elect", "--listen", name);
        Assert.StartsWith(name + "/", await NextLineAsync(observer), StringComparison.Ordinal);
        Assert.Equal("one", await NextLineAsync(observer));
        using var second = etcdctl.Start("elect", name, "two");
        await InterruptAsync(first);
        Assert.StartsWith(name + "/", await NextLineAsync(second), StringComparison.Ordinal);
        Assert.Equal("two", await NextLineAsync(second));
        Assert.StartsWith(name + "/", await NextLineAsync(observer), StringComparison.Ordinal);
        Assert.Equal("two", await NextLineAsync(observer));
        await EndAsync(observer);
        await InterruptAsync(second);
    }

    /// <summary>
    /// Leases and locks of python3-etcd3. Its own waiting for a lock fails against any server with the version of its
    /// library tenacity that Debian 13 has, so a taken lock is tried without waiting.
    /// </summary>
    public static async Task PythonLeasesAndLocksAsync(string endpoint, string prefix)
    {
        var result = await PythonEtcd3.RunAsync(endpoint, $$"""
            p = '{{prefix}}'
            lease = c.lease(300)
            c.put(p + 'a', '1', lease)
            assert c.get(p + 'a')[1].lease_id == lease.id
            assert lease.granted_ttl == 300 and 290 < lease.remaining_ttl <= 300, lease.remaining_ttl
            assert lease.keys == [(p + 'a').encode()], lease.keys
            assert [r.TTL for r in lease.refresh()] == [300]
            lease.revoke()
            assert c.get(p + 'a') == (None, None)
            assert [r.TTL for r in lease.refresh()] == [0]
            chosen = c.lease(60, lease_id=12345)
            assert chosen.id == 12345
            c.revoke_lease(12345)
            one, other = c.lock(p + 'l', ttl=30), c.lock(p + 'l', ttl=30)
            assert one.acquire() and one.is_acquired()
            assert not other.acquire(timeout=0)
            assert one.release() and other.acquire(timeout=10)
            with c.lock(p + 'm', ttl=10) as held: assert held.is_acquired()
            assert other.release()
            print('whole')
            """);
        Assert.Equal(["whole"], result.Lines);
    }

    /// <summary>A lease by etcdctl; its id in hexadecimal digits.</summary>
    public static async Task<string> GrantAsync(Etcdctl etcdctl, int ttl)
    {
        var granted = await etcdctl.RunAsync("lease", "grant", ttl.ToString(CultureInfo.InvariantCulture));
        var match = Regex.Match(granted, @"^lease ([0-9a-f]+) granted with TTL\((\d+)s\)\n$");
        Assert.True(match.Success, granted);
        return match.Groups[1].Value;
    }

    private static async Task<string?> NextLineAsync(System.Diagnostics.Process process)
    {
        using var deadline = new CancellationTokenSource(Deadlines.Call);
        return await process.StandardOutput.ReadLineAsync(deadline.Token);
    }

    private static async Task InterruptAsync(System.Diagnostics.Process process)
    {
        await Tool.RunAsync("kill", "procps", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var deadline = new CancellationTokenSource(Deadlines.Process);
        await process.WaitForExitAsync(deadline.Token);
    }

    private static async Task EndAsync(System.Diagnostics.Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }
}
