using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Synod.Transport;

/// <summary>
/// Where a peer can be reached: a name or an address, and a port. The name is resolved anew at every dial.
/// </summary>
/// <param name="Host">A host name, or an IPv4 or IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct PeerAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, <c>1.2.3.4:port</c> or <c>[::1]:port</c>; false when it is neither.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PeerAddress address)
    {
        address = default;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is 0 or > IPEndPoint.MaxPort)
        {
            return false;
        }
        string host = text[..colon];
        bool isBracketed = host is ['[', .., ']'];
        host = isBracketed ? host[1..^1] : host;
        UriHostNameType kind = Uri.CheckHostName(host);
        // Without brackets "::1:2380" could be an address or an address with a port.
        if (kind == UriHostNameType.Unknown || (kind == UriHostNameType.IPv6) != isBracketed)
        {
            return false;
        }
        address = new PeerAddress(host, port);
        return true;
    }

    /// <summary>All addresses that the host has now, in the resolver's order of preference.</summary>
    internal async ValueTask<IPEndPoint[]> ResolveAsync(CancellationToken cancellation)
    {
        if (IPAddress.TryParse(Host, out IPAddress? literal))
        {
            return [new IPEndPoint(literal, Port)];
        }
        IPAddress[] found = await Dns.GetHostAddressesAsync(Host, cancellation).ConfigureAwait(false);
        int port = Port;
        return [.. found.Where(IsUsable).Select(address => new IPEndPoint(address, port))];
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}");

    private static bool IsUsable(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => Socket.OSSupportsIPv4,
        AddressFamily.InterNetworkV6 => Socket.OSSupportsIPv6,
        _ => false,
    };
}
