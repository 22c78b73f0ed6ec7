using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using WatchRequest = Synod.Protocol.Etcd.WatchRequest;

namespace Synod.Doors.Etcd.Watching;

/// <summary>The method <c>Watch</c>: requests and answers flow both ways until one side ends it.</summary>
internal sealed class WatchMethod(INode node, WatchStreams streams, EtcdDoorOptions options)
    : GrpcMethod("etcdserverpb.Watch", "Watch")
{
    /// <inheritdoc/>
    public override async ValueTask<GrpcStatus> ServeAsync(HttpContext http, DoorContext context)
    {
        if (!LeaderRequirement.IsMet(http.Request, node))
        {
            GrpcResponse.End(http.Response, LeaderRequirement.Refusal, bodyBegun: false);
            return LeaderRequirement.Refusal;
        }
        var stream = streams.Open(LeaderRequirement.IsAsked(http.Request));
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stream.Ending);
        GrpcResponse.Begin(http.Response);
        var writing = Task.CompletedTask;
        var status = GrpcStatus.Ok;
        try
        {
            // Some clients wait for the headers before they ask for anything.
            await http.Response.BodyWriter.FlushAsync(ends.Token).ConfigureAwait(false);
            writing = stream.Outbox.WriteAllAsync(http.Response.BodyWriter, http.RequestAborted);
            status = await ReadAllAsync(http.Request.BodyReader, stream, ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stream.Ending.IsCancellationRequested)
        {
            status = stream.EndStatus;
        }
        finally
        {
            streams.Close(stream);
        }
        await writing.ConfigureAwait(false);
        GrpcResponse.End(http.Response, status, bodyBegun: true);
        return status;
    }

    /// <summary>
    /// Takes requests until the client is gone or breaks the protocol; one that has said all may go on listening.
    /// </summary>
    private async Task<GrpcStatus> ReadAllAsync(PipeReader reader, DoorWatchStream stream, CancellationToken ends)
    {
        while (true)
        {
            var read = await reader.ReadAsync(ends).ConfigureAwait(false);
            var buffer = read.Buffer;
            var refusal = HandleAll(ref buffer, stream, read.IsCompleted);
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (refusal is not null)
            {
                return refusal.Value;
            }
            if (read.IsCompleted)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ends).ConfigureAwait(false);
            }
            await stream.Outbox.RoomAsync(ends).ConfigureAwait(false);
        }
    }

    private GrpcStatus? HandleAll(ref ReadOnlySequence<byte> buffer, DoorWatchStream stream, bool isCompleted)
    {
        while (true)
        {
            var verdict = GrpcFrame.TryTake(ref buffer, options.MessageBytesMax, out var message, out var length);
            if (verdict == FrameVerdict.Incomplete && (!isCompleted || buffer.IsEmpty))
            {
                return null;
            }
            if (verdict != FrameVerdict.Message)
            {
                return GrpcFrame.Refusal(verdict, length, options.MessageBytesMax);
            }
            WatchRequest request;
            try
            {
                request = WatchRequest.Parser.ParseFrom(message);
            }
            catch (InvalidProtocolBufferException)
            {
                return EtcdErrors.Unparsable;
            }
            stream.Handle(request);
        }
    }
}
