using System.Net;
using Synod.Paxos;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Transport;

/// <summary>Who this node is, who the others are, and every limit of the peer links.</summary>
public sealed record TcpPeersOptions
{
    private const int MiB = 1024 * 1024;

    /// <summary>This node's number.</summary>
    public required NodeId Self { get; init; }

    /// <summary>The cluster; a connection of another is refused.</summary>
    public required ulong ClusterId { get; init; }

    /// <summary>This node's incarnation, as given by the cluster.</summary>
    public required uint Incarnation { get; init; }

    /// <summary>The identity of this node's data directory.</summary>
    public required DataIdentity Identity { get; init; }

    /// <summary>All members and where they can be reached; this node's own entry is not used.</summary>
    public required IReadOnlyDictionary<NodeId, PeerAddress> Members { get; init; }

    /// <summary>
    /// Where to listen for peers; port 0 takes a free one, which <see cref="TcpPeers.ListensOn"/> tells.
    /// </summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>The highest feature level that this node knows; told to the others.</summary>
    public uint FeatureLevel { get; init; } = 1;

    /// <summary>The largest frame in bytes, without its header. The same on all members.</summary>
    public int FrameBytesMax { get; init; } = FrameCodec.PayloadBytesMaxDefault;

    /// <summary>The most bytes that wait to be sent to one peer on its control lane.</summary>
    public int ControlSendBytesMax { get; init; } = 1 * MiB;

    /// <summary>The most bytes that wait to be sent to one peer on its data lane.</summary>
    public int DataSendBytesMax { get; init; } = 8 * MiB;

    /// <summary>The most bytes that wait to be sent to one peer on its bulk lane.</summary>
    public int BulkSendBytesMax { get; init; } = 32 * MiB;

    /// <summary>Between Hold and Flush, a lane on which this many bytes wait starts to send all the same.</summary>
    public int HoldBytesMax { get; init; } = 128 * 1024;

    /// <summary>
    /// Undelivered frames of one lane at which its socket is no longer read. What one read of the socket brought in is
    /// still delivered, so that <see cref="ReceiveBufferBytes"/> come on top.
    /// </summary>
    public int ReceiveFramesMax { get; init; } = 16 * 1024;

    /// <summary>
    /// Undelivered bytes of one lane at which its socket is no longer read; one frame can come on top.
    /// </summary>
    public long ReceiveBytesMax { get; init; } = 32 * MiB;

    /// <summary>
    /// The size of the blocks that each connection reads into. Whoever keeps bytes of a frame keeps its block.
    /// </summary>
    public int ReceiveBufferBytes { get; init; } = ByteBlocks.BlockBytes;

    /// <summary>Undelivered LinkUp events of one lane at which a new connection for it is turned away.</summary>
    public int LinkEventsMax { get; init; } = 16;

    /// <summary>Connections that have not finished their handshake; past that the oldest of them is closed.</summary>
    public int HandshakesInFlightMax { get; init; } = 64;

    /// <summary>How long a handshake may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt to connect may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The shortest wait before a lost lane is dialled again; it doubles with every failure.</summary>
    public TimeSpan RedialLeast { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before a lost lane is dialled again.</summary>
    public TimeSpan RedialMost { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After <see cref="TcpPeers.Refuse"/>: how long the peer is neither dialled nor admitted.</summary>
    public TimeSpan RefuseHoldOff { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a refused connection stays open for the other side to read the reason.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which TCP itself probes the other side.</summary>
    public TimeSpan KeepAliveTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Linux: sent bytes that stay unconfirmed for so long end the connection.</summary>
    public TimeSpan UserTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A log line about unwelcome connections comes at most once in this time; the next one tells how many were left
    /// out.
    /// </summary>
    public TimeSpan RepeatedLineInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock behind time-outs and back-off.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>What is wrong with these options, in one line; null when nothing is.</summary>
    public string? Problem()
    {
        if (Self == NodeId.None)
        {
            return "a node's number must not be 0";
        }
        if (!Members.ContainsKey(Self))
        {
            return $"{Self} is not among the members";
        }
        if (Members.ContainsKey(NodeId.None))
        {
            return "a member's number must not be 0";
        }
        bool areLimitsPositive = FrameBytesMax > 0 && ControlSendBytesMax > 0 && DataSendBytesMax > 0
            && BulkSendBytesMax > 0 && HoldBytesMax > 0 && ReceiveFramesMax > 0 && ReceiveBytesMax > 0
            && ReceiveBufferBytes >= FrameCodec.HeaderBytes && LinkEventsMax > 0 && HandshakesInFlightMax > 0;
        bool areTimesPositive = HandshakeTimeout > TimeSpan.Zero && ConnectTimeout > TimeSpan.Zero
            && RedialLeast > TimeSpan.Zero && RedialMost >= RedialLeast && LingerTimeout > TimeSpan.Zero;
        return areLimitsPositive && areTimesPositive
            ? null
            : "every limit and time-out of the peer links must be positive";
    }

    internal int SendBytesMax(PeerLane lane) => lane switch
    {
        PeerLane.Control => ControlSendBytesMax,
        PeerLane.Data => DataSendBytesMax,
        _ => BulkSendBytesMax,
    };
}
