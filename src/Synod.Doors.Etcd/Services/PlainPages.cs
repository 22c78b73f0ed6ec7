using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Node;
using Synod.Paxos;

namespace Synod.Doors.Etcd.Services;

/// <summary><c>/version</c>.</summary>
internal sealed class VersionPage : PlainPage
{
    private const string Text =
        $$"""{"etcdserver":"{{ProtocolVersion.Server}}","etcdcluster":"{{ProtocolVersion.Cluster}}"}""";

    /// <inheritdoc/>
    public override Task ServeAsync(HttpContext http) => Write(http, StatusCodes.Status200OK, Json, Text);

    /// <summary>The content type of JSON pages.</summary>
    public const string Json = "application/json";
}

/// <summary><c>/health</c>: whether this member serves and knows a leader.</summary>
internal sealed class HealthPage(INode node) : PlainPage
{
    /// <inheritdoc/>
    public override Task ServeAsync(HttpContext http)
    {
        var status = node.Status;
        var trouble = status switch
        {
            { Fault: not null } => status.Fault,
            { Serving: false } => "NOT SERVING",
            _ when status.Leader == NodeId.None => "NO LEADER",
            _ => null,
        };
        if (trouble is null)
        {
            return Write(http, StatusCodes.Status200OK, VersionPage.Json, """{"health":"true"}""");
        }
        var reason = JsonEncodedText.Encode(trouble);
        return Write(
            http, StatusCodes.Status503ServiceUnavailable, VersionPage.Json,
            $$"""{"health":"false","reason":"{{reason}}"}""");
    }
}
