using System.Net.Sockets;
using Synod.Wire;

namespace Synod.Transport.Links;

/// <summary>
/// The receiving half of a connection. Frames are cut out of one buffer, each into an array of its own that the owner
/// keeps; a frame larger than the buffer is read straight into its array. Not reading is the back-pressure: when the
/// owner does not take what is there, TCP makes the peer wait.
/// </summary>
internal sealed class Receiver : IThreadPoolWorkItem, IDisposable
{
    private readonly Connection _connection;
    private readonly Socket _socket;
    // No execution context: nothing here reads it, and capturing it costs at every operation.
    private readonly SocketAsyncEventArgs _operation = new(true);
    private readonly int _frameBytesMax;
    private readonly byte[] _buffer;
    private readonly byte[] _largeHeader = new byte[FrameCodec.HeaderBytes];

    private int _from;
    private int _to;
    private byte[]? _large;
    private int _largeFilled;
    private FrameKind _largeKind;
    private volatile bool _isDiscarding;

    public Receiver(Connection connection, Socket socket, int bufferBytes, int frameBytesMax)
    {
        _connection = connection;
        _socket = socket;
        _frameBytesMax = frameBytesMax;
        _buffer = GC.AllocateUninitializedArray<byte>(bufferBytes);
        _operation.Completed += (_, _) => Received();
    }

    /// <summary>Starts reading, or goes on after having been parked.</summary>
    public void Execute() => Run();

    /// <summary>
    /// From now on whatever comes is read and thrown away, so that closing does not reset what was sent.
    /// </summary>
    public void Discard() => _isDiscarding = true;

    public void Dispose() => _operation.Dispose();

    private void Received()
    {
        if (TakeCompletion())
        {
            Run();
        }
    }

    private void Run()
    {
        do
        {
            if (!_isDiscarding && _connection.Parks(this))
            {
                return;
            }
            if (_isDiscarding)
            {
                (_from, _to, _large) = (0, 0, null);
            }
            try
            {
                if (_large is not null)
                {
                    _operation.SetBuffer(_large, _largeFilled, _large.Length - _largeFilled);
                }
                else
                {
                    _operation.SetBuffer(_buffer, _to, _buffer.Length - _to);
                }
                if (_socket.ReceiveAsync(_operation))
                {
                    return;
                }
            }
            catch (ObjectDisposedException)
            {
                // Closed under our hands; its closing has been reported.
                return;
            }
        }
        while (TakeCompletion());
    }

    /// <summary>Takes what one read brought; false when the connection has ended.</summary>
    private bool TakeCompletion()
    {
        int bytes = _operation.BytesTransferred;
        if (_operation.SocketError != SocketError.Success || bytes == 0)
        {
            SocketError error = _operation.SocketError;
            _connection.Close(error == SocketError.Success ? Reasons.EndOfStream : Reasons.Of(error));
            return false;
        }
        if (_large is not null)
        {
            _largeFilled += bytes;
        }
        else
        {
            _to += bytes;
        }
        return _connection.Take(this, bytes);
    }

    /// <summary>
    /// The next whole frame, copied out. Incomplete when the rest has not arrived; all is then set up to read it.
    /// </summary>
    public FrameDecoding TryCut(out FrameKind kind, out byte[] payload)
    {
        if (_large is not null)
        {
            return TryCutLarge(out kind, out payload);
        }
        ReadOnlySpan<byte> input = _buffer.AsSpan(_from, _to - _from);
        FrameDecoding answer = FrameCodec.Decode(input, _frameBytesMax, out FrameHeader header, out var bytes);
        (kind, payload) = (header.Kind, []);
        if (answer == FrameDecoding.Whole)
        {
            _from += header.FrameBytes;
            payload = Copied(bytes, bytes.Length);
        }
        else if (answer == FrameDecoding.Incomplete)
        {
            MakeRoom(input, header);
        }
        return answer;
    }

    private FrameDecoding TryCutLarge(out FrameKind kind, out byte[] payload)
    {
        (kind, payload) = (_largeKind, _large!);
        if (_largeFilled < payload.Length)
        {
            return FrameDecoding.Incomplete;
        }
        (_large, _largeFilled) = (null, 0);
        return FrameCodec.IsIntact(_largeHeader, payload) ? FrameDecoding.Whole : FrameDecoding.Damaged;
    }

    private void MakeRoom(ReadOnlySpan<byte> input, FrameHeader header)
    {
        bool isHeaderKnown = input.Length >= FrameCodec.HeaderBytes;
        if (isHeaderKnown && header.FrameBytes > _buffer.Length)
        {
            input[..FrameCodec.HeaderBytes].CopyTo(_largeHeader);
            ReadOnlySpan<byte> begun = input[FrameCodec.HeaderBytes..];
            _large = Copied(begun, header.PayloadBytes);
            (_largeFilled, _largeKind) = (begun.Length, header.Kind);
            (_from, _to) = (0, 0);
        }
        else if (_from > 0)
        {
            input.CopyTo(_buffer);
            (_from, _to) = (0, input.Length);
        }
    }

    private static byte[] Copied(ReadOnlySpan<byte> bytes, int length)
    {
        byte[] copy = GC.AllocateUninitializedArray<byte>(length);
        bytes.CopyTo(copy);
        return copy;
    }
}
