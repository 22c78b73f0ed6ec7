using System.Numerics;

namespace Synod.Client.Load;

/// <summary>
/// Counts latencies in buckets whose width grows with the value, so that every percentile is known to within one part
/// in 128, in fixed memory and without allocation.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 7;
    private const int SubBuckets = 1 << SubBits;

    // 2^42 ns is more than an hour: no request is waited for that long.
    private const int ExponentMax = 42;

    private readonly long[] _counts = new long[(ExponentMax - SubBits + 2) * SubBuckets];
    private double _sum;

    /// <summary>How many values were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The greatest value, exactly; 0 while empty.</summary>
    public long MaxNanoseconds { get; private set; }

    /// <summary>The mean, exactly; 0 while empty.</summary>
    public double MeanNanoseconds => Count == 0 ? 0 : _sum / Count;

    /// <summary>Counts one value; negative ones count as 0.</summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Clamp(nanoseconds, 0, (1L << (ExponentMax + 1)) - 1);
        _counts[BucketOf(nanoseconds)]++;
        _sum += nanoseconds;
        Count++;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }

    /// <summary>Adds everything that another histogram counted.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }
        Count += other.Count;
        _sum += other._sum;
        MaxNanoseconds = Math.Max(MaxNanoseconds, other.MaxNanoseconds);
    }

    /// <summary>
    /// The value that <paramref name="fraction"/> (0 to 1) of all recorded values do not exceed, by nearest rank,
    /// rounded up to the end of its bucket; 0 while empty.
    /// </summary>
    public long PercentileNanoseconds(double fraction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        long rank = Math.Max(1, (long)Math.Ceiling(fraction * Count));
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= rank)
            {
                return Math.Min(BucketEnd(bucket), MaxNanoseconds);
            }
        }
        return MaxNanoseconds;
    }

    private static int BucketOf(long value)
    {
        if (value < SubBuckets)
        {
            return (int)value;
        }
        int shift = BitOperations.Log2((ulong)value) - SubBits;
        return (shift * SubBuckets) + (int)(value >> shift);
    }

    private static long BucketEnd(int bucket)
    {
        if (bucket < 2 * SubBuckets)
        {
            return bucket;
        }
        int shift = (bucket / SubBuckets) - 1;
        long sub = (bucket % SubBuckets) + SubBuckets;
        return ((sub + 1) << shift) - 1;
    }
}
