using System.Net.Sockets;
using Synod.Wire;

namespace Synod.Transport.Handshakes;

/// <summary>What was read in place of a handshake message.</summary>
/// <param name="Decoding">How the bytes read; Incomplete when the other side closed in the middle.</param>
/// <param name="Message">The message when it is whole.</param>
/// <param name="Bytes">All bytes that were read, for a log line.</param>
internal readonly record struct HandshakeRead(
    HandshakeDecoding Decoding, HandshakeMessage Message, ReadOnlyMemory<byte> Bytes)
{
    public bool Is(HandshakeKind kind) => Decoding == HandshakeDecoding.Whole && Message.Kind == kind;

    /// <summary>
    /// Why the bytes are refused, when they are this protocol's and yet not the message that was due.
    /// </summary>
    public HandshakeRefusal Refusal() => Decoding switch
    {
        HandshakeDecoding.Whole when Message.Kind == HandshakeKind.Refusal =>
            new HandshakeRefusal(RefusalKind.ByPeer, Message.Reason ?? ""),
        HandshakeDecoding.UnknownVersion => new HandshakeRefusal(
            RefusalKind.UnknownVersion,
            $"protocol version {HandshakeCodec.VersionOf(Bytes.Span)} is not spoken here, only version "
            + $"{HandshakeCodec.Version}; run versions of Synod that go together"),
        HandshakeDecoding.Foreign => new HandshakeRefusal(RefusalKind.Malformed, "that is not a Synod peer port"),
        HandshakeDecoding.Incomplete => new HandshakeRefusal(
            RefusalKind.Malformed, "the connection was closed during the handshake"),
        _ => new HandshakeRefusal(RefusalKind.Malformed, $"the handshake cannot be read ({Decoding})"),
    };
}

/// <summary>Handshake messages over a socket, without reading a byte of what follows them.</summary>
internal static class HandshakeStream
{
    /// <summary>How much a refused side may still send before the connection is simply closed.</summary>
    private const int LingerBytesMax = 64 * 1024;

    public static async ValueTask<HandshakeRead> ReadAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[HandshakeCodec.MessageBytesMax];
        int filled = 0;
        while (true)
        {
            HandshakeDecoding answer = HandshakeCodec.Decode(
                buffer.AsSpan(0, filled), out HandshakeMessage message, out int needed);
            if (answer != HandshakeDecoding.Incomplete)
            {
                return new HandshakeRead(answer, message, buffer.AsMemory(0, filled));
            }
            int read = await socket.ReceiveAsync(
                buffer.AsMemory(filled, needed - filled), SocketFlags.None, cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return new HandshakeRead(HandshakeDecoding.Incomplete, default, buffer.AsMemory(0, filled));
            }
            filled += read;
        }
    }

    public static async ValueTask WriteAsync(
        Socket socket, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        while (!message.IsEmpty)
        {
            int sent = await socket.SendAsync(message, SocketFlags.None, cancellation).ConfigureAwait(false);
            message = message[sent..];
        }
    }

    /// <summary>
    /// Sends the refusal and reads on until the other side has closed: closing over unread bytes would reset the
    /// connection and the reason could be lost.
    /// </summary>
    public static async ValueTask RefuseAsync(Socket socket, string reason, TcpPeersOptions options)
    {
        using var limit = new CancellationTokenSource(options.LingerTimeout, options.Clock);
        try
        {
            await WriteAsync(socket, HandshakeCodec.WriteRefusal(reason), limit.Token).ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
            var discarded = new byte[HandshakeCodec.MessageBytesMax];
            for (int total = 0; total < LingerBytesMax;)
            {
                int read = await socket.ReceiveAsync(discarded, SocketFlags.None, limit.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }
                total += read;
            }
        }
        catch (Exception problem)
            when (problem is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side is gone or does not listen: it cannot be told why. This side has logged it.
        }
    }
}
