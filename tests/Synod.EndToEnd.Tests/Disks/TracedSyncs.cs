using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Synod.EndToEnd.Tests.Disks;

/// <summary>
/// A disk under the journal of a running node that syncs late or not at all: strace stands between the node's journal
/// thread and the system, and leaves everything else of the node alone.
/// </summary>
internal sealed class TracedSyncs : IAsyncDisposable
{
    private const string JournalThread = "journal";
    private const int LooksAtRest = 10;

    private readonly Process _strace;
    private readonly StringBuilder _said = new();

    private TracedSyncs(Process strace)
    {
        _strace = strace;
        _strace.ErrorDataReceived += (_, line) => Append(line.Data);
        _strace.BeginErrorReadLine();
    }

    /// <summary>From now on every sync of the node's journal fails.</summary>
    public static Task<TracedSyncs> FailAsync(NodeUnderTest node) => AttachAsync(node, "error=EIO");

    /// <summary>From now on every sync of the node's journal takes so much longer.</summary>
    public static Task<TracedSyncs> DelayAsync(NodeUnderTest node, TimeSpan by) =>
        AttachAsync(node, string.Create(CultureInfo.InvariantCulture, $"delay_exit={by.TotalMicroseconds:f0}"));

    /// <summary>From now on no sync of the node's journal begins before this long; the node has come to rest before.</summary>
    public static async Task<TracedSyncs> StallAsync(TestCluster cluster, NodeUnderTest node, TimeSpan by)
    {
        // What a write leaves to be noted (how far slots are chosen, the mark) would be what is stalled.
        var same = 0;
        var syncs = -1d;
        await TestCluster.WaitAsync("the journal is at rest", async () =>
        {
            var now = await cluster.MetricAsync(node, "synod_journal_syncs_total");
            (same, syncs) = (now == syncs ? same + 1 : 0, now);
            return same == LooksAtRest;
        });
        return await AttachAsync(node, string.Create(CultureInfo.InvariantCulture, $"delay_enter={by.TotalMicroseconds:f0}"));
    }

    /// <summary>The disk is well again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            // Killed it holds on to nothing: a node that was killed meanwhile, in the middle of a stalled sync, can go.
            Signals.Send(_strace.Id, Signals.Kill);
        }
        await _strace.WaitForExitAsync().WaitAsync(TestCluster.Patience);
        _strace.Dispose();
    }

    private static async Task<TracedSyncs> AttachAsync(NodeUnderTest node, string fault)
    {
        RunningCommand.Need("strace", "strace");
        var thread = ThreadOf(node.ProcessId).ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("strace") { RedirectStandardError = true };
        foreach (var argument in new[]
        {
            "-o", "/dev/null", "-e", "trace=fdatasync", "-e", $"inject=fdatasync:{fault}", "-p", thread,
        })
        {
            start.ArgumentList.Add(argument);
        }
        var traced = new TracedSyncs(Process.Start(start)!);
        await TestCluster.WaitAsync("strace has attached itself to the journal's thread", () =>
        {
            // A node that ends of what strace does to it may be quicker than this look.
            var isAttached = traced.Said.Contains("attached", StringComparison.Ordinal);
            Assert.True(isAttached || !traced._strace.HasExited, traced.Said);
            return Task.FromResult(isAttached);
        });
        return traced;
    }

    private static int ThreadOf(int process) => int.Parse(
        Path.GetFileName(Directory.GetDirectories($"/proc/{process}/task").Single(
            task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == JournalThread)),
        CultureInfo.InvariantCulture);

    private string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    private void Append(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }
}
