using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Synod.Protocol.Etcd;

namespace Synod.Client.Tests.Etcd;

/// <summary>A gRPC server on a free loopback port: a tiny etcd unless a test puts its own handler in.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;
    private int _puts;

    private TestServer(WebApplication app, Uri endpoint)
    {
        _app = app;
        Endpoint = endpoint;
    }

    public Uri Endpoint { get; }

    public int Requests => _requests;

    public int Puts => _puts;

    /// <param name="handler">Answers requests; true where it did, false to leave it to the tiny etcd.</param>
    public static async Task<TestServer> StartAsync(Func<HttpContext, Task<bool>>? handler = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.Http2.MaxStreamsPerConnection = 1000;
            // The least that HTTP/2 knows: long requests must wait for window updates.
            options.Limits.Http2.InitialConnectionWindowSize = 65_535;
            options.Limits.Http2.InitialStreamWindowSize = 65_535;
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        WebApplication app = builder.Build();
        TestServer? self = null;
        app.Run(async context =>
        {
            Interlocked.Increment(ref self!._requests);
            if (handler is null || !await handler(context))
            {
                await self.AnswerAsync(context);
            }
        });
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>(
            )!.Addresses.Single();
        self = new TestServer(app, new Uri(address));
        return self;
    }

    /// <summary>An endpoint where nobody listens.</summary>
    public static Uri Closed()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return new Uri($"http://{socket.LocalEndpoint}");
    }

    public static async Task<byte[]> ReadMessageAsync(HttpContext context)
    {
        byte[] prefix = new byte[5];
        await context.Request.Body.ReadExactlyAsync(prefix);
        byte[] message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await context.Request.Body.ReadExactlyAsync(message);
        return message;
    }

    public static async Task SendAsync(HttpContext context, IMessage message)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/grpc";
        }
        byte[] body = message.ToByteArray();
        byte[] prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), body.Length);
        await context.Response.Body.WriteAsync((byte[])[.. prefix, .. body]);
        await context.Response.Body.FlushAsync();
    }

    public static void End(HttpContext context, int status = 0, string? message = null)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/grpc";
        }
        context.Response.AppendTrailer("grpc-status",
            status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (message is not null)
        {
            context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
        }
    }

    /// <summary>A handler that reads the request and refuses it.</summary>
    public static Func<HttpContext, Task<bool>> Refusing(int status, string message) => async context =>
    {
        await ReadMessageAsync(context);
        End(context, status, message);
        return true;
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        byte[] message = await ReadMessageAsync(context);
        var header = new ResponseHeader { ClusterId = 1, MemberId = 7, Revision = 5, RaftTerm = 2 };
        switch (context.Request.Path.Value)
        {
            case "/etcdserverpb.KV/Put":
                Interlocked.Increment(ref _puts);
                await SendAsync(context, new PutResponse { Header = header });
                break;
            case "/etcdserverpb.KV/DeleteRange":
                await SendAsync(context, new DeleteRangeResponse { Header = header, Deleted = 2 });
                break;
            case "/etcdserverpb.KV/Range":
                RangeRequest range = RangeRequest.Parser.ParseFrom(message);
                var pair = new KeyValue { Key = range.Key, Value = ByteString.CopyFromUtf8("value"), ModRevision = 4,
                    Version = 1 };
                await SendAsync(context, new RangeResponse { Header = header, Count = 1, Kvs = { pair } });
                break;
            case "/etcdserverpb.Maintenance/Status":
                await SendAsync(context, new StatusResponse { Header = header, Version = "3.4.0", Leader = 7,
                    RaftIndex = 9, DbSize = 2048 });
                break;
            case "/etcdserverpb.Cluster/MemberList":
                await SendAsync(context,
                    new MemberListResponse { Header = header, Members = { new Member { ID = 7, Name = "n1" } } });
                break;
            default:
                End(context, 12, "unknown method");
                return;
        }
        End(context);
    }
}
