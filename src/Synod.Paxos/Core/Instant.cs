namespace Synod.Paxos;

/// <summary>
/// A point on one process's monotonic clock, in nanoseconds from an arbitrary start. Instants of different processes
/// cannot be compared. The host takes it and hands it in: nothing below reads a clock.
/// </summary>
/// <param name="Nanoseconds">Since the clock's start.</param>
public readonly record struct Instant(long Nanoseconds) : IComparable<Instant>
{
    /// <summary>Later than every instant: "no timer".</summary>
    public static Instant Never => new(long.MaxValue);

    /// <summary>The instant <paramref name="span"/> later; saturates at <see cref="Never"/>.</summary>
    public static Instant operator +(Instant instant, TimeSpan span)
    {
        var added = unchecked(instant.Nanoseconds + span.Ticks * 100);
        return span.Ticks > 0 && added < instant.Nanoseconds ? Never : new Instant(added);
    }

    /// <summary>The time between two instants of one clock, to 100 ns; negative if the left is earlier.</summary>
    public static TimeSpan operator -(Instant left, Instant right) =>
        TimeSpan.FromTicks((left.Nanoseconds - right.Nanoseconds) / 100);

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The earlier of two.</summary>
    public static Instant Min(Instant left, Instant right) => left <= right ? left : right;

    /// <summary>Clock order.</summary>
    public static bool operator <(Instant left, Instant right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Clock order.</summary>
    public static bool operator >(Instant left, Instant right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Clock order.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Clock order.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Nanoseconds >= right.Nanoseconds;
}
