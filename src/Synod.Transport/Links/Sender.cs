using System.Net.Sockets;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Transport.Metering;
using Synod.Wire;

namespace Synod.Transport.Links;

/// <summary>
/// The sending half of a connection: two buffers, one being filled while the other is on its way. Whoever finds nothing
/// on its way starts a non-blocking send on the spot, which spares a hop to another thread; what the kernel does not
/// take at once, and all that is queued meanwhile, follows from the completion as one send.
/// </summary>
internal sealed class Sender : IThreadPoolWorkItem, IDisposable
{
    private const int BufferBytesInitial = 16 * 1024;
    private const int BufferBytesKept = 4 * 1024 * 1024;

    /// <summary>Sends that a caller does for what others queue meanwhile, before a pool thread takes over.</summary>
    private const int RoundsMax = 8;

    private readonly Lock _gate = new();
    private readonly Connection _connection;
    private readonly Socket _socket;
    private readonly LaneMeter _meter;
    // No execution context: nothing here reads it, and capturing it costs at every operation.
    private readonly SocketAsyncEventArgs _operation = new(true);
    private readonly int _bytesMax;
    private readonly int _holdBytesMax;

    private byte[] _filling = new byte[BufferBytesInitial];
    private byte[] _sending = new byte[BufferBytesInitial];
    private int _filled;
    private int _sendingFrom;
    private int _sendingTo;
    private bool _isSending;
    private bool _isFinishing;

    public Sender(Connection connection, Socket socket, LaneMeter meter, int bytesMax, int holdBytesMax)
    {
        _connection = connection;
        _socket = socket;
        _meter = meter;
        _bytesMax = bytesMax;
        _holdBytesMax = holdBytesMax;
        _operation.Completed += (_, _) => Sent();
    }

    /// <summary>
    /// Queues a copy; false when the queue is full. A frame larger than the whole queue is taken when nothing else
    /// waits: it must be able to pass some time.
    /// </summary>
    public bool TryQueue(ReadOnlySpan<byte> frame, bool mayWait)
    {
        lock (_gate)
        {
            int waiting = _filled + _sendingTo - Volatile.Read(ref _sendingFrom);
            if (_isFinishing || (waiting > 0 && (long)waiting + FrameCodec.HeaderBytes + frame.Length > _bytesMax))
            {
                return false;
            }
            Append(FrameKind.Payload, frame);
            _meter.FramesOut++;
            if (_isSending || (mayWait && _filled < _holdBytesMax))
            {
                return true;
            }
            _isSending = true;
        }
        Pump();
        return true;
    }

    /// <summary>Starts what waits, if anything does and nothing is on its way.</summary>
    public void Flush()
    {
        if (Volatile.Read(ref _filled) == 0)
        {
            return;
        }
        lock (_gate)
        {
            if (_isSending || _filled == 0)
            {
                return;
            }
            _isSending = true;
        }
        Pump();
    }

    /// <summary>Sends what is queued, then the reason, then the end of the stream.</summary>
    public void Finish(FrameKind last, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            Append(last, payload);
            _isFinishing = true;
            if (_isSending)
            {
                return;
            }
            _isSending = true;
        }
        Pump();
    }

    /// <inheritdoc/>
    public void Execute() => Pump();

    public void Dispose() => _operation.Dispose();

    private void Append(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        int needed = _filled + FrameCodec.HeaderBytes + payload.Length;
        if (needed > _filling.Length)
        {
            Array.Resize(ref _filling, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _filling.Length)));
        }
        _filled += FrameCodec.Write(_filling.AsSpan(_filled), kind, payload);
    }

    /// <summary>
    /// Sends until nothing waits or the kernel is full. For the one who set <see cref="_isSending"/>.
    /// </summary>
    private void Pump()
    {
        try
        {
            for (int round = 0; round < RoundsMax; round++)
            {
                if (_sendingFrom == _sendingTo && !TakeFilled())
                {
                    return;
                }
                ReadOnlySpan<byte> rest = _sending.AsSpan(_sendingFrom, _sendingTo - _sendingFrom);
                int sent = _socket.Send(rest, SocketFlags.None, out SocketError error);
                if (error is not (SocketError.Success or SocketError.WouldBlock))
                {
                    _connection.Close(Reasons.Of(error));
                    return;
                }
                Advance(error == SocketError.Success ? sent : 0);
                if (error == SocketError.WouldBlock && !SendRestLater())
                {
                    return;
                }
            }
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        catch (ObjectDisposedException)
        {
            // The connection was closed under our hands, and its closing has been reported; what was queued is lost.
            Check.That(!_connection.IsOpen);
        }
        catch (SocketException problem)
        {
            _connection.Close(Reasons.Of(problem.SocketErrorCode));
        }
    }

    /// <summary>Hands the rest to the kernel for when it has room; true when that turned out to be at once.</summary>
    private bool SendRestLater()
    {
        _operation.SetBuffer(_sending, _sendingFrom, _sendingTo - _sendingFrom);
        if (_socket.SendAsync(_operation))
        {
            return false;
        }
        return TakeCompletion();
    }

    private void Sent()
    {
        if (TakeCompletion())
        {
            Pump();
        }
    }

    private bool TakeCompletion()
    {
        if (_operation.SocketError != SocketError.Success)
        {
            _connection.Close(Reasons.Of(_operation.SocketError));
            return false;
        }
        Advance(_operation.BytesTransferred);
        return true;
    }

    private void Advance(int bytes)
    {
        _meter.BytesOut += bytes;
        Volatile.Write(ref _sendingFrom, _sendingFrom + bytes);
    }

    /// <summary>Exchanges the buffers; false when nothing was waiting, and then nobody is sending any more.</summary>
    private bool TakeFilled()
    {
        lock (_gate)
        {
            if (_filled > 0)
            {
                (_filling, _sending) = (_sending, _filling);
                (_sendingFrom, _sendingTo, _filled) = (0, _filled, 0);
                return true;
            }
            (_sendingFrom, _sendingTo) = (0, 0);
            _sending = _sending.Length > BufferBytesKept ? new byte[BufferBytesInitial] : _sending;
            _filling = _filling.Length > BufferBytesKept ? new byte[BufferBytesInitial] : _filling;
            _isSending = false;
            if (_isFinishing)
            {
                _socket.Shutdown(SocketShutdown.Send);
            }
            return false;
        }
    }
}
