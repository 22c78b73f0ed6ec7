using System.Net.Sockets;
using Synod.Client.Http2;

namespace Synod.Client.Load;

/// <summary>Bytes on their way to a non-blocking socket.</summary>
internal sealed class SendBuffer
{
    /// <summary>A server that lets more than this wait does not read at all.</summary>
    private const int BytesMax = 64 << 20;

    private byte[] _bytes = new byte[64 << 10];
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    /// <summary>Room for the next bytes; they count as written.</summary>
    public Span<byte> Append(int count)
    {
        if (_bytes.Length - _end < count)
        {
            MakeRoom(count);
        }
        Span<byte> room = _bytes.AsSpan(_end, count);
        _end += count;
        return room;
    }

    public void Append(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Span<byte> room = Append(FrameHeader.Bytes + payload.Length);
        header.Write(room);
        payload.CopyTo(room[FrameHeader.Bytes..]);
    }

    /// <summary>Sends what the socket takes.</summary>
    public void Flush(Socket socket)
    {
        while (_start < _end)
        {
            int sent = socket.Send(_bytes.AsSpan(_start, _end - _start), SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock)
            {
                return;
            }
            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }
            _start += sent;
        }
        _start = 0;
        _end = 0;
    }

    private void MakeRoom(int count)
    {
        int pending = _end - _start;
        if (pending + count > BytesMax)
        {
            throw new Http2ProtocolException($"the server left {pending} bytes unread");
        }
        byte[] target = pending + count <= _bytes.Length / 2
            ? _bytes
            : new byte[Math.Max(_bytes.Length * 2, pending + count)];
        Buffer.BlockCopy(_bytes, _start, target, 0, pending);
        _bytes = target;
        _start = 0;
        _end = pending;
    }
}
