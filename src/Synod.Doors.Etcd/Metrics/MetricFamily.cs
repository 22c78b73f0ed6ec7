using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Synod.Doors.Etcd.Metrics;

/// <summary>How an instrument's measurements add up.</summary>
internal enum MetricKind
{
    /// <summary>Measurements are increments.</summary>
    Counter,

    /// <summary>Measurements are the total so far.</summary>
    ObservedTotal,

    /// <summary>Measurements are the present value, told when asked.</summary>
    Gauge,

    /// <summary>Measurements are the present value, told when it changes.</summary>
    LastValue,

    /// <summary>Measurements are increments, also negative ones.</summary>
    UpDown,

    /// <summary>Measurements are samples.</summary>
    Histogram,
}

/// <summary>One instrument and its series by tags.</summary>
internal sealed class MetricFamily
{
    /// <summary>Upper bounds of the histograms' buckets, in seconds for what measures time.</summary>
    internal static readonly double[] BucketBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly int _seriesMax;
    private long _leftOut;

    public MetricFamily(Instrument instrument, int seriesMax)
    {
        _seriesMax = seriesMax;
        Kind = KindOf(instrument);
        Name = NameOf(instrument, Kind);
        Description = (instrument.Description ?? instrument.Name).ReplaceLineEndings(" ");
    }

    /// <summary>The name as it stands in the text.</summary>
    public string Name { get; }

    /// <summary>How measurements add up.</summary>
    public MetricKind Kind { get; }

    /// <summary>What it measures.</summary>
    public string Description { get; }

    /// <summary>Forgets what observers said before: what they no longer name is gone.</summary>
    public void BeginObservation()
    {
        lock (_lock)
        {
            if (Kind is MetricKind.Gauge or MetricKind.ObservedTotal)
            {
                _series.Clear();
            }
        }
    }

    /// <summary>Takes a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelsOf(tags);
        lock (_lock)
        {
            if (!_series.TryGetValue(labels, out var series))
            {
                if (_series.Count >= _seriesMax)
                {
                    _leftOut++;
                    return;
                }
                _series[labels] = series = new Series(
                    Kind == MetricKind.Histogram ? new long[BucketBounds.Length + 1] : null);
            }
            series.Take(Kind, value);
        }
    }

    /// <summary>Writes the family as Prometheus text.</summary>
    public void WriteTo(StringBuilder text)
    {
        lock (_lock)
        {
            text.Append("# HELP ").Append(Name).Append(' ').Append(Description).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(TypeText).Append('\n');
            foreach (var (labels, series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                if (series.Buckets is null)
                {
                    PrometheusText.Sample(text, Name, labels, series.Sum);
                }
                else
                {
                    WriteHistogram(text, labels, series);
                }
            }
            if (_leftOut > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"# {_leftOut} measurements of further series left out\n");
            }
        }
    }

    private string TypeText => Kind switch
    {
        MetricKind.Counter or MetricKind.ObservedTotal => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private void WriteHistogram(StringBuilder text, string labels, Series series)
    {
        var before = labels.Length == 0 ? "" : labels + ",";
        var cumulative = 0L;
        for (var i = 0; i < series.Buckets!.Length; i++)
        {
            cumulative += series.Buckets[i];
            var bound = i == BucketBounds.Length ? "+Inf" : BucketBounds[i].ToString(CultureInfo.InvariantCulture);
            PrometheusText.Sample(text, Name + "_bucket", $"{before}le=\"{bound}\"", cumulative);
        }
        PrometheusText.Sample(text, Name + "_sum", labels, series.Sum);
        PrometheusText.Sample(text, Name + "_count", labels, cumulative);
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type switch
        {
            _ when type.StartsWith("ObservableCounter", StringComparison.Ordinal) => MetricKind.ObservedTotal,
            _ when type.StartsWith("Counter", StringComparison.Ordinal) => MetricKind.Counter,
            _ when type.StartsWith("Histogram", StringComparison.Ordinal) => MetricKind.Histogram,
            _ when type.StartsWith("UpDownCounter", StringComparison.Ordinal) => MetricKind.UpDown,
            _ when type.StartsWith("Gauge", StringComparison.Ordinal) => MetricKind.LastValue,
            _ => MetricKind.Gauge,
        };
    }

    /// <summary>The name with its unit, and with what counters end in, as scrapers expect it.</summary>
    private static string NameOf(Instrument instrument, MetricKind kind)
    {
        var name = NameOf(instrument.Name);
        var unit = instrument.Unit switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            _ => "",
        };
        var isTotal = kind is MetricKind.Counter or MetricKind.ObservedTotal;
        return name + (name.Contains(unit, StringComparison.Ordinal) ? "" : unit)
            + (isTotal && !name.EndsWith("_total", StringComparison.Ordinal) ? "_total" : "");
    }

    private static string NameOf(string name) =>
        string.Create(name.Length, name, static (into, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                into[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        });

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(NameOf(key)).Append("=\"");
            text.Append(PrometheusText.Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        }
        return text.ToString();
    }

    private sealed class Series(long[]? buckets)
    {
        public double Sum { get; private set; }

        public long[]? Buckets { get; } = buckets;

        public void Take(MetricKind kind, double value)
        {
            if (kind is MetricKind.Gauge or MetricKind.LastValue or MetricKind.ObservedTotal)
            {
                Sum = value;
                return;
            }
            Sum += value;
            if (Buckets is not null)
            {
                var at = Array.BinarySearch(BucketBounds, value);
                Buckets[at >= 0 ? at : ~at]++;
            }
        }
    }
}
