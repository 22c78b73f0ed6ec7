namespace Synod.Doors.Etcd.Tests;

/// <summary>
/// Debian's Python with its <c>etcd3</c> client, which is gRPC by another implementation than etcdctl's.
/// </summary>
public static class PythonEtcd3
{
    private const string Program = "/usr/bin/python3";
    private const string Package = "python3-etcd3";

    /// <summary>Runs a script with <c>c</c> as a client of the endpoint; it must succeed. Its output.</summary>
    public static async Task<ToolResult> RunAsync(string endpoint, string script)
    {
        var address = new Uri(endpoint);
        var whole = $"import etcd3\nc = etcd3.client(host='{address.Host}', port={address.Port}, timeout=20)\n{script}";
        var result = await Tool.RunAsync(Program, Package, ["-c", whole]);
        Assert.False(
            result.Errors.Contains("No module named", StringComparison.Ordinal),
            $"Install the package {Package}: {result.Errors}");
        Assert.True(result.ExitCode == 0, result.Errors + result.Output);
        return result;
    }
}
