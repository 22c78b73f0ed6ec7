using System.Diagnostics.Metrics;
using Synod.Transport.Links;

namespace Synod.Transport.Metering;

/// <summary>The meter "Synod.Transport": counters with the tags self, peer and lane.</summary>
internal sealed class TransportMeter : IDisposable
{
    private readonly Meter _meter;
    private readonly (Lane Lane, KeyValuePair<string, object?>[] Tags)[] _lanes;

    /// <param name="scope">Whose links: several nodes can live in one process.</param>
    /// <param name="self">The node's name, for the tags.</param>
    /// <param name="lanes">What is counted.</param>
    public TransportMeter(object scope, string self, IEnumerable<Lane> lanes)
    {
        _meter = new Meter(new MeterOptions(TcpPeers.MeterName) { Scope = scope });
        _lanes = [.. lanes.Select(lane => (lane, Tags(self, lane)))];
        Counter("synod.peer.sent", "By", "Bytes sent to a peer", lane => lane.Meter.BytesOut);
        Counter("synod.peer.received", "By", "Bytes received from a peer", lane => lane.Meter.BytesIn);
        Counter("synod.peer.frames.sent", "{frame}", "Frames queued for a peer", lane => lane.Meter.FramesOut);
        Counter("synod.peer.frames.received", "{frame}", "Frames received from a peer", lane => lane.Meter.FramesIn);
        Counter(
            "synod.peer.frames.dropped", "{frame}", "Frames dropped: no link, or a full queue",
            lane => lane.Meter.Drops);
        Counter(
            "synod.peer.reconnects", "{connection}", "Connections after the first",
            lane => Math.Max(0, lane.Meter.Connections - 1));
        _meter.CreateObservableGauge(
            "synod.peer.up", () => Read(lane => lane.Current is null ? 0 : 1), "1", "Whether the lane is connected");
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string unit, string description, Func<Lane, long> value) =>
        _meter.CreateObservableCounter(name, () => Read(value), unit, description);

    private IEnumerable<Measurement<long>> Read(Func<Lane, long> value) =>
        _lanes.Select(entry => new Measurement<long>(value(entry.Lane), entry.Tags));

    private static KeyValuePair<string, object?>[] Tags(string self, Lane lane) => [
        new("self", self),
        new("peer", lane.Peer.Id.ToString()),
        new("lane", LaneNames.Of(lane.Which)),
    ];
}
