using Synod.Server.Running;

namespace Synod.Server.Tests;

/// <summary>One wake for what comes together, and never none.</summary>
public sealed class GatheredWakeTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    [Fact]
    public void After_every_request_comes_a_wake()
    {
        using var woken = new SemaphoreSlim(0);
        var gathered = new GatheredWake(() => woken.Release());
        for (var round = 0; round < 1_000; round++)
        {
            gathered.Request();
            Assert.True(woken.Wait(LongEnough));
        }
    }

    [Fact]
    public void Requests_before_the_wake_share_it()
    {
        var wakes = 0;
        var wakesAtTheEnd = 0;
        using var isOver = new ManualResetEventSlim();
        GatheredWake? gathered = null;
        gathered = new GatheredWake(() =>
        {
            if (Interlocked.Increment(ref wakes) > 1)
            {
                return;
            }
            for (var request = 0; request < 1_000; request++)
            {
                gathered!.Request();
            }
            // Queued behind whatever these have queued; some of it may go on beside it, but not nearly all.
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    wakesAtTheEnd = Volatile.Read(ref wakes);
                    isOver.Set();
                },
                null);
        });
        gathered.Request();
        Assert.True(isOver.Wait(LongEnough));
        // Each request a wake of its own would be a thousand; a few workers may ask at the same time.
        Assert.InRange(wakesAtTheEnd, 1, 500);
    }
}
