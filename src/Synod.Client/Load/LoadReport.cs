using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Synod.Client.Load;

/// <summary>What a load generator measured.</summary>
public sealed record LoadReport
{
    /// <summary>What was asked for.</summary>
    public required LoadPlan Plan { get; init; }

    /// <summary>Measured requests that were answered well.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests that failed, warm-up included.</summary>
    public required long Failures { get; init; }

    /// <summary>Failures by gRPC status and message, or by what else went wrong.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    /// <summary>Gets of keys that are not in the store: cheaper than others, so the store should be filled
    /// first.</summary>
    public required long Missing { get; init; }

    /// <summary>How long was measured.</summary>
    public required TimeSpan Measured { get; init; }

    /// <summary>Latencies of the <see cref="Requests"/>.</summary>
    public required LatencyHistogram Latencies { get; init; }

    /// <summary>Processor time of this process per finished request, in microseconds.</summary>
    public required double GeneratorMicrosecondsPerRequest { get; init; }

    /// <summary>Processor time of the named server processes per finished request, in microseconds.</summary>
    public double? ServerMicrosecondsPerRequest { get; init; }

    /// <summary>Why the run ended early, in one line; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Answers per second.</summary>
    public double Throughput => Measured > TimeSpan.Zero ? Requests / Measured.TotalSeconds : 0;

    internal static LoadReport From(LoadPlan plan, LoadRun run, string? failure)
    {
        double per = Math.Max(1, run.Latencies.Count + run.Failures);
        return new LoadReport
        {
            Plan = plan,
            Requests = run.Latencies.Count,
            Failures = run.Failures,
            Errors = run.Errors,
            Missing = run.Missing,
            Measured = run.Measured,
            Latencies = run.Latencies,
            GeneratorMicrosecondsPerRequest = run.OwnTime.TotalMicroseconds / per,
            ServerMicrosecondsPerRequest = run.ServerTime?.TotalMicroseconds / per,
            Failure = failure,
        };
    }

    /// <summary>A few lines for people.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"{ModeName(Plan.Mode)}: {Plan.Clients} in flight over {Plan.ConnectionCount} connections to ");
        text.AppendLine(string.Join(", ", Plan.Endpoints.Select(endpoint => endpoint.Authority)));
        text.AppendLine(culture,
            $"  throughput   {Throughput,10:0} requests/s   ({Requests} in {Measured.TotalSeconds:0.00} s)");
        text.Append("  latency ms  ");
        foreach ((string name, double fraction) in Percentiles)
        {
            text.Append(culture, $" {name} {Latencies.PercentileNanoseconds(fraction) / 1e6:0.000} ");
        }
        text.AppendLine(culture,
            $" max {Latencies.MaxNanoseconds / 1e6:0.000}  mean {Latencies.MeanNanoseconds / 1e6:0.000}");
        text.Append(culture, $"  cpu/request  generator {GeneratorMicrosecondsPerRequest:0.00} us");
        if (ServerMicrosecondsPerRequest is { } server)
        {
            text.Append(culture, $", servers {server:0.00} us");
        }
        text.AppendLine();
        if (Missing > 0)
        {
            text.AppendLine(culture, $"  missing      {Missing} gets found no key (fill the store first: --fill)");
        }
        text.AppendLine(culture, $"  errors       {Failures}");
        foreach ((string error, long count) in Errors.OrderByDescending(pair => pair.Value))
        {
            text.AppendLine(culture, $"    {count,8}  {error}");
        }
        return text.ToString();
    }

    /// <summary>One line of JSON.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("mode", ModeName(Plan.Mode));
            json.WriteNumber("clients", Plan.Clients);
            json.WriteNumber("connections", Plan.ConnectionCount);
            json.WriteStartArray("endpoints");
            foreach (Uri endpoint in Plan.Endpoints)
            {
                json.WriteStringValue(endpoint.Authority);
            }
            json.WriteEndArray();
            json.WriteNumber("keys", Plan.Keys);
            json.WriteNumber("keyBytes", Plan.KeyBytes);
            json.WriteNumber("valueBytes", Plan.ValueBytes);
            json.WriteNumber("seed", Plan.Seed);
            json.WriteNumber("requests", Requests);
            json.WriteNumber("seconds", Math.Round(Measured.TotalSeconds, 4));
            json.WriteNumber("throughput", Math.Round(Throughput, 1));
            foreach ((string name, double fraction) in Percentiles)
            {
                json.WriteNumber(name.Replace(".", "", StringComparison.Ordinal) + "Microseconds",
                    Math.Round(Latencies.PercentileNanoseconds(fraction) / 1e3, 1));
            }
            json.WriteNumber("maxMicroseconds", Math.Round(Latencies.MaxNanoseconds / 1e3, 1));
            json.WriteNumber("meanMicroseconds", Math.Round(Latencies.MeanNanoseconds / 1e3, 1));
            json.WriteNumber("generatorCpuMicroseconds", Math.Round(GeneratorMicrosecondsPerRequest, 2));
            if (ServerMicrosecondsPerRequest is { } server)
            {
                json.WriteNumber("serverCpuMicroseconds", Math.Round(server, 2));
            }
            json.WriteNumber("missing", Missing);
            json.WriteNumber("failures", Failures);
            json.WriteStartObject("errors");
            foreach ((string error, long count) in Errors)
            {
                json.WriteNumber(error, count);
            }
            json.WriteEndObject();
            if (Failure is not null)
            {
                json.WriteString("failure", Failure);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static readonly (string Name, double Fraction)[] Percentiles =
        [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];

    private static string ModeName(LoadMode mode) => mode switch
    {
        LoadMode.Put => "put",
        LoadMode.Get => "get",
        LoadMode.GetSerializable => "get --serializable",
        _ => "mixed",
    };
}
