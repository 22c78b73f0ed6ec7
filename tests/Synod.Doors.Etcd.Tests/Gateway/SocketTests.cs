using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Tests.Gateway;

/// <summary>The gateway over WebSockets.</summary>
public sealed class SocketTests : IAsyncLifetime
{
    private const string WatchW = """{"create_request":{"key":"dw=="}}""";
    private static readonly HttpMessageInvoker s_http = new(new SocketsHttpHandler());
    private OpenDoor _door = null!;

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_watch_is_asked_in_one_message_and_every_answer_is_a_message(string version)
    {
        using var socket = await OpenAsync("/v3/watch", http => http.HttpVersion = Version.Parse(version));
        await SayAsync(socket, WatchW);
        Assert.True((await ResultAsync(socket)).GetProperty("created").GetBoolean());
        await PutAsync("dw==", "MQ==");
        var kv = (await ResultAsync(socket)).GetProperty("events")[0].GetProperty("kv");
        Assert.Equal(("dw==", "MQ=="), (kv.GetProperty("key").GetString(), kv.GetProperty("value").GetString()));
        await SayAsync(socket, """{"create_request":{"key":"eA=="}}""");
        var second = await ResultAsync(socket);
        Assert.Equal("1", second.GetProperty("watch_id").GetString());
        await SayAsync(socket, """{"cancel_request":{"watch_id":"0"}}""");
        Assert.True((await ResultAsync(socket)).GetProperty("canceled").GetBoolean());
        await PutAsync("dw==", "Mg==");
        await PutAsync("eA==", "Mw==");
        Assert.Equal("eA==", (await ResultAsync(socket)).GetProperty("events")[0].GetProperty("kv").GetProperty("key").GetString());
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Deadline());
        await Eventually.HoldsAsync(() => Task.FromResult(_door.Node.Hub.Watchers == 0));
    }

    [Fact]
    public async Task A_lease_is_kept_alive_with_a_message_for_each_renewal()
    {
        using (var grant = await OpenAsync("/v3/lease/grant"))
        {
            await SayAsync(grant, """{"TTL":"60","ID":"77"}""");
            Assert.Contains("\"ID\":\"77\"", await HearAsync(grant), StringComparison.Ordinal);
            Assert.Null(await HearAsync(grant));
        }
        using var socket = await OpenAsync("/v3/lease/keepalive");
        for (var i = 0; i < 3; i++)
        {
            await SayAsync(socket, """{"ID":"77"}""");
            Assert.Equal("60", (await ResultAsync(socket)).GetProperty("TTL").GetString());
        }
    }

    [Fact]
    public async Task Errors_are_messages_and_then_the_socket_is_closed()
    {
        using (var put = await OpenAsync("/v3/kv/put"))
        {
            await SayAsync(put, """{"value":"MQ=="}""");
            Assert.Equal(
                """{"error":"etcdserver: key is not provided","message":"etcdserver: key is not provided","code":3}""", await HearAsync(put));
            Assert.Null(await HearAsync(put));
        }
        using var watch = await OpenAsync("/v3/watch");
        await SayAsync(watch, WatchW);
        await ResultAsync(watch);
        await SayAsync(watch, """{"create_request":[]}""");
        using var error = JsonDocument.Parse((await HearAsync(watch))!);
        Assert.Equal(3, error.RootElement.GetProperty("error").GetProperty("grpc_code").GetInt32());
        Assert.Null(await HearAsync(watch));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, watch.CloseStatus);
    }

    [Fact]
    public async Task A_request_may_come_in_several_messages_and_frames()
    {
        using var socket = await OpenAsync("/v3/watch");
        var request = Encoding.UTF8.GetBytes(WatchW);
        await socket.SendAsync(request.AsMemory(0, 10), WebSocketMessageType.Text, false, Deadline());
        await socket.SendAsync(request.AsMemory(10, 8), WebSocketMessageType.Text, true, Deadline());
        await socket.SendAsync(request.AsMemory(18), WebSocketMessageType.Binary, true, Deadline());
        Assert.True((await ResultAsync(socket)).GetProperty("created").GetBoolean());
    }

    [Fact]
    public async Task A_message_that_is_too_long_closes_the_socket()
    {
        using var socket = await OpenAsync("/v3/kv/put");
        var piece = new byte[1 << 20];
        Array.Fill(piece, (byte)' ');
        try
        {
            for (var i = 0; i < 8; i++)
            {
                await socket.SendAsync(piece, WebSocketMessageType.Text, false, Deadline());
            }
        }
        catch (WebSocketException)
        {
            return; // It was closed while the rest was under way.
        }
        Assert.Null(await HearAsync(socket));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    [Fact]
    public async Task A_client_that_breaks_off_leaves_no_watcher_behind()
    {
        using (var socket = await OpenAsync("/v3/watch"))
        {
            await SayAsync(socket, WatchW);
            await ResultAsync(socket);
            Assert.Equal(1, _door.Node.Hub.Watchers);
            socket.Abort();
        }
        await Eventually.HoldsAsync(() => Task.FromResult(_door.Node.Hub.Watchers == 0));
    }

    [Fact]
    public async Task A_door_that_closes_ends_the_sockets()
    {
        using var socket = await OpenAsync("/v3/watch");
        await SayAsync(socket, WatchW);
        await ResultAsync(socket);
        var closing = _door.Door.DisposeAsync();
        string? last;
        do
        {
            last = await HearAsync(socket);
        }
        while (last is not null);
        await closing;
    }

    [Fact]
    public async Task Only_so_many_sockets_are_open_at_a_time()
    {
        await using var narrow = await OpenDoor.OpenAsync(
            () => new EtcdDoorOptions { ListenUrls = ["http://127.0.0.1:0"], WebSocketsMax = 1 });
        using var first = new ClientWebSocket();
        await first.ConnectAsync(SocketUri(narrow, "/v3/watch"), Deadline());
        using var second = new ClientWebSocket();
        second.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(SocketUri(narrow, "/v3/watch"), Deadline()));
        Assert.Equal(HttpStatusCode.TooManyRequests, second.HttpStatusCode);
    }

    [Fact]
    public async Task An_opening_without_its_key_is_refused_and_one_with_a_token_is_answered_in_its_protocol()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, _door.Address + "/v3/watch");
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var socket = await OpenAsync("/v3/watch", options =>
        {
            options.AddSubProtocol("Bearer");
            options.AddSubProtocol("abc.1");
        });
        Assert.Equal("Bearer", socket.SubProtocol);
        await SayAsync(socket, WatchW);
        Assert.True((await ResultAsync(socket)).GetProperty("created").GetBoolean());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_web_page_from_elsewhere_gets_no_socket(string version)
    {
        foreach (var origin in (string[])["https://evil.example", "http://127.0.0.1:1", "http://127.0.0.1", "null"])
        {
            await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync("/v3/watch", http =>
            {
                http.HttpVersion = Version.Parse(version);
                http.SetRequestHeader("Origin", origin);
            }));
        }
        using var own = await OpenAsync("/v3/watch", http =>
        {
            http.HttpVersion = Version.Parse(version);
            http.SetRequestHeader("Origin", _door.Address);
        });
        await SayAsync(own, WatchW);
        Assert.True((await ResultAsync(own)).GetProperty("created").GetBoolean());
    }

    [Fact]
    public async Task A_value_in_a_thousand_pieces_is_one_request()
    {
        using var socket = await OpenAsync("/v3/kv/put");
        var request = Encoding.UTF8.GetBytes($$"""{"key":"dw==","value":"{{new string('A', 1_000_000)}}"}""");
        var piece = request.Length / 1000;
        for (var at = 0; at < request.Length; at += piece)
        {
            var bytes = request.AsMemory(at, Math.Min(piece, request.Length - at));
            await socket.SendAsync(bytes, WebSocketMessageType.Text, at + piece >= request.Length, Deadline());
        }
        Assert.Contains("revision", await HearAsync(socket), StringComparison.Ordinal);
    }

    private async Task<ClientWebSocket> OpenAsync(string path, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(SocketUri(_door, path), s_http, Deadline());
        return socket;
    }

    private static Uri SocketUri(OpenDoor door, string path) =>
        new(door.Address.Replace("http:", "ws:", StringComparison.Ordinal) + path);

    private static CancellationToken Deadline() => new CancellationTokenSource(Deadlines.Call).Token;

    private static async Task SayAsync(ClientWebSocket socket, string text) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Deadline());

    /// <summary>The next message; null once the server has closed the socket.</summary>
    private static async Task<string?> HearAsync(ClientWebSocket socket)
    {
        var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, Deadline());
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            Assert.Equal(WebSocketMessageType.Text, received.MessageType);
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(message.ToArray());
            }
        }
    }

    private static async Task<JsonElement> ResultAsync(ClientWebSocket socket)
    {
        using var message = JsonDocument.Parse(await HearAsync(socket) ?? "null");
        return message.RootElement.GetProperty("result").Clone();
    }

    private async Task PutAsync(string key, string value)
    {
        using var socket = await OpenAsync("/v3/kv/put");
        await SayAsync(socket, $$"""{"key":"{{key}}","value":"{{value}}"}""");
        Assert.Contains("revision", await HearAsync(socket), StringComparison.Ordinal);
    }
}
