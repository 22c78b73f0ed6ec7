using System.Text.Json;

namespace Synod.EndToEnd.Tests;

/// <summary>What the members say that their keys sum up to, as etcdctl shows it.</summary>
internal static class MemberSums
{
    /// <summary>Waits until all members say the same of the same revision.</summary>
    public static Task WaitUntilEqualAsync(TestCluster cluster) => TestCluster.WaitAsync(
        "all members have the same keys", async () => (await ReadAsync(cluster)).Count == 1);

    private static async Task<IReadOnlyCollection<string>> ReadAsync(TestCluster cluster)
    {
        var sums = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in cluster.Nodes)
        {
            var sum = await RunningCommand.EtcdctlAsync(node.ClientUrl, "endpoint", "hashkv", "-w", "json");
            Assert.True(sum.ExitCode == 0, sum.Everything);
            using var json = JsonDocument.Parse(sum.Output);
            var shown = json.RootElement[0].GetProperty("HashKV");
            sums.Add($"{shown.GetProperty("hash")} {shown.GetProperty("header").GetProperty("revision")}");
        }
        return sums;
    }
}
