using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>
/// The API as JSON over plain HTTP: each call is turned into a gRPC call of the same door and its answer back. So every
/// method, streams too, is reached by the same code, with the same refusals and the same counters.
/// </summary>
internal sealed class JsonGateway
{
    /// <summary>The type of what is said.</summary>
    public const string Json = "application/json";

    /// <summary>Bytes are a third longer in base64, and names and quotes come on top.</summary>
    private const int JsonBytesPerMessageByte = 2;

    private readonly FrozenDictionary<string, GatewayRoute> _routes;
    private readonly GatewayRequests _requests;
    private readonly GatewayStreams _streams;
    private readonly SocketGateway _sockets;
    private readonly GatewayOrigins _origins;

    public JsonGateway(IReadOnlyList<GrpcMethod> methods, EtcdDoorOptions options, CancellationToken closing)
    {
        _routes = GatewayRoutes.For(methods);
        _requests = new GatewayRequests(options.MessageBytesMax * JsonBytesPerMessageByte);
        _streams = new GatewayStreams(_requests);
        _sockets = new SocketGateway(_requests, _streams, closing);
        _origins = new GatewayOrigins(options.OriginsAllowed);
    }

    /// <summary>The route for a path, if it is the gateway's.</summary>
    public bool TryFind(string path, out GatewayRoute route) => _routes.TryGetValue(path, out route!);

    /// <summary>Refuses what never reaches a method; null if the call may begin.</summary>
    public Task? Refusal(GatewayRoute route, HttpContext http)
    {
        if (!_origins.Admits(http.Request))
        {
            return Refuse(http, EtcdErrors.ForeignOrigin);
        }
        GatewayOrigins.TellBrowser(http);
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask; // A browser asks whether its page may ask.
        }
        if (!HttpMethods.IsPost(http.Request.Method) && !SocketGateway.IsAsked(http))
        {
            return PlainPage.Write(http, StatusCodes.Status405MethodNotAllowed, "text/plain", "Method Not Allowed\n");
        }
        return route.Method is null
            ? Refuse(http, new(GrpcCode.Unimplemented, $"unknown service {route.Descriptor.Service.FullName}"))
            : null;
    }

    /// <summary>Serves one call to its end.</summary>
    public async ValueTask<GrpcStatus> ServeAsync(GatewayRoute route, HttpContext http, DoorContext context)
    {
        if (SocketGateway.IsAsked(http))
        {
            return await _sockets.ServeAsync(route, http, context).ConfigureAwait(false);
        }
        using var call = new InnerCall(http, route.Method!.Path, _requests.ValueBytesMax);
        var talk = new BodyTalk(http);
        var first = await _requests.PassNextAsync(talk.Requests, route, call.Requests, talk.Gone).ConfigureAwait(false)
            ?? GatewayRequests.PassEmpty(call.Requests);
        if (!first.IsOk)
        {
            await Refuse(http, first).ConfigureAwait(false);
            return first;
        }
        return route.Descriptor.IsServerStreaming
            ? await _streams.ServeAsync(route, talk, context, call).ConfigureAwait(false)
            : await ServeOneAsync(route, http, context, call).ConfigureAwait(false);
    }

    /// <summary>Carries out a call that has one answer, and writes that into <paramref name="body"/> if there is one.</summary>
    public static async ValueTask<GrpcStatus> AskAsync(
        GatewayRoute route, DoorContext context, InnerCall call, ArrayBufferWriter<byte> body)
    {
        await call.Requests.CompleteAsync().ConfigureAwait(false);
        var status = await route.Method!.ServeAsync(call.Http, context).ConfigureAwait(false);
        await call.CompleteAsync().ConfigureAwait(false);
        if (!status.IsOk)
        {
            return status;
        }
        var read = await call.Answers.ReadAtLeastAsync(int.MaxValue).ConfigureAwait(false);
        var buffer = read.Buffer;
        if (GrpcFrame.TryTake(ref buffer, int.MaxValue, out var message, out _) != FrameVerdict.Message)
        {
            throw new InvalidOperationException($"{route.Method.Path} ended well without an answer.");
        }
        GatewayJson.Write(message, route.Descriptor.OutputType, body);
        await call.Answers.CompleteAsync().ConfigureAwait(false);
        return status;
    }

    /// <summary>Writes an answer that says why there is none.</summary>
    public static Task Refuse(HttpContext http, GrpcStatus status) =>
        PlainPage.Write(http, GatewayStatus.HttpOf(status.Code), Json, GatewayJson.Error(status));

    private static async ValueTask<GrpcStatus> ServeOneAsync(
        GatewayRoute route, HttpContext http, DoorContext context, InnerCall call)
    {
        var body = new ArrayBufferWriter<byte>();
        var status = await AskAsync(route, context, call, body).ConfigureAwait(false);
        if (!status.IsOk)
        {
            await Refuse(http, status).ConfigureAwait(false);
            return status;
        }
        http.Response.ContentType = Json;
        http.Response.ContentLength = body.WrittenCount;
        await http.Response.Body.WriteAsync(body.WrittenMemory).ConfigureAwait(false);
        return status;
    }
}
