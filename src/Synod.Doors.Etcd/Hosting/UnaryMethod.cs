using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Synod.Node;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>Makes a call out of a request's bytes.</summary>
/// <param name="message">The request; only valid during the call.</param>
/// <param name="answer">Where the answer's frame shall be written.</param>
/// <param name="refusal">Why there is no call.</param>
/// <returns>The call, or null if the request is refused.</returns>
internal delegate IUnaryCall? BeginUnary(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal);

/// <summary>A method with one request and one answer.</summary>
internal sealed class UnaryMethod(
    string service, string name, INode node, EtcdDoorOptions options, TimeProvider time, BeginUnary begin)
    : GrpcMethod(service, name)
{
    private const string TimeoutHeader = "grpc-timeout";

    private static readonly Action<object?> OnDeadline = static call =>
        ((IUnaryCall)call!).TryAbandon(new GrpcStatus(GrpcCode.DeadlineExceeded, "context deadline exceeded"));

    private static readonly Action<object?> OnGone = static call =>
        ((IUnaryCall)call!).TryAbandon(new GrpcStatus(GrpcCode.Cancelled, "context canceled"));

    /// <inheritdoc/>
    public override async ValueTask<GrpcStatus> ServeAsync(HttpContext http, DoorContext context)
    {
        TimeSpan? timeout = null;
        if (http.Request.Headers.TryGetValue(TimeoutHeader, out var text))
        {
            if (!GrpcTimeout.TryParse(text.ToString(), out var parsed))
            {
                return Refuse(http, new(GrpcCode.Internal, "grpc: malformed grpc-timeout"));
            }
            timeout = parsed;
        }
        if (http.Request.Headers.ContainsKey(LeaderRequirement.Header) && !LeaderRequirement.IsMet(http.Request, node))
        {
            return Refuse(http, LeaderRequirement.Refusal);
        }

        var reader = http.Request.BodyReader;
        IUnaryCall? call;
        GrpcStatus status;
        while (true)
        {
            var read = await reader.ReadAsync().ConfigureAwait(false);
            if (TryBegin(read, context.Answer, out var consumed, out call, out status))
            {
                reader.AdvanceTo(consumed);
                break;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        if (call is null)
        {
            return Refuse(http, status);
        }
        call.Submit(node);
        // Others end soon by themselves; one that waits for other clients ends when its own is gone.
        await using var gone = call.MayWaitLong
            ? http.RequestAborted.UnsafeRegister(OnGone, call)
            : default;
        status = timeout is null ? await call.Ended.ConfigureAwait(false) : await EndedBefore(call, timeout.Value).ConfigureAwait(false);
        if (status.IsOk)
        {
            GrpcResponse.Begin(http.Response);
            http.Response.BodyWriter.Write(context.Answer.Written);
        }
        context.ResetAnswer(lost: call.IsAbandoned);
        GrpcResponse.End(http.Response, status, bodyBegun: status.IsOk);
        return status;
    }

    /// <summary>Tries to make a call of what has arrived so far; false while it is incomplete.</summary>
    private bool TryBegin(
        in ReadResult read, PooledBuffer answer,
        out SequencePosition consumed, out IUnaryCall? call, out GrpcStatus status)
    {
        call = null;
        var buffer = read.Buffer;
        var verdict = GrpcFrame.TryTake(ref buffer, options.MessageBytesMax, out var message, out var length);
        consumed = buffer.End;
        if (verdict == FrameVerdict.Incomplete && !read.IsCompleted)
        {
            status = default;
            return false;
        }
        if (verdict != FrameVerdict.Message)
        {
            status = GrpcFrame.Refusal(verdict, length, options.MessageBytesMax);
            return true;
        }
        if (message.IsSingleSegment)
        {
            call = begin(message.FirstSpan, answer, out status);
            return true;
        }
        var flat = ArrayPool<byte>.Shared.Rent((int)message.Length);
        message.CopyTo(flat);
        call = begin(flat.AsSpan(0, (int)message.Length), answer, out status);
        ArrayPool<byte>.Shared.Return(flat);
        return true;
    }

    private async ValueTask<GrpcStatus> EndedBefore(IUnaryCall call, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        await using var registration = deadline.Token.UnsafeRegister(OnDeadline, call).ConfigureAwait(false);
        return await call.Ended.ConfigureAwait(false);
    }

    private static GrpcStatus Refuse(HttpContext http, GrpcStatus status)
    {
        GrpcResponse.End(http.Response, status, bodyBegun: false);
        return status;
    }
}
