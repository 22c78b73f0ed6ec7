using Synod.Paxos;

namespace Synod.Simulation;

/// <summary>
/// One node's monotonic clock: counted from the start of its process, and a little faster or slower than the truth.
/// </summary>
internal sealed class DriftingClock
{
    private readonly Instant _startedAt;
    private readonly long _partsPerMillion;
    private long _offset;

    public DriftingClock(Instant startedAt, int partsPerMillion, TimeSpan offset)
    {
        _startedAt = startedAt;
        _partsPerMillion = partsPerMillion;
        _offset = offset.Ticks * 100;
    }

    /// <summary>What the clock shows.</summary>
    public Instant Read(Instant truth)
    {
        var passed = truth.Nanoseconds - _startedAt.Nanoseconds;
        return new Instant(_offset + passed + passed / Million * _partsPerMillion
            + passed % Million * _partsPerMillion / Million);
    }

    /// <summary>
    /// The clock goes on from another time: from a later one, which no monotonic clock should do, or, when the machine had
    /// stood still with its clock, from where it stood.
    /// </summary>
    public void Leap(TimeSpan by) => _offset += by.Ticks * 100;

    /// <summary>When the clock will show at least <paramref name="local"/>.</summary>
    public Instant WhenShows(Instant local)
    {
        if (local == Instant.Never)
        {
            return Instant.Never;
        }
        var passed = (local.Nanoseconds - _offset) / (1 + _partsPerMillion / (double)Million);
        var truth = new Instant(_startedAt.Nanoseconds + (long)passed);
        while (Read(truth) < local)
        {
            truth = new Instant(truth.Nanoseconds + 1);
        }
        return truth;
    }

    private const long Million = 1_000_000;
}
