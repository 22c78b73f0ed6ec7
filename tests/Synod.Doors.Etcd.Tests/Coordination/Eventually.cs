using System.Diagnostics;

namespace Synod.Doors.Etcd.Tests;

/// <summary>Waits for what must come to be.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks until it holds; fails after <see cref="Deadlines.Call"/>.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Deadlines.Call, "It did not come to hold.");
            await Task.Delay(Pause);
        }
    }
}
