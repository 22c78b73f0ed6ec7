using System.Net.Sockets;

namespace Synod.Transport.Links;

/// <summary>What the network said, in words for a log line.</summary>
internal static class Reasons
{
    public const string EndOfStream = "the peer closed the connection";
    public const string Replaced = "replaced by a newer connection of the same peer";
    public const string Goodbye = "it says goodbye: it was asked to stop";
    public const string Stopping = "this node is stopping";

    public static string Of(SocketError error) => error switch
    {
        SocketError.ConnectionReset or SocketError.Shutdown => "reset by the peer",
        SocketError.ConnectionAborted or SocketError.OperationAborted => "aborted by this machine",
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.TimedOut => "no answer from the peer's machine",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route to the peer's machine",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the name does not resolve",
        _ => new SocketException((int)error).Message,
    };
}
