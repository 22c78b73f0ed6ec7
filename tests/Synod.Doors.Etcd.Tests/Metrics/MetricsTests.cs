using System.Diagnostics.Metrics;
using System.Text;
using Synod.Doors.Etcd.Metrics;

namespace Synod.Doors.Etcd.Tests;

public sealed class MetricsTests
{
    [Fact]
    public void Every_kind_of_instrument_is_written_as_prometheus_wants()
    {
        using var collector = new MetricsCollector();
        using var meter = new Meter("Synod.MetricsTests");
        using var foreign = new Meter("Foreign");
        var counter = meter.CreateCounter<long>("test.count.total", description: "Counts.");
        counter.Add(2, new KeyValuePair<string, object?>("peer", "n\"1"));
        counter.Add(3, new KeyValuePair<string, object?>("peer", "n\"1"));
        var histogram = meter.CreateHistogram<double>("test.sync.seconds");
        histogram.Record(0.0002);
        histogram.Record(0.003);
        histogram.Record(100);
        meter.CreateUpDownCounter<int>("test.queue").Add(5);
        meter.CreateGauge<double>("test.level").Record(0.5);
        meter.CreateObservableGauge("test.observed", () => 7L);
        foreign.CreateCounter<long>("foreign.count").Add(1);
        var text = Text(collector);
        Assert.Contains(
            "# HELP test_count_total Counts.\n# TYPE test_count_total counter\ntest_count_total{peer=\"n\\\"1\"} 5\n",
            text, StringComparison.Ordinal);
        Assert.Contains("test_sync_seconds_bucket{le=\"0.0001\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("test_sync_seconds_bucket{le=\"0.00025\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "test_sync_seconds_bucket{le=\"10\"} 2\ntest_sync_seconds_bucket{le=\"+Inf\"} 3\n",
            text, StringComparison.Ordinal);
        Assert.Contains("test_sync_seconds_sum 100.0032\ntest_sync_seconds_count 3\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE test_queue gauge\ntest_queue 5\n", text, StringComparison.Ordinal);
        Assert.Contains("test_level 0.5\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE test_observed gauge\ntest_observed 7\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("foreign", text, StringComparison.Ordinal);
        Assert.Equal(text, Text(collector));
    }

    [Fact]
    public void Too_many_series_are_left_out_and_counted()
    {
        using var collector = new MetricsCollector();
        using var meter = new Meter("Synod.MetricsTests.Many");
        var counter = meter.CreateCounter<long>("test.many");
        for (var i = 0; i < 1_005; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        }
        var text = Text(collector);
        Assert.Equal(1_000, text.Split('\n').Count(line => line.StartsWith("test_many_total{", StringComparison.Ordinal)));
        Assert.Contains("# 5 measurements of further series left out", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_counts_calls_by_method_and_status()
    {
        await using var door = await OpenDoor.OpenAsync();
        await door.Client.PutAsync("a", "1");
        await door.Client.FailAsync("/etcdserverpb.KV/Put", new Synod.Protocol.Etcd.PutRequest());
        var page = await door.Client.Http.GetStringAsync("/metrics");
        Assert.Contains(
            "synod_door_calls_total{method=\"/etcdserverpb.KV/Put\",code=\"Ok\"}", page, StringComparison.Ordinal);
        Assert.Contains(
            "synod_door_calls_total{method=\"/etcdserverpb.KV/Put\",code=\"InvalidArgument\"}",
            page, StringComparison.Ordinal);
        Assert.Contains("# TYPE grpc_server_handling_seconds histogram", page, StringComparison.Ordinal);
        const string put = "grpc_service=\"etcdserverpb.KV\",grpc_method=\"Put\",grpc_code=\"Ok\"";
        Assert.Contains($"grpc_server_handling_seconds_bucket{{{put},le=\"+Inf\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains($"grpc_server_handling_seconds_count{{{put}}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nprocess_cpu_seconds_total ", page, StringComparison.Ordinal);
        Assert.Contains("\nprocess_resident_memory_bytes ", page, StringComparison.Ordinal);
    }

    private static string Text(MetricsCollector collector)
    {
        var text = new StringBuilder();
        foreach (var family in collector.Collect().Where(
            family => !family.Name.StartsWith("synod_door", StringComparison.Ordinal)))
        {
            family.WriteTo(text);
        }
        return text.ToString();
    }
}
