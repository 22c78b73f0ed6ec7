namespace Synod.Server.Development;

/// <summary>Three commands to try, for the clients that this machine has.</summary>
internal static class DevAdvice
{
    /// <summary>The text that follows the list of nodes.</summary>
    public static string For(DevOptions options)
    {
        var plans = options.Plans;
        // Other nodes than the first where there are any: every node takes every request.
        var second = plans[plans.Count / 2].ClientUrl;
        var third = plans[^1].ClientUrl;
        var client = HasEtcdctl() ? "ETCDCTL_API=3 etcdctl" : Environment.ProcessPath ?? "synod";
        return $"""

            Try, in another terminal:
              {client} --endpoints {third} watch greeting
              {client} --endpoints {plans[0].ClientUrl} put greeting hello
              {client} --endpoints {second} get greeting

            Ctrl-C stops the nodes and keeps the data.
            """;
    }

    private static bool HasEtcdctl() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(directory => File.Exists(Path.Combine(directory, "etcdctl")));
}
