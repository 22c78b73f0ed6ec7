using Synod.Server.Running;

namespace Synod.Server.Tests;

public sealed class GcPausesTests
{
    [Fact]
    public async Task A_collection_is_a_pause()
    {
        using var pauses = new GcPauses();
        // The runtime tells of it later, on a thread of its own.
        var patience = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while (pauses.Total == TimeSpan.Zero && DateTime.UtcNow < patience)
        {
            GC.Collect();
            await Task.Delay(20);
        }
        Assert.True(pauses.Total > TimeSpan.Zero);
        Assert.InRange(pauses.Longest, TimeSpan.FromTicks(1), pauses.Total);
    }
}
