using System.Net;
using System.Net.Sockets;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Transport.Tests.World;

/// <summary>A plain blocking socket that speaks the peer protocol by hand, so that it can speak it badly.</summary>
internal sealed class RawPeer : IDisposable
{
    /// <summary>How long a read may take before the test fails.</summary>
    private const int ReadTimeoutMilliseconds = 30_000;

    private readonly Socket _socket;

    public RawPeer(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = ReadTimeoutMilliseconds,
            NoDelay = true,
        };
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
    }

    public static Hello HelloOf(uint from, uint to, PeerLane lane = PeerLane.Data) =>
        new(PeerWorld.Cluster, from, to, (byte)lane, 40 + from, 1, PeerWorld.IdentityOf(from).Bits);

    /// <summary>Connects as <paramref name="from"/> and goes through with the handshake.</summary>
    public static RawPeer Greeted(int port, uint from, uint to, PeerLane lane = PeerLane.Data)
    {
        var peer = new RawPeer(port);
        peer.Write(HandshakeCodec.Write(HelloOf(from, to, lane)));
        Assert.Equal(HandshakeKind.Hello, peer.ReadHandshake().Kind);
        peer.Write(HandshakeCodec.WriteWelcome());
        return peer;
    }

    public static byte[] Framed(byte[] payload, FrameKind kind = FrameKind.Payload)
    {
        var frame = new byte[FrameCodec.HeaderBytes + payload.Length];
        FrameCodec.Write(frame, kind, payload);
        return frame;
    }

    public void Write(byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += _socket.Send(bytes.AsSpan(sent));
        }
    }

    public HandshakeMessage ReadHandshake()
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (true)
        {
            HandshakeDecoding answer = HandshakeCodec.Decode(bytes.ToArray(), out HandshakeMessage message, out _);
            if (answer == HandshakeDecoding.Whole)
            {
                return message;
            }
            Assert.Equal(HandshakeDecoding.Incomplete, answer);
            Assert.True(_socket.Receive(one) == 1, "closed in the middle of a handshake message");
            bytes.Add(one[0]);
        }
    }

    public string? ReadRefusal()
    {
        HandshakeMessage message = ReadHandshake();
        Assert.Equal(HandshakeKind.Refusal, message.Kind);
        return message.Reason;
    }

    /// <summary>Everything until the other side closes or resets.</summary>
    public byte[] ReadToEnd()
    {
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        while (true)
        {
            int read = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
            Assert.NotEqual(SocketError.TimedOut, error);
            Assert.NotEqual(SocketError.WouldBlock, error);
            if (read == 0 || error != SocketError.Success)
            {
                return [.. bytes];
            }
            bytes.AddRange(buffer.AsSpan(0, read));
        }
    }

    public void Dispose() => _socket.Dispose();
}
