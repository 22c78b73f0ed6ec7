using System.Buffers;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>Streams of JSON: requests and answers go their ways side by side until the method ends or the client is gone.</summary>
internal sealed class GatewayStreams(GatewayRequests requests)
{
    /// <summary>Serves a call whose first request was passed on.</summary>
    public async ValueTask<GrpcStatus> ServeAsync(
        GatewayRoute route, GatewayTalk talk, DoorContext context, InnerCall call)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(talk.Gone);
        var passing = PassRequestsAsync(route, talk, call, ended.Token);
        var answers = PassAnswersAsync(route, talk, call);
        var status = GrpcStatus.Ok;
        var refused = GrpcStatus.Ok;
        try
        {
            status = await route.Method!.ServeAsync(call.Http, context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!talk.Gone.IsCancellationRequested)
        {
            // The requests made no sense any more; their task says why.
        }
        finally
        {
            await call.CompleteAsync().ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await answers.ConfigureAwait(false);
            refused = await passing.ConfigureAwait(false);
        }
        status = refused.IsOk ? status : refused;
        if (!status.IsOk)
        {
            await talk.SayWhyAsync(status).ConfigureAwait(false);
        }
        return status;
    }

    /// <summary>Passes the client's further requests on; one that is no message ends the stream.</summary>
    private async Task<GrpcStatus> PassRequestsAsync(
        GatewayRoute route, GatewayTalk talk, InnerCall call, CancellationToken ended)
    {
        var status = GrpcStatus.Ok;
        try
        {
            while (status.IsOk && route.Descriptor.IsClientStreaming)
            {
                var more = await requests.PassNextAsync(talk.Requests, route, call.Requests, ended).ConfigureAwait(false);
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

    private static async Task PassAnswersAsync(GatewayRoute route, GatewayTalk talk, InnerCall call)
    {
        var json = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var read = await call.Answers.ReadAsync().ConfigureAwait(false);
                var buffer = read.Buffer;
                while (GrpcFrame.TryTake(ref buffer, int.MaxValue, out var message, out _) == FrameVerdict.Message)
                {
                    json.ResetWrittenCount();
                    json.Write("{\"result\":"u8);
                    GatewayJson.Write(message, route.Descriptor.OutputType, json);
                    json.Write(talk.EndsLines ? "}\n"u8 : "}"u8);
                    await talk.SayAsync(json.WrittenMemory).ConfigureAwait(false);
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
