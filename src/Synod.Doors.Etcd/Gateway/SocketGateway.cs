using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>
/// The gateway's paths over WebSockets, for browsers and others that cannot say more while an answer is coming. What goes
/// over them is what goes over the bodies of a POST.
/// </summary>
internal sealed class SocketGateway
{
    /// <summary>A silent client is asked for a sign of life after this, as over HTTP/2.</summary>
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(60);

    /// <summary>And its socket is closed when it gives none for this long.</summary>
    private static readonly TimeSpan PingAnswer = TimeSpan.FromSeconds(20);

    /// <summary>A client that has not asked anything by then is not waited for.</summary>
    private static readonly TimeSpan FirstRequestWithin = TimeSpan.FromSeconds(60);

    /// <summary>Browsers cannot set headers; they name a token as a second protocol beside this one.</summary>
    private const string TokenProtocol = "Bearer";

    private readonly GatewayRequests _requests;
    private readonly GatewayStreams _streams;
    private readonly CancellationToken _closing;

    // It knows the opening handshake of both versions of HTTP, and goes on to nothing.
    private readonly WebSocketMiddleware _handshake = new(
        static _ => Task.CompletedTask, Options.Create(new WebSocketOptions()), NullLoggerFactory.Instance);

    public SocketGateway(GatewayRequests requests, GatewayStreams streams, CancellationToken closing)
    {
        _requests = requests;
        _streams = streams;
        _closing = closing;
    }

    /// <summary>Whether the client wants to talk over a WebSocket.</summary>
    public static bool IsAsked(HttpContext http) =>
        (HttpMethods.IsGet(http.Request.Method)
            && string.Equals(http.Request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase))
        || http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    /// <summary>Serves one call to its end.</summary>
    public async ValueTask<GrpcStatus> ServeAsync(GatewayRoute route, HttpContext http, DoorContext context)
    {
        await _handshake.Invoke(http).ConfigureAwait(false);
        if (!http.WebSockets.IsWebSocketRequest)
        {
            var malformed = new GrpcStatus(GrpcCode.InvalidArgument, "malformed opening of a WebSocket");
            await JsonGateway.Refuse(http, malformed).ConfigureAwait(false);
            return malformed;
        }
        WebSocket socket;
        try
        {
            socket = await http.WebSockets.AcceptWebSocketAsync(Acceptance(http)).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            await JsonGateway.Refuse(http, EtcdErrors.TooManyRequests).ConfigureAwait(false);
            return EtcdErrors.TooManyRequests;
        }
        using (socket)
        {
            using var talk = new SocketTalk(socket, _requests.ValueBytesMax, _closing);
            try
            {
                return await TalkAsync(route, http, context, talk).ConfigureAwait(false);
            }
            catch (Exception e) when (talk.Gone.IsCancellationRequested
                && e is OperationCanceledException or WebSocketException or IOException)
            {
                return new GrpcStatus(GrpcCode.Cancelled, "the client is gone");
            }
            finally
            {
                await talk.CloseAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<GrpcStatus> TalkAsync(GatewayRoute route, HttpContext http, DoorContext context, SocketTalk talk)
    {
        using var call = new InnerCall(http, route.Method!.Path, _requests.ValueBytesMax, talk.Gone);
        GrpcStatus? first;
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(talk.Gone))
        {
            patience.CancelAfter(FirstRequestWithin);
            try
            {
                first = await _requests.PassNextAsync(talk.Requests, route, call.Requests, patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return new GrpcStatus(GrpcCode.Cancelled, "the client is gone, or never asked anything");
            }
        }
        if (first is null)
        {
            return GrpcStatus.Ok; // Gone without having asked anything.
        }
        if (first.Value.IsOk && route.Descriptor.IsServerStreaming)
        {
            return await _streams.ServeAsync(route, talk, context, call).ConfigureAwait(false);
        }
        var body = new ArrayBufferWriter<byte>();
        var status = first.Value.IsOk
            ? await JsonGateway.AskAsync(route, context, call, body).ConfigureAwait(false)
            : first.Value;
        await talk.SayAsync(status.IsOk ? body.WrittenMemory : Encoding.UTF8.GetBytes(GatewayJson.Error(status))).ConfigureAwait(false);
        return status;
    }

    private static WebSocketAcceptContext Acceptance(HttpContext http)
    {
        var acceptance = new WebSocketAcceptContext { KeepAliveInterval = PingAfter, KeepAliveTimeout = PingAnswer };
        if (http.WebSockets.WebSocketRequestedProtocols is [TokenProtocol, ..] protocols)
        {
            acceptance.SubProtocol = TokenProtocol;
            if (protocols.Count > 1)
            {
                http.Request.Headers[HeaderNames.Authorization] = $"{TokenProtocol} {protocols[1]}";
            }
        }
        return acceptance;
    }
}
