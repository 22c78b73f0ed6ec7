using System.Diagnostics.Metrics;

namespace Synod.Server.Running;

/// <summary>What cannot be asked of the runtime afterwards; the door shows the rest of the process beside it.</summary>
internal sealed class ProcessMetrics : IDisposable
{
    private readonly Meter _meter = new("Synod.Process");
    private readonly GcPauses _pauses = new();

    /// <summary>Begins to measure; values are read when somebody asks.</summary>
    public ProcessMetrics()
    {
        _meter.CreateObservableGauge(
            "dotnet_gc_pause_longest_seconds", () => _pauses.Longest.TotalSeconds,
            description: "The longest time for which the collector has stopped the process.");
        _meter.CreateObservableCounter(
            "dotnet_gc_collections_total", Collections, description: "Collections of each generation.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _meter.Dispose();
        _pauses.Dispose();
    }

    private static IEnumerable<Measurement<long>> Collections() => Enumerable.Range(0, GC.MaxGeneration + 1).Select(
        generation => new Measurement<long>(
            GC.CollectionCount(generation), new KeyValuePair<string, object?>("generation", generation)));
}
