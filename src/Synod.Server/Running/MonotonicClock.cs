using System.Diagnostics;
using Synod.Paxos;

namespace Synod.Server.Running;

/// <summary>The process's monotonic clock, the only one that decisions ever see. It does not jump when the date is set.</summary>
internal sealed class MonotonicClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>The present instant, counted from the clock's making.</summary>
    public Instant Now
    {
        get
        {
            var elapsed = Stopwatch.GetTimestamp() - _start;
            var (seconds, rest) = Math.DivRem(elapsed, Stopwatch.Frequency);
            return new Instant(seconds * NanosecondsPerSecond + rest * NanosecondsPerSecond / Stopwatch.Frequency);
        }
    }
}
