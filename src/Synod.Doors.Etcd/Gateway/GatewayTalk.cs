using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>What a stream of JSON goes over: the two bodies of a request, or the two ways of a WebSocket.</summary>
internal abstract class GatewayTalk
{
    /// <summary>JSON values as they come, with or without blanks between.</summary>
    public abstract PipeReader Requests { get; }

    /// <summary>Cancelled when the client is gone.</summary>
    public abstract CancellationToken Gone { get; }

    /// <summary>Whether a line's end follows each value.</summary>
    public abstract bool EndsLines { get; }

    /// <summary>Says one JSON value, in one write: some clients take every chunk for a value.</summary>
    public abstract ValueTask SayAsync(ReadOnlyMemory<byte> json);

    /// <summary>Says last why there is no more.</summary>
    public abstract ValueTask SayWhyAsync(GrpcStatus status);
}

/// <summary>A stream over the bodies of one HTTP request: one line for each answer.</summary>
internal sealed class BodyTalk(HttpContext http) : GatewayTalk
{
    /// <inheritdoc/>
    public override PipeReader Requests => http.Request.BodyReader;

    /// <inheritdoc/>
    public override bool EndsLines => true;

    /// <inheritdoc/>
    public override CancellationToken Gone => http.RequestAborted;

    /// <inheritdoc/>
    public override async ValueTask SayAsync(ReadOnlyMemory<byte> json)
    {
        http.Response.ContentType ??= JsonGateway.Json;
        await http.Response.Body.WriteAsync(json).ConfigureAwait(false);
        await http.Response.Body.FlushAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask SayWhyAsync(GrpcStatus status)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = GatewayStatus.HttpOf(status.Code);
        }
        return SayAsync(Encoding.UTF8.GetBytes(GatewayJson.StreamError(status) + "\n"));
    }
}
