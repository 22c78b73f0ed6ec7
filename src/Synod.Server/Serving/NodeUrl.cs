using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Synod.Server.Serving;

/// <summary>A plain <c>http://host:port</c>, the only kind of address that nodes and clients have today.</summary>
internal sealed record NodeUrl(string Host, int Port)
{
    private const string Example = "http://127.0.0.1:2379";

    /// <summary>Whether a socket can be bound to the host as it is written: an IP address or <c>localhost</c>.</summary>
    public bool IsBindable => Host == "localhost" || IPAddress.TryParse(Host, out _);

    /// <summary>Whether the host means "every address of this machine": good to listen on, useless to be reached at.</summary>
    public bool IsWildcard =>
        IPAddress.TryParse(Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>Reads one URL.</summary>
    /// <param name="text">The text.</param>
    /// <param name="url">The URL.</param>
    /// <param name="problem">What is wrong with the text, to follow the name of the option.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out NodeUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        problem = Problem(text, out var uri);
        if (problem is not null)
        {
            return false;
        }
        url = new NodeUrl(uri!.IdnHost.Trim('[', ']').ToLowerInvariant(), uri.Port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"http://[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"http://{Host}:{Port}");

    private static string? Problem(string text, out Uri? uri)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out uri) || uri.Host.Length == 0)
        {
            return $"\"{text}\" is not a URL such as {Example}";
        }
        if (uri.Scheme == Uri.UriSchemeHttps)
        {
            return $"\"{text}\" asks for TLS, which comes later; use http: for now";
        }
        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            return $"\"{text}\" has the scheme {uri.Scheme}; only http: is supported";
        }
        if (uri.PathAndQuery is not "/" || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0 || text.EndsWith('/'))
        {
            return $"\"{text}\" has more than a host and a port; write it like {Example}";
        }
        return uri.Port <= 0 || !HasPort(text)
            ? $"\"{text}\" has no port; write it like {Example}"
            : null;
    }

    // Uri fills in port 80 where none is written; etcd asks for an explicit one, and so does this.
    private static bool HasPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > "http:".Length && colon > text.LastIndexOf(']') && colon < text.Length - 1;
    }
}
