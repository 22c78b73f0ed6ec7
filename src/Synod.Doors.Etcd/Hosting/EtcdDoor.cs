using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Synod.Doors.Etcd.Metrics;
using Synod.Doors.Etcd.Services;
using Synod.Node;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// The etcd v3 door: gRPC for clients, and <c>/health</c>, <c>/version</c> and <c>/metrics</c> on the same port.
/// </summary>
public sealed class EtcdDoor : IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly DoorServices _services;
    private readonly MetricsCollector _metrics;
    private readonly EtcdDoorOptions _options;
    private readonly ILogger _logger;
    private Task? _closed;

    private EtcdDoor(INode node, EtcdDoorOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _logger = loggers.CreateLogger("Synod.Doors.Etcd");
        _metrics = new MetricsCollector();
        _services = new DoorServices(node, options, time, _metrics, _logger);
        var kestrelLoggers = new KestrelLoggers(loggers);
        _server = new KestrelServer(
            Options.Create(KestrelSetup.OptionsFor(options)),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), kestrelLoggers),
            kestrelLoggers);
    }

    /// <summary>Where the door listens, with the ports that were really taken.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Opens the door.</summary>
    /// <param name="node">Who carries requests out.</param>
    /// <param name="options">Where to listen, and limits.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="time">For deadlines; the system's by default.</param>
    /// <exception cref="DoorCannotOpenException">An address is malformed or taken.</exception>
    public static async Task<EtcdDoor> OpenAsync(
        INode node, EtcdDoorOptions options, ILoggerFactory loggers, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(options);
        var door = new EtcdDoor(node, options, loggers, time ?? TimeProvider.System);
        try
        {
            await door._server.StartAsync(door._services.Application, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or AddressInUseException)
        {
            await door.DisposeAsync().ConfigureAwait(false);
            throw new DoorCannotOpenException(
                $"Cannot listen for clients on {string.Join(", ", options.ListenUrls)}: {Cause(e)}", e);
        }
        door.Addresses = [.. door._server.Features.Get<IServerAddressesFeature>()!.Addresses];
        foreach (var address in door.Addresses)
        {
            DoorLog.Serving(door._logger, address);
        }
        return door;
    }

    /// <summary>Stops taking calls, gives open ones <see cref="EtcdDoorOptions.CloseGrace"/>, and closes.</summary>
    public ValueTask DisposeAsync() => new(_closed ??= CloseAsync());

    private async Task CloseAsync()
    {
        _services.Dispose();
        using var grace = new CancellationTokenSource(_options.CloseGrace);
        await _server.StopAsync(grace.Token).ConfigureAwait(false);
        _server.Dispose();
        _metrics.Dispose();
        DoorLog.Closed(_logger);
    }

    private static string Cause(Exception e)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.AddressAlreadyInUse => "the address is in use; is another node running here?",
                    SocketError.AccessDenied => "access to the port is denied",
                    SocketError.AddressNotAvailable => "this machine has no such address",
                    _ => socket.Message,
                };
            }
        }
        return e.Message;
    }
}
