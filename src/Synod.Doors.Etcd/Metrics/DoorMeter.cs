using System.Diagnostics.Metrics;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Watching;

namespace Synod.Doors.Etcd.Metrics;

/// <summary>What the door measures. Methods keep their own counts; the instruments only ask for them.</summary>
internal sealed class DoorMeter : IDisposable
{
    private readonly Meter _meter = new("Synod.Doors.Etcd");

    public DoorMeter(IReadOnlyList<GrpcMethod> methods, WatchStreams streams)
    {
        _meter.CreateObservableCounter(
            "synod.door.calls.total", () => Endings(methods), description: "Calls that ended, by method and status.");
        _meter.CreateObservableGauge(
            "synod.door.calls.running", () => Running(methods), description: "Calls under way, by method.");
        _meter.CreateObservableGauge(
            "synod.door.watch.streams", () => streams.Count, description: "Open watch streams.");
        _meter.CreateObservableGauge(
            "synod.door.watch.watchers", () => streams.Watchers, description: "Watchers on open streams.");
        _meter.CreateObservableGauge(
            "synod.door.watch.waiting.bytes", () => streams.WaitingBytes,
            description: "Bytes of events that wait for watch clients to read.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Running(IReadOnlyList<GrpcMethod> methods) =>
        methods.Select(method => new Measurement<long>(method.Running, Tag("method", method.Path)));

    private static IEnumerable<Measurement<long>> Endings(IReadOnlyList<GrpcMethod> methods)
    {
        foreach (var method in methods)
        {
            foreach (var code in Enum.GetValues<GrpcCode>())
            {
                var count = method.Endings(code);
                if (count > 0)
                {
                    yield return new Measurement<long>(count, Tag("method", method.Path), Tag("code", code.ToString()));
                }
            }
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
