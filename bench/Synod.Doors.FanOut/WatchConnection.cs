using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Synod.Client.Http2;
using Synod.Client.Load;
using Synod.Protocol.Etcd;

namespace Synod.Doors.FanOut;

/// <summary>
/// One HTTP/2 connection with many watch streams. It reads frames itself, so that on a shared machine the servers
/// and not this side are measured: a thousand streams of a full client cost more than the servers do.
/// </summary>
internal sealed class WatchConnection : IDisposable
{
    private const string WatchPath = "/etcdserverpb.Watch/Watch";
    private const int GrpcPrefixBytes = 5;
    private const int ReceiveBytes = 256 << 10;
    private const int StreamWindowBytes = 16 << 20;
    private const int ConnectionWindowBytes = 1 << 30;

    private readonly SendBuffer _output = new();
    private readonly byte[] _input = new byte[ReceiveBytes];
    private readonly Dictionary<int, byte[]> _begunMessages = [];
    private readonly Action<long, long> _seen;
    private int _inputBytes;

    /// <param name="endpoint">The server.</param>
    /// <param name="watches">Streams to open, each with one watcher.</param>
    /// <param name="key">What is watched.</param>
    /// <param name="seen">Called with the time of an event's put, and the time of its arrival.</param>
    public WatchConnection(Uri endpoint, int watches, ByteString key, Action<long, long> seen)
    {
        _seen = seen;
        Socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(endpoint.Host, endpoint.Port);
        Socket.Blocking = false;
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(_output.Append(24));
        Span<byte> settings = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(settings, SettingId.InitialWindowSize);
        BinaryPrimitives.WriteInt32BigEndian(settings[2..], StreamWindowBytes);
        _output.Append(new FrameHeader(settings.Length, FrameType.Settings, 0, 0), settings);
        Span<byte> window = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(window, ConnectionWindowBytes - PeerSettings.WindowBytesInitial);
        _output.Append(new FrameHeader(window.Length, FrameType.WindowUpdate, 0, 0), window);
        OpenStreams(endpoint, watches, key);
    }

    public Socket Socket { get; }

    /// <summary>Watchers that the server says it has made.</summary>
    public int Created { get; private set; }

    public void Flush() => _output.Flush(Socket);

    /// <summary>Takes what has come.</summary>
    public void Receive()
    {
        int count = Socket.Receive(_input.AsSpan(_inputBytes), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }
        if (error != SocketError.Success || count == 0)
        {
            throw new IOException($"a connection with watches broke: {(count == 0 ? "closed" : error)}");
        }
        long now = System.Diagnostics.Stopwatch.GetTimestamp();
        _inputBytes += count;
        ReadOnlySpan<byte> received = _input.AsSpan(0, _inputBytes);
        while (FrameReader.TryTake(ref received, out FrameHeader header, out ReadOnlySpan<byte> payload))
        {
            Take(header, payload, now);
        }
        received.CopyTo(_input);
        _inputBytes = received.Length;
    }

    public void Dispose() => Socket.Dispose();

    private void OpenStreams(Uri endpoint, int watches, ByteString key)
    {
        var create = new WatchRequest { CreateRequest = new WatchCreateRequest { Key = key } };
        byte[] body = [0, 0, 0, 0, (byte)create.CalculateSize(), .. create.ToByteArray()];
        var encoder = new RequestHeaderEncoder(endpoint.Authority, 0);
        for (int number = 0; number < watches; number++)
        {
            byte[] block = encoder.Encode(WatchPath);
            int stream = (2 * number) + 1;
            _output.Append(new FrameHeader(block.Length, FrameType.Headers, FrameFlags.EndHeaders, stream), block);
            _output.Append(new FrameHeader(body.Length, FrameType.Data, 0, stream), body);
        }
    }

    private void Take(FrameHeader header, ReadOnlySpan<byte> payload, long now)
    {
        switch (header.Type)
        {
            case FrameType.Data:
                TakeData(header.StreamId, FrameReader.Content(header, payload), now);
                break;
            case FrameType.Settings when !header.Has(FrameFlags.Ack):
                _output.Append(new FrameHeader(0, FrameType.Settings, FrameFlags.Ack, 0), []);
                break;
            case FrameType.Ping when !header.Has(FrameFlags.Ack):
                _output.Append(new FrameHeader(payload.Length, FrameType.Ping, FrameFlags.Ack, 0), payload);
                break;
            case FrameType.RstStream or FrameType.GoAway:
                throw new IOException($"the server sent {header.Type}: {Encoding.ASCII.GetString(payload)}");
            default:
                break;
        }
    }

    private void TakeData(int stream, ReadOnlySpan<byte> content, long now)
    {
        if (_begunMessages.Remove(stream, out byte[]? begun))
        {
            content = (byte[])[.. begun, .. content];
        }
        while (content.Length >= GrpcPrefixBytes)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(content[1..]);
            if (content.Length - GrpcPrefixBytes < length)
            {
                break;
            }
            See(WatchResponse.Parser.ParseFrom(content.Slice(GrpcPrefixBytes, length)), now);
            content = content[(GrpcPrefixBytes + length)..];
        }
        if (!content.IsEmpty)
        {
            _begunMessages[stream] = content.ToArray();
        }
    }

    private void See(WatchResponse response, long now)
    {
        Created += response.Created ? 1 : 0;
        foreach (Event seen in response.Events)
        {
            string[] parts = seen.Kv.Value.ToStringUtf8().Split(' ');
            _seen(long.Parse(parts[0], CultureInfo.InvariantCulture), now);
        }
    }
}
