using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>Kestrel's settings for many small calls and few endless ones.</summary>
internal static class KestrelSetup
{
    /// <summary>How many bytes of requests a connection may have under way.</summary>
    private const int ConnectionWindowBytes = 8 * 1024 * 1024;

    /// <summary>How many bytes of one request may be under way: a whole message and a bit.</summary>
    private const int StreamWindowBytes = 2 * 1024 * 1024 + 64 * 1024;

    /// <summary>A connection without any call is closed after this; a watch is a call.</summary>
    private static readonly TimeSpan IdleConnection = TimeSpan.FromHours(1);

    /// <summary>A silent HTTP/2 client is asked for a sign of life after this.</summary>
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(60);

    /// <summary>And its connection is closed when it gives none for this long.</summary>
    private static readonly TimeSpan PingAnswer = TimeSpan.FromSeconds(20);

    /// <summary>Turns the door's options into Kestrel's.</summary>
    /// <exception cref="DoorCannotOpenException">An address is malformed.</exception>
    public static KestrelServerOptions OptionsFor(EtcdDoorOptions options)
    {
        var kestrel = new KestrelServerOptions
        {
            AddServerHeader = false,
            // gRPC clients name whatever scheme their channel has; there is no TLS here to disagree with it.
            AllowAlternateSchemes = true,
            ApplicationServices = NoServices.Instance,
        };
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.WebSocketsMax;
        kestrel.Limits.KeepAliveTimeout = IdleConnection;
        // A watch is a request whose body never ends and a response that may say nothing for days.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        var http2 = kestrel.Limits.Http2;
        http2.MaxStreamsPerConnection = options.StreamsPerConnectionMax;
        http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        http2.InitialStreamWindowSize = StreamWindowBytes;
        http2.KeepAlivePingDelay = PingAfter;
        http2.KeepAlivePingTimeout = PingAnswer;
        if (options.ListenUrls.Count == 0)
        {
            throw new DoorCannotOpenException("No address to listen on for clients.");
        }
        foreach (var url in options.ListenUrls)
        {
            Listen(kestrel, url);
        }
        return kestrel;
    }

    private static void Listen(KestrelServerOptions kestrel, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.AbsolutePath is not ("/" or "")
            || uri.Query.Length > 0)
        {
            throw new DoorCannotOpenException($"'{url}' is not an address to listen on: expected http://host:port.");
        }
        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            throw new DoorCannotOpenException($"'{url}': only http: is supported, TLS is not there yet.");
        }
        if (uri.Host == "localhost" && uri.Port != 0)
        {
            kestrel.ListenLocalhost(uri.Port, Configure);
        }
        else if (uri.Host == "localhost")
        {
            kestrel.Listen(IPAddress.Loopback, uri.Port, Configure);
        }
        else if (IPAddress.TryParse(uri.DnsSafeHost, out var address))
        {
            kestrel.Listen(address, uri.Port, Configure);
        }
        else
        {
            throw new DoorCannotOpenException($"'{url}': give the address of an interface or localhost, not a name.");
        }

        static void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.Use(PrefaceDetection.Middleware);
        }
    }

    /// <summary>Kestrel asks for optional services; there are none.</summary>
    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
