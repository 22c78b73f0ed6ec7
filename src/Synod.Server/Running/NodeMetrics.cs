using System.Diagnostics.Metrics;
using Synod.Node;

namespace Synod.Server.Running;

/// <summary>The node's own metrics; the door shows them under <c>/metrics</c> with everything else of Synod's.</summary>
internal sealed class NodeMetrics : IDisposable
{
    private const double MicrosecondsPerSecond = 1e6;
    private readonly Meter _meter = new("Synod.Node");

    /// <summary>Begins to measure; values are read when somebody asks.</summary>
    public NodeMetrics(SynodNode node, LogObserver observer, IReadOnlyList<Node.InitialMember> members)
    {
        var self = node.Status.Self;
        Gauge("synod_is_leader", "1 while this node leads.", () => node.Status.Leader == self ? 1 : 0);
        Gauge("synod_has_leader", "1 while this node knows a leader.", () => node.Status.Leader.Number == 0 ? 0 : 1);
        Gauge("synod_is_serving", "1 while this node takes requests.", () => node.Status.Serving ? 1 : 0);
        Gauge("synod_ballot_round", "Round of the highest ballot promised.", () => (long)node.Status.Ballot.Round);
        Gauge("synod_chosen_slot", "All slots up to here are chosen.", () => (long)node.Status.ChosenUpTo.Number);
        Gauge("synod_applied_slot", "All slots up to here are applied.", () => (long)node.Status.AppliedUpTo.Number);
        Counter("synod_leader_changes_total", "Leaders this node came to know.", () => observer.LeaderChanges);
        Counter("synod_campaigns_total", "Times this node tried to lead.", () => observer.Campaigns);
        Counter("synod_strange_messages_total", "Messages of strangers dropped.", () => observer.StrangeMessages);
        Counter("synod_malformed_packets_total", "Packets dropped as malformed.", () => node.Counters.MalformedPackets);
        Counter("synod_dropped_packets_total", "Packets no queue took.", () => node.Counters.DroppedPackets);
        Counter("synod_journal_records_total", "Records given to the journal.", () => node.Counters.RecordsWritten);
        Counter("synod_journal_batches_total", "Batches given to the journal.", () => node.Counters.BatchesWritten);
        Counter("synod_journal_syncs_total", "Writes with sync that were reported.", () => node.Counters.Syncs);
        Gauge("synod_store_revision", "The store's present revision on this node.", () => node.Figures.Revision);
        Gauge("synod_store_keys", "Keys there are on this node.", () => node.Figures.Keys);
        Gauge("synod_leases", "Leases there are.", () => node.Figures.Leases);
        Counter(
            "synod_leases_expired_total", "Leases that expired since this node started.",
            () => node.Figures.LeasesExpired);
        LikeEtcd(node, observer, self);
        _meter.CreateObservableCounter(
            "synod_journal_sync_seconds_total", () => node.Counters.SyncMicroseconds / MicrosecondsPerSecond,
            description: "Time of all writes with sync.");
        _meter.CreateObservableGauge(
            "synod_journal_sync_longest_seconds", () => node.Counters.LongestSyncMicroseconds / MicrosecondsPerSecond,
            description: "The longest write with sync since the start.");
        Snapshots(node);
        _meter.CreateObservableGauge("synod_queue_length", () => QueuesOf(node), description: "Waiting in each queue.");
        _meter.CreateObservableGauge(
            "synod_peer_round_trip_seconds",
            () => members.Where(member => member.Id != self).Select(member => new Measurement<double>(
                node.RoundTripOf(member.Id).TotalSeconds, new KeyValuePair<string, object?>("peer", member.Name))),
            description: "The last round trip to each peer.");
    }

    private void Snapshots(SynodNode node)
    {
        Counter("synod_snapshots_taken_total", "Snapshots written of the own state.", () => node.Snapshots?.Taken ?? 0);
        Counter("synod_snapshots_received_total", "Snapshots that came from peers.", () => node.Snapshots?.Received ?? 0);
        Gauge("synod_snapshot_last_slot", "The last slot in the newest snapshot.", () => (long)(node.Snapshots?.Newest.Slot.Number ?? 0));
        Gauge("synod_snapshot_last_bytes", "Length of the newest snapshot.", () => node.Snapshots?.Newest.Bytes ?? 0);
        _meter.CreateObservableGauge(
            "synod_snapshot_last_seconds", () => node.Snapshots?.LastTook.TotalSeconds ?? 0,
            description: "How long the newest snapshot took to write or receive.");
        Gauge("synod_journal_segments", "Segment files of the journal.", () => node.Journal?.Segments ?? 0);
        Counter("synod_journal_segments_removed_total", "Segments removed behind snapshots.", () => node.Journal?.SegmentsRemoved ?? 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>What means the same as in etcd, under etcd's names too: dashboards and alerts fit as they are.</summary>
    private void LikeEtcd(SynodNode node, LogObserver observer, Paxos.NodeId self)
    {
        Gauge("etcd_server_is_leader", "1 while this node leads.", () => node.Status.Leader == self ? 1 : 0);
        Gauge(
            "etcd_server_has_leader", "1 while this node knows a leader.", () => node.Status.Leader.Number == 0 ? 0 : 1);
        Counter(
            "etcd_server_leader_changes_seen_total", "Leaders this node came to know.", () => observer.LeaderChanges);
        Gauge(
            "etcd_server_proposals_committed_total", "All slots up to here are chosen.",
            () => (long)node.Status.ChosenUpTo.Number);
        Gauge(
            "etcd_server_proposals_applied_total", "All slots up to here are applied.",
            () => (long)node.Status.AppliedUpTo.Number);
        Gauge("etcd_server_proposals_pending", "Requests of this node under way.", () => node.Queues.UnderWay);
        Counter(
            "etcd_server_lease_expired_total", "Leases that expired since this node started.",
            () => node.Figures.LeasesExpired);
    }

    private static IEnumerable<Measurement<long>> QueuesOf(SynodNode node)
    {
        var queues = node.Queues;
        return
        [
            Queue("writes", queues.Writes), Queue("reads", queues.Reads), Queue("direct", queues.Direct),
            Queue("apply", queues.ApplyBatches), Queue("under_way", queues.UnderWay), Queue("held", queues.HeldPackets),
        ];
    }

    private static Measurement<long> Queue(string name, long length) =>
        new(length, new KeyValuePair<string, object?>("queue", name));

    private void Gauge(string name, string description, Func<long> value) =>
        _meter.CreateObservableGauge(name, value, description: description);

    private void Counter(string name, string description, Func<long> value) =>
        _meter.CreateObservableCounter(name, value, description: description);
}
