using System.Net.Sockets;
using Synod.Wire;

namespace Synod.Transport.Links;

/// <summary>
/// The receiving half of a connection. Frames are cut out of the block that they were read into, and are not copied: a
/// full block is left to whoever keeps something of it, and the next one begun. A frame larger than a block is read
/// straight into an array of its own. Not reading is the back-pressure: when the owner does not take what is there, TCP
/// makes the peer wait.
/// </summary>
internal sealed class Receiver : IThreadPoolWorkItem, IDisposable
{
    private readonly Connection _connection;
    private readonly Socket _socket;
    // No execution context: nothing here reads it, and capturing it costs at every operation.
    private readonly SocketAsyncEventArgs _operation = new(true);
    private readonly int _frameBytesMax;
    private readonly int _blockBytes;
    private readonly byte[] _largeHeader = new byte[FrameCodec.HeaderBytes];

    // What lies before _to may have been handed out, and is never written again.
    private byte[] _block;
    private int _from;
    private int _to;
    private byte[]? _large;
    private int _largeFilled;
    private FrameKind _largeKind;
    private volatile bool _isDiscarding;
    private bool _hasDiscardBlock;

    public Receiver(Connection connection, Socket socket, int blockBytes, int frameBytesMax)
    {
        _connection = connection;
        _socket = socket;
        _frameBytesMax = frameBytesMax;
        _blockBytes = blockBytes;
        _block = ByteBlocks.NewBlock(blockBytes);
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
                MakeRoomToDiscard();
            }
            try
            {
                if (_large is not null)
                {
                    _operation.SetBuffer(_large, _largeFilled, _large.Length - _largeFilled);
                }
                else
                {
                    _operation.SetBuffer(_block, _to, _block.Length - _to);
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

    /// <summary>The next whole frame. Incomplete when the rest has not arrived; all is then set up to read it.</summary>
    public FrameDecoding TryCut(out FrameKind kind, out ReadOnlyMemory<byte> payload)
    {
        if (_large is not null)
        {
            return TryCutLarge(out kind, out payload);
        }
        ReadOnlySpan<byte> input = _block.AsSpan(_from, _to - _from);
        FrameDecoding answer = FrameCodec.Decode(input, _frameBytesMax, out FrameHeader header, out _);
        (kind, payload) = (header.Kind, default);
        if (answer == FrameDecoding.Whole)
        {
            payload = _block.AsMemory(_from + FrameCodec.HeaderBytes, header.PayloadBytes);
            _from += header.FrameBytes;
        }
        else if (answer == FrameDecoding.Incomplete)
        {
            MakeRoom(input, header);
        }
        return answer;
    }

    private FrameDecoding TryCutLarge(out FrameKind kind, out ReadOnlyMemory<byte> payload)
    {
        (kind, payload) = (_largeKind, _large);
        if (_largeFilled < payload.Length)
        {
            return FrameDecoding.Incomplete;
        }
        (_large, _largeFilled) = (null, 0);
        return FrameCodec.IsIntact(_largeHeader, payload.Span) ? FrameDecoding.Whole : FrameDecoding.Damaged;
    }

    private void MakeRoom(ReadOnlySpan<byte> input, FrameHeader header)
    {
        bool isHeaderKnown = input.Length >= FrameCodec.HeaderBytes;
        if (isHeaderKnown && header.FrameBytes > _blockBytes)
        {
            input[..FrameCodec.HeaderBytes].CopyTo(_largeHeader);
            ReadOnlySpan<byte> begun = input[FrameCodec.HeaderBytes..];
            _large = ByteBlocks.NewBlock(header.PayloadBytes);
            begun.CopyTo(_large);
            (_largeFilled, _largeKind) = (begun.Length, header.Kind);
            _from = _to;
        }
        // Small rests of a block would cost a read each; and the frame that has begun must end in the same block.
        int needed = Math.Max(
            Math.Max(_blockBytes / RestsPerBlock, FrameCodec.HeaderBytes),
            isHeaderKnown && _large is null ? header.FrameBytes : 0);
        if (_block.Length - _from < needed)
        {
            ReadOnlySpan<byte> begun = _block.AsSpan(_from, _to - _from);
            byte[] next = ByteBlocks.NewBlock(_blockBytes);
            begun.CopyTo(next);
            (_block, _from, _to) = (next, 0, begun.Length);
        }
    }

    /// <summary>What was handed out stays as it is: what is thrown away is read into a block that nobody knows.</summary>
    private void MakeRoomToDiscard()
    {
        if (!_hasDiscardBlock)
        {
            _hasDiscardBlock = true;
            _block = ByteBlocks.NewBlock(_blockBytes);
        }
        (_from, _to, _large) = (0, 0, null);
    }

    private const int RestsPerBlock = 8;
}
