using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>
/// Which web pages may use the gateway. A browser lets any page of the web open a WebSocket to <c>localhost</c>, and even
/// read what comes over it, and lets it send a POST; all it does is to name the page's origin. So a page that came from
/// elsewhere than this door is turned away unless its origin is allowed. Who is no browser names none.
/// </summary>
/// <param name="allowed">Origins such as <c>https://console.example</c>, or <c>*</c> for all.</param>
internal sealed class GatewayOrigins(IReadOnlyList<string> allowed)
{
    private const string All = "*";

    /// <summary>Whether a request may be served as far as its origin goes.</summary>
    public bool Admits(HttpRequest request)
    {
        var origins = request.Headers[HeaderNames.Origin];
        return origins.Count == 0 || allowed.Contains(All)
            || (origins.Count == 1 && origins[0] is { } origin && (IsAllowed(origin) || IsOwn(origin, request.Host)));
    }

    /// <summary>Tells the browser that an admitted page may read the answer, and what it may ask for.</summary>
    public static void TellBrowser(HttpContext http)
    {
        if (http.Request.Headers[HeaderNames.Origin] is not [{ } origin])
        {
            return;
        }
        var headers = http.Response.Headers;
        headers[HeaderNames.AccessControlAllowOrigin] = origin;
        headers[HeaderNames.Vary] = HeaderNames.Origin;
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            headers[HeaderNames.AccessControlAllowMethods] = HttpMethods.Post;
            headers[HeaderNames.AccessControlAllowHeaders] = "accept, content-type, authorization";
        }
    }

    private bool IsAllowed(string origin) => allowed.Contains(origin, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a page came from where its request goes to. Behind who ends TLS the schemes may differ.</summary>
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && string.Equals(page.Host, host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? page.Port == port : page.IsDefaultPort);
}
