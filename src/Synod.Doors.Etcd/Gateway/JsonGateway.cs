using System.Buffers;
using System.Collections.Frozen;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>
/// The API as JSON over plain HTTP: each call is turned into a gRPC call of the same door and its answer back. So every
/// method, streams too, is reached by the same code, with the same refusals and the same counters.
/// </summary>
internal sealed class JsonGateway(IReadOnlyList<GrpcMethod> methods, EtcdDoorOptions options)
{
    private const string Json = "application/json";

    /// <summary>Bytes are a third longer in base64, and names and quotes come on top.</summary>
    private const int JsonBytesPerMessageByte = 2;

    private readonly FrozenDictionary<string, GatewayRoute> _routes = GatewayRoutes.For(methods);
    private readonly int _valueBytesMax = options.MessageBytesMax * JsonBytesPerMessageByte;

    /// <summary>The route for a path, if it is the gateway's.</summary>
    public bool TryFind(string path, out GatewayRoute route) => _routes.TryGetValue(path, out route!);

    /// <summary>Refuses what never reaches a method; null if the call may begin.</summary>
    public static Task? Refusal(GatewayRoute route, HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method))
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
        using var call = new InnerCall(http, route.Method!.Path, _valueBytesMax);
        var first = await PassValueAsync(http.Request.BodyReader, route, call.Requests, http.RequestAborted).ConfigureAwait(false)
            ?? PassEmpty(call.Requests);
        if (!first.IsOk)
        {
            await Refuse(http, first).ConfigureAwait(false);
            return first;
        }
        return route.Descriptor.IsServerStreaming
            ? await ServeStreamAsync(route, http, context, call).ConfigureAwait(false)
            : await ServeOneAsync(route, http, context, call).ConfigureAwait(false);
    }

    private static async ValueTask<GrpcStatus> ServeOneAsync(
        GatewayRoute route, HttpContext http, DoorContext context, InnerCall call)
    {
        await call.Requests.CompleteAsync().ConfigureAwait(false);
        var status = await route.Method!.ServeAsync(call.Http, context).ConfigureAwait(false);
        await call.CompleteAsync().ConfigureAwait(false);
        if (!status.IsOk)
        {
            await Refuse(http, status).ConfigureAwait(false);
            return status;
        }
        var read = await call.Answers.ReadAtLeastAsync(int.MaxValue).ConfigureAwait(false);
        var buffer = read.Buffer;
        if (GrpcFrame.TryTake(ref buffer, int.MaxValue, out var message, out _) != FrameVerdict.Message)
        {
            throw new InvalidOperationException($"{route.Method.Path} ended well without an answer.");
        }
        http.Response.ContentType = Json;
        var body = new ArrayBufferWriter<byte>();
        GatewayJson.Write(message, route.Descriptor.OutputType, body);
        await call.Answers.CompleteAsync().ConfigureAwait(false);
        http.Response.ContentLength = body.WrittenCount;
        await http.Response.Body.WriteAsync(body.WrittenMemory).ConfigureAwait(false);
        return status;
    }

    /// <summary>Requests and answers go their ways side by side until the method ends or the client is gone.</summary>
    private async ValueTask<GrpcStatus> ServeStreamAsync(
        GatewayRoute route, HttpContext http, DoorContext context, InnerCall call)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var requests = PassRequestsAsync(route, http, call, ended.Token);
        var answers = PassAnswersAsync(route, http, call);
        var status = GrpcStatus.Ok;
        var refused = GrpcStatus.Ok;
        try
        {
            status = await route.Method!.ServeAsync(call.Http, context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The requests made no sense any more; their task says why.
        }
        finally
        {
            await call.CompleteAsync().ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await answers.ConfigureAwait(false);
            refused = await requests.ConfigureAwait(false);
        }
        status = refused.IsOk ? status : refused;
        if (!status.IsOk)
        {
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = GatewayStatus.HttpOf(status.Code);
                http.Response.ContentType = Json;
            }
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(GatewayJson.StreamError(status))).ConfigureAwait(false);
        }
        return status;
    }

    /// <summary>Passes the client's further requests on; one that is no message ends the stream.</summary>
    private async Task<GrpcStatus> PassRequestsAsync(
        GatewayRoute route, HttpContext http, InnerCall call, CancellationToken ended)
    {
        var status = GrpcStatus.Ok;
        try
        {
            while (status.IsOk && route.Descriptor.IsClientStreaming)
            {
                var more = await PassValueAsync(http.Request.BodyReader, route, call.Requests, ended).ConfigureAwait(false);
                if (more is null)
                {
                    break;
                }
                status = more.Value;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return GrpcStatus.Ok; // The stream has ended, or its client is gone: the method hears of it by itself.
        }
        if (!status.IsOk)
        {
            call.Abort();
        }
        await call.Requests.CompleteAsync().ConfigureAwait(false);
        return status;
    }

    /// <summary>Passes the next request on; null when the client has said all.</summary>
    private async ValueTask<GrpcStatus?> PassValueAsync(
        PipeReader reader, GatewayRoute route, PipeWriter requests, CancellationToken gone)
    {
        while (true)
        {
            var read = await reader.ReadAsync(gone).ConfigureAwait(false);
            var buffer = read.Buffer;
            var found = GatewayJson.TryTake(ref buffer, read.IsCompleted, out var value, out var problem);
            var tooLarge = !found && buffer.Length > _valueBytesMax;
            reader.AdvanceTo(buffer.Start, found ? buffer.Start : buffer.End);
            if (found)
            {
                if (!GatewayJson.TryParse(value, route.Descriptor.InputType, out var message, out problem))
                {
                    return new GrpcStatus(GrpcCode.InvalidArgument, problem);
                }
                Pass(message, requests);
                await requests.FlushAsync(gone).ConfigureAwait(false);
                return GrpcStatus.Ok;
            }
            if (problem is not null)
            {
                return new GrpcStatus(GrpcCode.InvalidArgument, problem);
            }
            if (tooLarge)
            {
                return new GrpcStatus(GrpcCode.ResourceExhausted, $"a value of more than {_valueBytesMax} bytes");
            }
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>No body at all is a request without any field.</summary>
    private static GrpcStatus PassEmpty(PipeWriter requests)
    {
        Pass([], requests);
        return GrpcStatus.Ok;
    }

    private static void Pass(byte[] message, PipeWriter requests)
    {
        var frame = requests.GetSpan(GrpcFrame.PrefixBytes + message.Length);
        GrpcFrame.WritePrefix(frame[..GrpcFrame.PrefixBytes], message.Length);
        message.CopyTo(frame[GrpcFrame.PrefixBytes..]);
        requests.Advance(GrpcFrame.PrefixBytes + message.Length);
    }

    /// <summary>Writes an answer that says why there is none.</summary>
    public static Task Refuse(HttpContext http, GrpcStatus status) =>
        PlainPage.Write(http, GatewayStatus.HttpOf(status.Code), Json, GatewayJson.Error(status));

    private static async Task PassAnswersAsync(GatewayRoute route, HttpContext http, InnerCall call)
    {
        var line = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var read = await call.Answers.ReadAsync().ConfigureAwait(false);
                var buffer = read.Buffer;
                while (GrpcFrame.TryTake(ref buffer, int.MaxValue, out var message, out _) == FrameVerdict.Message)
                {
                    line.ResetWrittenCount();
                    line.Write("{\"result\":"u8);
                    GatewayJson.Write(message, route.Descriptor.OutputType, line);
                    line.Write("}\n"u8);
                    http.Response.ContentType ??= Json;
                    await http.Response.Body.WriteAsync(line.WrittenMemory).ConfigureAwait(false);
                    await http.Response.Body.FlushAsync().ConfigureAwait(false);
                }
                call.Answers.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        finally
        {
            // Whoever still answers finds that nobody listens.
            await call.Answers.CompleteAsync().ConfigureAwait(false);
            call.Abort();
        }
    }
}
