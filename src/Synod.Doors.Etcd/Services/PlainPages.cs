using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Services;

/// <summary><c>/version</c>.</summary>
internal sealed class VersionPage : PlainPage
{
    private const string Text =
        $$"""{"etcdserver":"{{ProtocolVersion.Server}}","etcdcluster":"{{ProtocolVersion.Cluster}}","storage":"{{ProtocolVersion.Storage}}"}""";

    /// <inheritdoc/>
    public override Task ServeAsync(HttpContext http) => Write(http, StatusCodes.Status200OK, Json, Text);

    /// <summary>The content type of JSON pages.</summary>
    public const string Json = "application/json";
}
