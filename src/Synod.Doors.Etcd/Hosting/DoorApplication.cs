using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Synod.Doors.Etcd.Gateway;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>
/// What Kestrel calls for every request: gRPC by path, then the plain pages, then the JSON gateway. There is no routing, no
/// middleware and no container between.
/// </summary>
internal sealed class DoorApplication : IHttpApplication<DoorContext>
{
    private readonly FrozenDictionary<string, GrpcMethod> _methods;
    private readonly FrozenSet<string> _services;
    private readonly FrozenDictionary<string, PlainPage> _pages;
    private readonly JsonGateway _gateway;
    private readonly ILogger _logger;

    public DoorApplication(IReadOnlyList<GrpcMethod> methods, IReadOnlyDictionary<string, PlainPage> pages, JsonGateway gateway,
        ILogger logger)
    {
        _methods = methods.ToFrozenDictionary(method => method.Path, StringComparer.Ordinal);
        _services = methods.Select(method => method.Service).ToFrozenSet(StringComparer.Ordinal);
        _pages = pages.ToFrozenDictionary(StringComparer.Ordinal);
        _gateway = gateway;
        _logger = logger;
    }

    /// <inheritdoc/>
    public DoorContext CreateContext(IFeatureCollection contextFeatures)
    {
        DoorContext? context = null;
        if (contextFeatures is IHostContextContainer<DoorContext> container)
        {
            context = container.HostContext ??= new DoorContext();
        }
        context ??= new DoorContext();
        context.Http.Initialize(contextFeatures);
        return context;
    }

    /// <inheritdoc/>
    public void DisposeContext(DoorContext context, Exception? exception) => context.Http.Uninitialize();

    /// <inheritdoc/>
    public Task ProcessRequestAsync(DoorContext context)
    {
        var http = context.Http;
        var path = http.Request.Path.Value ?? "";
        if (GrpcResponse.IsGrpc(http.Request.ContentType))
        {
            if (!HttpProtocol.IsHttp2(http.Request.Protocol))
            {
                return PlainPage.Write(http, StatusCodes.Status400BadRequest, "text/plain", "gRPC needs HTTP/2.\n");
            }
            if (HttpMethods.IsPost(http.Request.Method) && _methods.TryGetValue(path, out var method))
            {
                return ServeAsync(method, null, http, context);
            }
            GrpcResponse.End(http.Response, Unimplemented(path), bodyBegun: false);
            return Task.CompletedTask;
        }
        if (_pages.TryGetValue(path, out var page))
        {
            return HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
                ? page.ServeAsync(http)
                : PlainPage.Write(http, StatusCodes.Status405MethodNotAllowed, "text/plain", "Only GET here.\n");
        }
        if (_gateway.TryFind(path, out var route))
        {
            return _gateway.Refusal(route, http)
                ?? ServeAsync(route.Method!, route, http, context);
        }
        return PlainPage.Write(http, StatusCodes.Status404NotFound, "text/plain", "404 page not found\n");
    }

    private async Task ServeAsync(GrpcMethod method, GatewayRoute? route, HttpContext http, DoorContext context)
    {
        method.CountStart();
        var started = Stopwatch.GetTimestamp();
        var code = GrpcCode.Internal;
        try
        {
            var serving = route is null ? method.ServeAsync(http, context) : _gateway.ServeAsync(route, http, context);
            code = (await serving.ConfigureAwait(false)).Code;
        }
#pragma warning disable CA1031 // Whatever it was: client and operator hear of it, other clients go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            context.ResetAnswer(lost: true);
            if (await ClientGone.IsAsync(e, ClientGone.Grace, http.RequestAborted).ConfigureAwait(false))
            {
                code = GrpcCode.Cancelled;
                return;
            }
            DoorLog.CallFailed(_logger, method.Path, e);
            var status = new GrpcStatus(GrpcCode.Internal, "etcdserver: internal error");
            if (route is null)
            {
                GrpcResponse.End(http.Response, status, bodyBegun: http.Response.HasStarted);
            }
            else if (!http.Response.HasStarted)
            {
                await JsonGateway.Refuse(http, status).ConfigureAwait(false);
            }
        }
        finally
        {
            method.CountEnd(code, Stopwatch.GetElapsedTime(started));
        }
    }

    private GrpcStatus Unimplemented(string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash <= 0 || path[0] != '/')
        {
            return new(GrpcCode.Unimplemented, $"malformed method name: {path}");
        }
        var service = path[1..slash];
        return new(GrpcCode.Unimplemented, _services.Contains(service)
            ? $"unknown method {path[(slash + 1)..]} for service {service}"
            : $"unknown service {service}");
    }
}
