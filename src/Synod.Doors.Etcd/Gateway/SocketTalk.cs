using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>
/// A stream over a WebSocket: each message of the client is a JSON request, each answer a text message. What the client
/// says is read all the time, for only then its pings and its leaving are noticed; what a method has not taken yet waits,
/// and past a bound the client does.
/// </summary>
internal sealed class SocketTalk : GatewayTalk, IDisposable
{
    private const int ReceiveBytes = 4096;

    /// <summary>A client that does not answer the closing of a socket is not waited for any longer.</summary>
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly Pipe _heard;
    private readonly CancellationTokenSource _gone;
    private readonly Task _listening;
    private readonly int _valueBytesMax;

    /// <summary>Begins to listen.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="valueBytesMax">The longest message.</param>
    /// <param name="closing">Cancelled when nobody is to be served any more.</param>
    public SocketTalk(WebSocket socket, int valueBytesMax, CancellationToken closing)
    {
        _socket = socket;
        _valueBytesMax = valueBytesMax;
        _heard = new Pipe(new PipeOptions(pauseWriterThreshold: 2L * valueBytesMax, resumeWriterThreshold: valueBytesMax));
        _gone = CancellationTokenSource.CreateLinkedTokenSource(closing);
        Gone = _gone.Token;
        _listening = ListenAsync();
    }

    /// <inheritdoc/>
    public override PipeReader Requests => _heard.Reader;

    /// <inheritdoc/>
    public override bool EndsLines => false;

    /// <inheritdoc/>
    public override CancellationToken Gone { get; }

    /// <inheritdoc/>
    public override ValueTask SayAsync(ReadOnlyMemory<byte> json) =>
        _socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, Gone);

    /// <inheritdoc/>
    public override ValueTask SayWhyAsync(GrpcStatus status) => SayAsync(Encoding.UTF8.GetBytes(GatewayJson.StreamError(status)));

    /// <summary>Closes the socket: all is said.</summary>
    public async Task CloseAsync()
    {
        using var patience = new CancellationTokenSource(CloseWithin);
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token).ConfigureAwait(false);
            }
            // What the client still says is nobody's business; its own close is waited for.
            await _heard.Reader.CompleteAsync().ConfigureAwait(false);
            await _listening.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            _socket.Abort(); // It is gone, or as good as gone.
        }
        await _listening.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _gone.Dispose();

    private async Task ListenAsync()
    {
        try
        {
            while (await HearAsync().ConfigureAwait(false))
            {
                // Further messages.
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            _socket.Abort(); // The client is gone without a word, or the door closes.
        }
        await _gone.CancelAsync().ConfigureAwait(false);
        await _heard.Writer.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Hears one message; false when there are no more.</summary>
    private async ValueTask<bool> HearAsync()
    {
        var length = 0L;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_heard.Writer.GetMemory(ReceiveBytes), CancellationToken.None).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return false;
            }
            length += received.Count;
            if (length > _valueBytesMax)
            {
                await _socket.CloseOutputAsync(
                    WebSocketCloseStatus.MessageTooBig, $"a value of more than {_valueBytesMax} bytes", Gone).ConfigureAwait(false);
                return false;
            }
            _heard.Writer.Advance(received.Count);
            if (received.EndOfMessage)
            {
                // A blank between: two numbers or words in two messages are two values. Before the end of a message the
                // reader is not roused: it would begin the value anew with every piece.
                _heard.Writer.GetSpan(1)[0] = (byte)'\n';
                _heard.Writer.Advance(1);
                await _heard.Writer.FlushAsync(Gone).ConfigureAwait(false);
                return true;
            }
        }
    }
}
