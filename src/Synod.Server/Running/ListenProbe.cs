using System.Net;
using System.Net.Sockets;
using Synod.Server.CommandLine;
using Synod.Server.Serving;

namespace Synod.Server.Running;

/// <summary>
/// Looks whether a node will be able to listen, before its recovery: that may take a while, and who starts it wants to know
/// at once. What is taken in between is found when the ports are opened.
/// </summary>
internal static class ListenProbe
{
    /// <summary>Tries each address.</summary>
    /// <param name="whom">For whom to listen: "clients" or "peers".</param>
    /// <param name="urls">Where.</param>
    /// <exception cref="UserErrorException">One cannot be listened on.</exception>
    public static void Check(string whom, params IEnumerable<NodeUrl> urls)
    {
        foreach (var url in urls)
        {
            foreach (var address in AddressesOf(url))
            {
                try
                {
                    // Bound and not listening: nobody is told that somebody is here.
                    using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(new IPEndPoint(address, url.Port));
                }
                catch (SocketException e)
                {
                    throw new UserErrorException(
                        $"cannot listen for {whom} on {url}: {CauseOf(e)}", SynodCommandLine.ExitCodeFailure);
                }
            }
        }
    }

    private static IPAddress[] AddressesOf(NodeUrl url) =>
        url.Host == "localhost" ? [IPAddress.Loopback] : [IPAddress.Parse(url.Host)];

    private static string CauseOf(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the address is in use; is another node running here?",
        SocketError.AccessDenied => "access to the port is denied",
        SocketError.AddressNotAvailable => "this machine has no such address",
        _ => e.Message,
    };
}
