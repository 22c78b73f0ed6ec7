using System.Globalization;
using System.Text;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Metrics;

/// <summary>
/// How long the calls of one method took, by the code they ended with. Counted without a lock and without an allocation
/// per call, which the instruments of <c>System.Diagnostics.Metrics</c> with their tags would cost.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>etcd's name for the same thing, so that dashboards fit.</summary>
    private const string Name = "grpc_server_handling_seconds";

    private const int CodesMax = (int)GrpcCode.Unauthenticated + 1;
    private static readonly double[] Bounds = MetricFamily.BucketBounds;
    private readonly Counts?[] _byCode = new Counts?[CodesMax];

    /// <summary>Counts a call that ended.</summary>
    public void Record(GrpcCode code, TimeSpan took)
    {
        var counts = Volatile.Read(ref _byCode[(int)code]) ?? Added(code);
        var at = Array.BinarySearch(Bounds, took.TotalSeconds);
        Interlocked.Increment(ref counts.Buckets[at >= 0 ? at : ~at]);
        Interlocked.Add(ref counts.Ticks, took.Ticks);
    }

    /// <summary>Writes the histograms of all methods as one family.</summary>
    public static void WriteTo(StringBuilder text, IReadOnlyList<GrpcMethod> methods)
    {
        text.Append("# HELP ").Append(Name).Append(
            " Time from a call's headers to its end, by method and code; streams count when they end.\n");
        text.Append("# TYPE ").Append(Name).Append(" histogram\n");
        foreach (var method in methods)
        {
            method.Latency.WriteTo(text, method);
        }
    }

    private Counts Added(GrpcCode code)
    {
        var added = new Counts();
        return Interlocked.CompareExchange(ref _byCode[(int)code], added, null) ?? added;
    }

    private void WriteTo(StringBuilder text, GrpcMethod method)
    {
        for (var code = 0; code < CodesMax; code++)
        {
            if (Volatile.Read(ref _byCode[code]) is not { } counts)
            {
                continue;
            }
            var labels = string.Create(
                CultureInfo.InvariantCulture,
                $"grpc_service=\"{method.Service}\",grpc_method=\"{method.Name}\",grpc_code=\"{(GrpcCode)code}\"");
            var total = 0L;
            for (var i = 0; i < counts.Buckets.Length; i++)
            {
                total += Interlocked.Read(ref counts.Buckets[i]);
                var bound = i == Bounds.Length ? "+Inf" : Bounds[i].ToString(CultureInfo.InvariantCulture);
                PrometheusText.Sample(text, Name + "_bucket", $"{labels},le=\"{bound}\"", total);
            }
            PrometheusText.Sample(
                text, Name + "_sum", labels, new TimeSpan(Interlocked.Read(ref counts.Ticks)).TotalSeconds);
            PrometheusText.Sample(text, Name + "_count", labels, total);
        }
    }

    private sealed class Counts
    {
        public readonly long[] Buckets = new long[Bounds.Length + 1];
        public long Ticks;
    }
}
