using FsCheck;
using FsCheck.Fluent;
using Synod.Client.Load;

namespace Synod.Client.Tests.Load;

public class LatencyHistogramTests
{
    private static readonly double[] Fractions = [0, 0.01, 0.5, 0.9, 0.99, 0.999, 1];

    [Fact]
    public void Percentiles_are_those_of_the_sorted_list_to_one_part_in_128()
    {
        // Magnitudes from nanoseconds to half an hour.
        Gen<long> value = Gen.Choose(0, 40).SelectMany(bits =>
            Gen.Choose(0, int.MaxValue).Select(low => (1L << bits) + (low & ((1L << bits) - 1))));
        Prop.ForAll(value.NonEmptyListOf().ToArbitrary(), values =>
        {
            var histogram = new LatencyHistogram();
            foreach (long nanoseconds in values)
            {
                histogram.Record(nanoseconds);
            }
            long[] sorted = [.. values.Order()];
            foreach (double fraction in Fractions)
            {
                long exact = sorted[Math.Max(0, (int)Math.Ceiling(fraction * sorted.Length) - 1)];
                long told = histogram.PercentileNanoseconds(fraction);
                Assert.InRange(told, exact, exact + (exact / 128));
            }
            Assert.Equal(sorted[^1], histogram.MaxNanoseconds);
            Assert.Equal(sorted.Length, histogram.Count);
            Assert.Equal(sorted.Average(), histogram.MeanNanoseconds, sorted.Average() * 1e-9);
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public void Small_values_are_exact()
    {
        var histogram = new LatencyHistogram();
        for (int nanoseconds = 0; nanoseconds < 256; nanoseconds++)
        {
            histogram.Record(nanoseconds);
        }
        for (int percent = 1; percent <= 100; percent++)
        {
            Assert.Equal((int)Math.Ceiling(percent * 2.56) - 1, histogram.PercentileNanoseconds(percent / 100.0));
        }
    }

    [Fact]
    public void Values_out_of_range_are_counted_at_its_ends()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.PercentileNanoseconds(0.5));
        Assert.Equal((1L << 43) - 1, histogram.PercentileNanoseconds(1));
    }

    [Fact]
    public void Adding_is_recording_both()
    {
        var random = new Random(1);
        var (left, right, both) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (int number = 0; number < 10_000; number++)
        {
            long nanoseconds = random.NextInt64(1L << random.Next(1, 40));
            (number % 3 == 0 ? left : right).Record(nanoseconds);
            both.Record(nanoseconds);
        }
        left.Add(right);
        foreach (double fraction in Fractions)
        {
            Assert.Equal(both.PercentileNanoseconds(fraction), left.PercentileNanoseconds(fraction));
        }
        Assert.Equal(both.Count, left.Count);
    }

    [Fact]
    public void Nothing_recorded_is_zero() => Assert.Equal(0, new LatencyHistogram().PercentileNanoseconds(0.99));
}
