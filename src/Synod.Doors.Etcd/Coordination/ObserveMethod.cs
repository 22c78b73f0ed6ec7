using System.Buffers;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Doors.Etcd.Services;
using Synod.Node;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>
/// The method <c>Observe</c>: who leads, and again after every change. What changes faster than the client reads is told
/// in its latest state only.
/// </summary>
internal sealed class ObserveMethod(
    INode node, StoreAccess access, Contest contest, DoorIdentity identity, EtcdDoorOptions options, CancellationToken closing)
    : GrpcMethod(ElectionService.Name, "Observe")
{
    /// <inheritdoc/>
    public override async ValueTask<GrpcStatus> ServeAsync(HttpContext http, DoorContext context)
    {
        if (!LeaderRequirement.IsMet(http.Request, node))
        {
            GrpcResponse.End(http.Response, LeaderRequirement.Refusal, bodyBegun: false);
            return LeaderRequirement.Refusal;
        }
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, closing);
        GrpcResponse.Begin(http.Response);
        // Some clients wait for the headers before they ask for anything.
        await http.Response.BodyWriter.FlushAsync(ends.Token).ConfigureAwait(false);
        var status = GrpcStatus.Ok;
        try
        {
            (var request, status) = await ReadRequestAsync(http, ends.Token).ConfigureAwait(false);
            if (request is not null)
            {
                await TellAsync(request.Name.Memory, http, context.Answer, ends.Token).ConfigureAwait(false);
            }
        }
        catch (CallRefusedException refused)
        {
            status = refused.Status;
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            status = EtcdErrors.ServerStopped;
        }
        context.ResetAnswer(lost: false);
        GrpcResponse.End(http.Response, status, bodyBegun: true);
        return status;
    }

    private async Task TellAsync(ReadOnlyMemory<byte> name, HttpContext http, PooledBuffer answer, CancellationToken ends)
    {
        var told = 0L;
        while (true)
        {
            var (leader, revision) = await contest.OldestAsync(name, ends).ConfigureAwait(false);
            if (leader is not null && leader.ModRevision != told)
            {
                told = leader.ModRevision;
                answer.Clear();
                AnswerWriter.Frame(answer, ElectionService.AnswerOf(leader, revision, identity));
                http.Response.BodyWriter.Write(answer.Written);
                await http.Response.BodyWriter.FlushAsync(ends).ConfigureAwait(false);
            }
            await access.ChangeAsync([Contest.RangeOf(name.Span)], revision + 1, deletesOnly: false, ends).ConfigureAwait(false);
        }
    }

    private async Task<(LeaderRequest? Request, GrpcStatus Status)> ReadRequestAsync(
        HttpContext http, CancellationToken ends)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(ends).ConfigureAwait(false);
            var buffer = read.Buffer;
            var verdict = GrpcFrame.TryTake(ref buffer, options.MessageBytesMax, out var message, out var length);
            if (verdict == FrameVerdict.Incomplete && !read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            if (verdict != FrameVerdict.Message)
            {
                return (null, GrpcFrame.Refusal(verdict, length, options.MessageBytesMax));
            }
            try
            {
                var request = LeaderRequest.Parser.ParseFrom(message);
                reader.AdvanceTo(buffer.Start);
                return (request, GrpcStatus.Ok);
            }
            catch (InvalidProtocolBufferException)
            {
                return (null, EtcdErrors.Unparsable);
            }
        }
    }
}
