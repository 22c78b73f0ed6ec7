namespace Synod.Client.Etcd;

/// <summary>Reads endpoints the way etcd's clients write them.</summary>
public static class EtcdEndpoints
{
    /// <summary>
    /// Parses `host:port`, `http://host:port`, and several of them with commas between.
    /// </summary>
    /// <exception cref="FormatException">With one line that says what is wrong.</exception>
    public static IReadOnlyList<Uri> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var endpoints = new List<Uri>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string address = part.Contains("://", StringComparison.Ordinal) ? part : "http://" + part;
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? endpoint) || endpoint.Host.Length == 0)
            {
                throw new FormatException($"'{part}' is not an endpoint; write host:port or http://host:port");
            }
            if (endpoint.Scheme == Uri.UriSchemeHttps)
            {
                throw new FormatException($"'{part}': https is not supported yet; use http");
            }
            if (endpoint.Scheme != Uri.UriSchemeHttp)
            {
                throw new FormatException($"'{part}': only http endpoints are supported");
            }
            endpoints.Add(endpoint);
        }
        return endpoints.Count > 0 ? endpoints : throw new FormatException("no endpoint given");
    }
}
