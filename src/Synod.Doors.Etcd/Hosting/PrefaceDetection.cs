using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// One cleartext port for HTTP/1.1 and HTTP/2. Kestrel chooses between them by what TLS negotiated and takes HTTP/1.1
/// where there is no TLS; so this looks at the first bytes, and when they are the HTTP/2 preface, says "h2" the way TLS
/// would have. It leans on how Kestrel chooses: tests with curl (both versions), etcdctl and grpcio watch over it.
/// </summary>
internal static class PrefaceDetection
{
    /// <summary>What every HTTP/2 connection begins with; no HTTP/1 request can (RFC 9113, §3.4).</summary>
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>A connection that has not said which protocol it speaks by then is closed.</summary>
    private static readonly TimeSpan PrefaceWithin = TimeSpan.FromMinutes(2);

    /// <summary>The connection middleware.</summary>
    public static ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        var input = connection.Transport.Input;
        bool? isHttp2 = null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        patience.CancelAfter(PrefaceWithin);
        while (isHttp2 is null)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ConnectionResetException)
            {
                return; // Gone before it said anything.
            }
            isHttp2 = Judge(read.Buffer, read.IsCompleted);
            // Undecided: ask for more. Decided: leave every byte unexamined for the protocol that follows.
            input.AdvanceTo(read.Buffer.Start, isHttp2 is null ? read.Buffer.End : read.Buffer.Start);
        }
        patience.CancelAfter(Timeout.InfiniteTimeSpan);
        if (isHttp2.Value)
        {
            connection.Features.Set<ITlsApplicationProtocolFeature>(NegotiatedHttp2.Instance);
            connection.Features.Set<ITlsConnectionFeature>(NegotiatedHttp2.Instance);
            connection.Transport = AuthorityRepair.Around(connection.Transport);
        }
        await next(connection).ConfigureAwait(false);
    };

    /// <summary>True for the preface, false for anything else, null while only a beginning of it is here.</summary>
    internal static bool? Judge(in ReadOnlySequence<byte> buffer, bool isCompleted)
    {
        Span<byte> head = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(head.Length, buffer.Length);
        buffer.Slice(0, length).CopyTo(head);
        if (!Preface.StartsWith(head[..length]))
        {
            return false;
        }
        if (length == Preface.Length)
        {
            return true;
        }
        return isCompleted ? false : null;
    }

    private sealed class NegotiatedHttp2 : ITlsApplicationProtocolFeature, ITlsConnectionFeature
    {
        public static readonly NegotiatedHttp2 Instance = new();

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public X509Certificate2? ClientCertificate
        {
            get => null;
            set => throw new NotSupportedException("There is no TLS on this connection.");
        }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
            Task.FromResult<X509Certificate2?>(null);
    }
}
