using System.Net;
using System.Net.Sockets;

namespace Synod.Transport;

/// <summary>
/// A listen address cannot be had. The message is one line that a command line can print as it stands: it names the
/// address, what is wrong and what to do.
/// </summary>
public sealed class PortUnavailableException : Exception
{
    internal PortUnavailableException(IPEndPoint endPoint, SocketException cause)
        : base(Explain(endPoint, cause), cause) =>
        EndPoint = endPoint;

    /// <summary>The address that could not be had.</summary>
    public IPEndPoint EndPoint { get; }

    private static string Explain(IPEndPoint endPoint, SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse =>
            $"port {endPoint} is in use by another process; stop that process or listen for peers on another port",
        SocketError.AccessDenied =>
            $"port {endPoint} may not be used by this user; listen for peers on a port above 1023 or grant the right",
        SocketError.AddressNotAvailable =>
            $"port {endPoint} is not on this machine: no network interface has the address {endPoint.Address}; "
            + "listen for peers on an address of this machine",
        _ => $"port {endPoint} cannot be used: {cause.Message}",
    };
}
