using System.Net;
using Microsoft.Extensions.Logging;
using Synod.Paxos;
using Synod.Ports;

namespace Synod.Transport;

/// <summary>Every line that the peer links write: what happened, and what to do.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Listening for peers on {EndPoint}")]
    public static partial void Listening(this ILogger log, IPEndPoint endPoint);

    [LoggerMessage(2, LogLevel.Information,
        "Connected to {Peer} ({Lane} lane, {Remote}, incarnation {Incarnation}, feature level {FeatureLevel})")]
    public static partial void LinkUp(
        this ILogger log, NodeId peer, PeerLane lane, EndPoint? remote, uint incarnation, uint featureLevel);

    [LoggerMessage(3, LogLevel.Warning,
        "Lost {Peer} ({Lane} lane, {Remote}): {Reason}. It is dialled again by itself; look at {Peer} if "
        + "it stays away")]
    public static partial void LinkDown(this ILogger log, NodeId peer, PeerLane lane, EndPoint? remote, string reason);

    [LoggerMessage(4, LogLevel.Warning,
        "Cannot reach {Peer} at {Address}: {Reason}. Trying on; check that it runs and that the address is right")]
    public static partial void DialFailed(this ILogger log, NodeId peer, PeerAddress address, string reason);

    [LoggerMessage(5, LogLevel.Error,
        "{Peer} at {Address} refuses this node: {Reason}. Trying on; nothing is sent to it until that is put right")]
    public static partial void RefusedByPeer(this ILogger log, NodeId peer, PeerAddress address, string reason);

    [LoggerMessage(6, LogLevel.Error,
        "Refused {Peer} at {Address}: {Reason}. Trying on; nothing is sent to it until that is put right")]
    public static partial void RefusedCalled(this ILogger log, NodeId peer, PeerAddress address, string reason);

    [LoggerMessage(7, LogLevel.Error,
        "Refused a connection of {Caller} from {Remote}: {Reason}. The caller was told ({LeftOut} more "
        + "like it since the last such line)")]
    public static partial void RefusedCaller(
        this ILogger log, string caller, EndPoint? remote, string reason, long leftOut);

    [LoggerMessage(8, LogLevel.Error,
        "{Caller} called from {Remote} and then refused this node: {Reason} ({LeftOut} more like it since "
        + "the last such line)")]
    public static partial void RefusedByCaller(
        this ILogger log, string caller, EndPoint? remote, string reason, long leftOut);

    [LoggerMessage(9, LogLevel.Warning,
        "Dropped a connection from {Remote} that sent {What}; check what connects to the peer port "
        + "({LeftOut} more since the last such line)")]
    public static partial void ForeignBytes(this ILogger log, EndPoint? remote, string what, long leftOut);

    [LoggerMessage(10, LogLevel.Warning,
        "More than {Max} connections have not shown who they are: the oldest is closed; keep strangers off"
        + " the peer port ({LeftOut} more since the last such line)")]
    public static partial void HandshakeEvicted(this ILogger log, int max, long leftOut);

    [LoggerMessage(11, LogLevel.Error,
        "Cannot take connections of peers: {Problem}. Trying on; raise the limit of open files if that is "
        + "the cause ({LeftOut} more since the last such line)")]
    public static partial void AcceptFailed(this ILogger log, string problem, long leftOut);

    [LoggerMessage(12, LogLevel.Debug, "A caller left before its handshake was complete: {Reason}")]
    public static partial void CallerLeft(this ILogger log, string reason);

    [LoggerMessage(13, LogLevel.Debug, "Keep-alive cannot be set as wanted: {Problem}. Heartbeats do without it")]
    public static partial void KeepAliveUnavailable(this ILogger log, string problem);

    [LoggerMessage(14, LogLevel.Warning,
        "The {Lane} queue to {Peer} is full: frames are dropped and sent again later. {Peer} or the "
        + "network is too slow ({LeftOut} more since the last such line)")]
    public static partial void QueueFull(this ILogger log, PeerLane lane, NodeId peer, long leftOut);

    [LoggerMessage(15, LogLevel.Error,
        "A frame of {Bytes} bytes for {Peer} ({Lane} lane) is over the limit of {Max} and was dropped. "
        + "This is a fault of this program or of its limits: report it")]
    public static partial void FrameTooLong(this ILogger log, int bytes, NodeId peer, PeerLane lane, int max);
}
