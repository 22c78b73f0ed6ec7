using System.Text;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Metrics;

/// <summary><c>/metrics</c>.</summary>
internal sealed class MetricsPage(MetricsCollector collector, IReadOnlyList<GrpcMethod> methods) : PlainPage
{
    /// <inheritdoc/>
    public override Task ServeAsync(HttpContext http)
    {
        var text = new StringBuilder();
        foreach (var family in collector.Collect())
        {
            family.WriteTo(text);
        }
        LatencyHistogram.WriteTo(text, methods);
        ProcessMetrics.WriteTo(text);
        return Write(http, StatusCodes.Status200OK, PrometheusText.ContentType, text.ToString());
    }
}
