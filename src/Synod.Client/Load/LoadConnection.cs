using System.Buffers.Binary;
using System.Net.Sockets;
using Synod.Client.Http2;

namespace Synod.Client.Load;

/// <summary>
/// One HTTP/2 connection of the load generator: keeps as many requests in flight as it has clients. It never blocks
/// after it is open; the run tells it when its socket can be read or written.
/// </summary>
internal sealed partial class LoadConnection : IDisposable
{
    private const int ReceiveBytes = 256 << 10;

    // Far more than any run of answers in flight: the server never waits for this side's window.
    private const int StreamWindowBytes = 16 << 20;
    private const int ConnectionWindowBytes = 1 << 30;
    private const int HeaderBlockBytesMax = 64 << 10;

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    private readonly Socket _socket;
    private readonly LoadRun _run;
    private readonly SendBuffer _output = new();
    private readonly HpackDecoder _decoder = new();
    private readonly StreamSlots _slots;
    private readonly byte[] _input = new byte[ReceiveBytes];
    private readonly MemoryStream _headerBlock = new();
    private RequestHeaderEncoder? _encoder;
    private PeerSettings _settings = new();
    private bool _settingsSeen;
    private int _inputBytes;
    private int _nextStream = 1;
    private long _sendWindow = PeerSettings.WindowBytesInitial;
    private int _receivedSinceUpdate;
    private FrameHeader _openHeaders;
    private PlannedRequest? _heldBack;
    private long _heldSince;

    public LoadConnection(Socket socket, Uri endpoint, int clients, LoadRun run)
    {
        _socket = socket;
        _run = run;
        Endpoint = endpoint;
        _slots = new StreamSlots(clients);
        Preface.CopyTo(_output.Append(Preface.Length));
        Span<byte> settings = stackalloc byte[12];
        WriteSetting(settings, SettingId.EnablePush, 0);
        WriteSetting(settings[6..], SettingId.InitialWindowSize, StreamWindowBytes);
        _output.Append(new FrameHeader(settings.Length, FrameType.Settings, 0, 0), settings);
        SendWindowUpdate(ConnectionWindowBytes - PeerSettings.WindowBytesInitial);
    }

    public Uri Endpoint { get; }

    public Socket Socket => _socket;

    public int InFlight => _slots.InFlight;

    /// <summary>Whether bytes wait until the socket can be written.</summary>
    public bool WantsToWrite => !_output.IsEmpty;

    /// <summary>Whether the server's settings are here, without which no request may be sent.</summary>
    public bool IsReady => _settingsSeen;

    /// <summary>Since when the longest waiting request has waited; <see cref="long.MaxValue"/> without any.</summary>
    public long OldestStart() => Math.Min(_slots.OldestStart(), _heldBack is null ? long.MaxValue : _heldSince);

    /// <summary>Starts requests until all clients of this connection are busy.</summary>
    public void Fill(long now)
    {
        if (_run.IsOver)
        {
            _heldBack = null;
        }
        while (_settingsSeen && _slots.HasFree)
        {
            PlannedRequest request;
            if (_heldBack is { } held)
            {
                request = held;
            }
            else if (!_run.TryNext(out request))
            {
                return;
            }
            _heldBack = null;
            if (!TryStart(request, now))
            {
                // Until the server opens its window.
                _heldBack = request;
                _heldSince = now;
                return;
            }
        }
    }

    /// <summary>Sends what the socket takes.</summary>
    public void Flush() => _output.Flush(_socket);

    /// <summary>Reads what has come, counts finished requests and starts new ones in their place.</summary>
    public void Receive()
    {
        int count = _socket.Receive(_input.AsSpan(_inputBytes), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }
        if (error != SocketError.Success)
        {
            throw new SocketException((int)error);
        }
        if (count == 0)
        {
            throw new LoadFailure($"{Endpoint.Authority} closed the connection");
        }
        _inputBytes += count;
        long now = _run.Now();
        ReadOnlySpan<byte> received = _input.AsSpan(0, _inputBytes);
        while (FrameReader.TryTake(ref received, out FrameHeader header, out ReadOnlySpan<byte> payload))
        {
            Take(header, payload, now);
        }
        received.CopyTo(_input);
        _inputBytes = received.Length;
        Fill(now);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _headerBlock.Dispose();
    }

    private bool TryStart(PlannedRequest request, long now)
    {
        ReadOnlySpan<byte> body = _run.Messages.Body(request);
        if (body.Length > _sendWindow)
        {
            return false;
        }
        if (_nextStream == int.MaxValue)
        {
            throw new LoadFailure($"{Endpoint.Authority}: all stream numbers of a connection are used up");
        }
        byte[] block = _encoder!.Encode(request.IsPut ? RequestMessages.PutPath : RequestMessages.RangePath);
        int stream = _nextStream;
        _nextStream += 2;
        _sendWindow -= body.Length;
        _output.Append(new FrameHeader(block.Length, FrameType.Headers, FrameFlags.EndHeaders, stream), block);
        while (body.Length > _settings.FrameBytesMax)
        {
            _output.Append(new FrameHeader(_settings.FrameBytesMax, FrameType.Data, 0, stream),
                body[.._settings.FrameBytesMax]);
            body = body[_settings.FrameBytesMax..];
        }
        _output.Append(new FrameHeader(body.Length, FrameType.Data, FrameFlags.EndStream, stream), body);
        _slots.Open(stream, now, !request.IsPut);
        return true;
    }

    private void SendWindowUpdate(int increment)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, increment);
        _output.Append(new FrameHeader(payload.Length, FrameType.WindowUpdate, 0, 0), payload);
    }

    private static void WriteSetting(Span<byte> target, ushort id, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, id);
        BinaryPrimitives.WriteInt32BigEndian(target[2..], value);
    }
}
