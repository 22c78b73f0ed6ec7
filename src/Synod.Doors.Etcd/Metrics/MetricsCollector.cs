using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Synod.Doors.Etcd.Metrics;

/// <summary>
/// Listens to every meter of Synod in this process and keeps what they say, to be written as text when somebody asks.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private const string MeterPrefix = "Synod";

    /// <summary>The most series kept of one instrument; further tag combinations are left out, and counted.</summary>
    private const int SeriesPerInstrumentMax = 1_000;

    private readonly Lock _collecting = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(
                    instrument, _families.GetOrAdd(instrument, i => new MetricFamily(i, SeriesPerInstrumentMax)));
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) => _families.TryRemove(instrument, out var _);
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, family) => Record(family, value, tags));
        _listener.Start();
    }

    /// <summary>Asks all observable instruments and returns everything known, by name.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        // Two readers at once would each forget what the other has just asked for.
        lock (_collecting)
        {
            foreach (var family in _families.Values)
            {
                family.BeginObservation();
            }
            _listener.RecordObservableInstruments();
            return [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Record(value, tags);
}
