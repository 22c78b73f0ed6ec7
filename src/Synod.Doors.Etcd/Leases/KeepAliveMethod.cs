using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Doors.Etcd.Services;
using Synod.Node;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Leases;

/// <summary>
/// The method <c>LeaseKeepAlive</c>: renewals flow in, answers flow out in their order. Many may be under way at a time;
/// past <see cref="UnderWayMax"/> nothing more is read until answers have gone out.
/// </summary>
internal sealed class KeepAliveMethod(
    INode node, LeaseRenewals renewals, DoorIdentity identity, EtcdDoorOptions options, CancellationToken closing)
    : GrpcMethod(LeaseService.Name, "LeaseKeepAlive")
{
    /// <summary>Renewals of one stream under way at a time.</summary>
    public const int UnderWayMax = 4096;

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
        var underWay = Channel.CreateBounded<UnderWay>(
            new BoundedChannelOptions(UnderWayMax) { SingleReader = true, SingleWriter = true });
        var writing = WriteAllAsync(underWay.Reader, http.Response.BodyWriter, context.Answer, ends);
        var status = GrpcStatus.Ok;
        try
        {
            status = await ReadAllAsync(http.Request.BodyReader, underWay.Writer, ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // By the writer, which says why below, or because the door closes.
            status = closing.IsCancellationRequested ? EtcdErrors.ServerStopped : GrpcStatus.Ok;
        }
        finally
        {
            underWay.Writer.TryComplete();
        }
        var written = await writing.ConfigureAwait(false);
        status = written.IsOk ? status : written;
        context.ResetAnswer(lost: false);
        GrpcResponse.End(http.Response, status, bodyBegun: true);
        return status;
    }

    private async Task<GrpcStatus> ReadAllAsync(PipeReader reader, ChannelWriter<UnderWay> underWay, CancellationToken ends)
    {
        while (true)
        {
            var read = await reader.ReadAsync(ends).ConfigureAwait(false);
            var buffer = read.Buffer;
            var refusal = GrpcStatus.Ok;
            while (refusal.IsOk && TryTake(ref buffer, read.IsCompleted, out var id, out refusal))
            {
                await underWay.WriteAsync(new UnderWay(id, renewals.RenewAsync(id)), ends).ConfigureAwait(false);
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (!refusal.IsOk || read.IsCompleted)
            {
                return refusal;
            }
        }
    }

    /// <summary>Takes the next request off what has arrived; false if there is none or it is refused.</summary>
    private bool TryTake(ref ReadOnlySequence<byte> buffer, bool isCompleted, out long id, out GrpcStatus refusal)
    {
        id = 0;
        refusal = GrpcStatus.Ok;
        var verdict = GrpcFrame.TryTake(ref buffer, options.MessageBytesMax, out var message, out var length);
        if (verdict == FrameVerdict.Incomplete && (!isCompleted || buffer.IsEmpty))
        {
            return false;
        }
        if (verdict != FrameVerdict.Message)
        {
            refusal = GrpcFrame.Refusal(verdict, length, options.MessageBytesMax);
            return false;
        }
        try
        {
            id = LeaseKeepAliveRequest.Parser.ParseFrom(message).ID;
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            refusal = EtcdErrors.Unparsable;
            return false;
        }
    }

    private async Task<GrpcStatus> WriteAllAsync(
        ChannelReader<UnderWay> underWay, PipeWriter output, PooledBuffer frames, CancellationTokenSource ends)
    {
        while (await underWay.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            frames.Clear();
            while (underWay.TryPeek(out var next) && (frames.Length == 0 || next.Renewal.IsCompleted))
            {
                underWay.TryRead(out _);
                var renewal = await next.Renewal.ConfigureAwait(false);
                if (!renewal.Status.IsOk)
                {
                    await ends.CancelAsync().ConfigureAwait(false);
                    return renewal.Status;
                }
                AnswerWriter.Frame(frames, new LeaseKeepAliveResponse
                {
                    Header = identity.Now.Header(renewal.Revision),
                    ID = next.Id,
                    TTL = renewal.TtlSeconds,
                });
            }
            output.Write(frames.Written);
            var flush = await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            if (flush.IsCompleted)
            {
                await ends.CancelAsync().ConfigureAwait(false);
                break;
            }
        }
        return GrpcStatus.Ok;
    }

    private readonly record struct UnderWay(long Id, Task<Renewal> Renewal);
}
