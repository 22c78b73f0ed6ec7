using System.Buffers;
using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Services;

/// <summary>
/// The method <c>Snapshot</c>: this member's whole state at one revision, as a stream of pieces. Zeros fill it up to a
/// multiple of 512 bytes and a SHA-256 of everything before ends it, which is what etcd's clients look for.
/// </summary>
/// <remarks>
/// How long the whole will be is known only at its end: <c>remaining_bytes</c> is 1 until then, and 0 in the last piece.
/// </remarks>
internal sealed class SnapshotMethod(
    INode node, DoorIdentity identity, EtcdDoorOptions options, CancellationToken closing)
    : GrpcMethod(MaintenanceService.Name, "Snapshot")
{
    private const int PieceBytesMax = 256 << 10;

    /// <inheritdoc/>
    public override async ValueTask<GrpcStatus> ServeAsync(HttpContext http, DoorContext context)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, closing);
        GrpcResponse.Begin(http.Response);
        var snapshot = new DoorSnapshot();
        var status = GrpcStatus.Ok;
        try
        {
            status = await ReadRequestAsync(http, ends.Token).ConfigureAwait(false);
            if (status.IsOk)
            {
                node.Submit(snapshot);
                status = await SendAsync(snapshot, http, context.Answer, ends.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            status = EtcdErrors.ServerStopped;
        }
        finally
        {
            snapshot.Abandon();
        }
        context.ResetAnswer(lost: false);
        GrpcResponse.End(http.Response, status, bodyBegun: true);
        return status;
    }

    private async Task<GrpcStatus> SendAsync(
        DoorSnapshot snapshot, HttpContext http, PooledBuffer answer, CancellationToken ends)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        await foreach (var slice in snapshot.Slices.ReadAllAsync(ends).ConfigureAwait(false))
        {
            for (var at = 0; at < slice.Length; at += PieceBytesMax)
            {
                var piece = slice.Slice(at, Math.Min(PieceBytesMax, slice.Length - at));
                hash.AppendData(piece.Span);
                length += piece.Length;
                await SendAsync(snapshot, piece, isLast: false, http, answer, ends).ConfigureAwait(false);
            }
        }
        if (!snapshot.Status.IsOk)
        {
            return snapshot.Status;
        }
        var padding = new byte[SnapshotArchive.PaddingAfter(length)];
        hash.AppendData(padding);
        byte[] end = [.. padding, .. hash.GetHashAndReset()];
        await SendAsync(snapshot, end, isLast: true, http, answer, ends).ConfigureAwait(false);
        return GrpcStatus.Ok;
    }

    private async Task SendAsync(
        DoorSnapshot snapshot, ReadOnlyMemory<byte> piece, bool isLast, HttpContext http, PooledBuffer answer,
        CancellationToken ends)
    {
        answer.Clear();
        AnswerWriter.Frame(answer, new SnapshotResponse
        {
            Header = identity.Now.Header(snapshot.Revision),
            Version = ProtocolVersion.Storage,
            RemainingBytes = isLast ? 0UL : 1UL,
            Blob = UnsafeByteOperations.UnsafeWrap(piece),
        });
        http.Response.BodyWriter.Write(answer.Written);
        await http.Response.BodyWriter.FlushAsync(ends).ConfigureAwait(false);
    }

    private async Task<GrpcStatus> ReadRequestAsync(HttpContext http, CancellationToken ends)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(ends).ConfigureAwait(false);
            var buffer = read.Buffer;
            var verdict = GrpcFrame.TryTake(ref buffer, options.MessageBytesMax, out _, out var length);
            if (verdict == FrameVerdict.Incomplete && !read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            reader.AdvanceTo(buffer.Start);
            return verdict == FrameVerdict.Message
                ? GrpcStatus.Ok // It asks for nothing in particular.
                : GrpcFrame.Refusal(verdict, length, options.MessageBytesMax);
        }
    }
}
