using Synod.EndToEnd.Tests.Disks;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>A disk of one of three members that fails or is slow, under load.</summary>
public sealed class DiskFaultTests(ITestOutputHelper output)
{
    private const int Clients = 8;

    /// <summary>So many times more writes are done than a leader could do that waits for its own syncs.</summary>
    private const int TimesMore = 2;
    private const int SlowSyncs = 10;
    private static readonly TimeSpan SlowSync = TimeSpan.FromMilliseconds(300);

    [Fact]
    public Task A_failing_sync_ends_leader_or_follower_and_the_others_go_on() => OnLeaderAndFollowerAsync(
        async (cluster, history, failing) =>
        {
            await using (await TracedSyncs.FailAsync(failing))
            {
                Assert.Equal(1, await failing.ExitAsync());
            }
            Assert.True(failing.HasLine(" FATAL ", "stopped serving for good: ", "write or sync of the journal"));
            Assert.True(failing.HasLine(" ERROR ", "the node ends after a fault and must be started again"));
            await history.WaitForMoreAsync("without it");
            failing.Start();
            await cluster.WaitUntilServingAsync(failing);
        });

    [Fact]
    public Task A_slow_disk_of_leader_or_follower_holds_nobody_up() => OnLeaderAndFollowerAsync(
        async (cluster, history, slow) =>
        {
            await using (await TracedSyncs.DelayAsync(slow, SlowSync))
            {
                var (done, synced) = (history.DoneCount, await SyncsAsync(cluster, slow));
                await TestCluster.WaitAsync("some slow syncs were done", async () =>
                    await SyncsAsync(cluster, slow) >= synced + SlowSyncs);
                // Whoever waited for these syncs would do one write for each client and sync.
                await TestCluster.WaitAsync("writes were done that did not wait for them", async () =>
                    history.DoneCount - done > TimesMore * Clients * (await SyncsAsync(cluster, slow) - synced));
            }
        });

    /// <summary>Does it to the leader, then to a follower, under load; then nothing may be lost and all members be alike.</summary>
    private async Task OnLeaderAndFollowerAsync(Func<TestCluster, History, NodeUnderTest, Task> fault)
    {
        await using var cluster = await TestCluster.StartAsync(output, 3);
        var history = new History();
        using var clients = new RecordingClients(cluster, history);
        clients.Start(Clients);
        await history.WaitForMoreAsync("before the faults");
        foreach (var isLeader in new[] { true, false })
        {
            var leader = await cluster.LeaderAsync();
            await fault(cluster, history, isLeader ? leader : cluster.Nodes.First(node => node != leader));
        }
        await clients.StopAsync();
        await CrashTests.JudgeOnEveryNodeAsync(cluster, history);
        await MemberSums.WaitUntilEqualAsync(cluster);
    }

    private static Task<double> SyncsAsync(TestCluster cluster, NodeUnderTest node) =>
        cluster.MetricAsync(node, "synod_journal_syncs_total");
}
