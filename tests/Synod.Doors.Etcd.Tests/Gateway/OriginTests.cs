using System.Net;
using System.Net.WebSockets;
using System.Text;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Tests.Gateway;

/// <summary>Which web pages may use the gateway.</summary>
public sealed class OriginTests
{
    private const string Put = """{"key":"ZXZpbA==","value":"MQ=="}""";

    [Theory]
    [InlineData("https://console.example", "https://console.example", true)]
    [InlineData("https://console.example", "https://console.example:444", false)]
    [InlineData("*", "https://evil.example", true)]
    [InlineData("*", "null", true)]
    public async Task A_page_gets_a_socket_where_the_operator_allows_it(string allowed, string origin, bool isServed)
    {
        await using var door = await OpenAsync(allowed);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        using var deadline = new CancellationTokenSource(Deadlines.Call);
        var path = new Uri(door.Address.Replace("http:", "ws:", StringComparison.Ordinal) + "/v3/watch");
        var refused = await Record.ExceptionAsync(() => socket.ConnectAsync(path, deadline.Token));
        Assert.Equal(isServed, refused is null);
        Assert.Equal(isServed ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_post_of_a_page_from_elsewhere_writes_nothing()
    {
        await using var door = await OpenAsync();
        using var http = new HttpClient();
        // What a browser sends to anybody without asking first.
        using var put = Post(door, "/v3/kv/put", Put, "https://evil.example");
        using var answer = await http.SendAsync(put);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using var range = Post(door, "/v3/kv/range", """{"key":"ZXZpbA=="}""", door.Address);
        using var found = await http.SendAsync(range);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.DoesNotContain("kvs", await found.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_hears_that_an_allowed_page_may_ask_and_read()
    {
        await using var door = await OpenAsync("https://console.example");
        using var http = new HttpClient();
        using var question = new HttpRequestMessage(HttpMethod.Options, door.Address + "/v3/kv/put");
        question.Headers.Add("Origin", "https://console.example");
        question.Headers.Add("Access-Control-Request-Method", "POST");
        using var may = await http.SendAsync(question);
        Assert.Equal(HttpStatusCode.NoContent, may.StatusCode);
        Assert.Equal(["POST"], may.Headers.GetValues("Access-Control-Allow-Methods"));
        using var put = Post(door, "/v3/kv/put", Put, "https://console.example");
        using var answer = await http.SendAsync(put);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["https://console.example"], answer.Headers.GetValues("Access-Control-Allow-Origin"));
    }

    private static Task<OpenDoor> OpenAsync(params string[] allowed) => OpenDoor.OpenAsync(
        () => new EtcdDoorOptions { ListenUrls = ["http://127.0.0.1:0"], OriginsAllowed = allowed });

    private static HttpRequestMessage Post(OpenDoor door, string path, string json, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, door.Address + path)
        {
            Content = new StringContent(json, Encoding.UTF8, "text/plain"),
        };
        request.Headers.Add("Origin", origin);
        return request;
    }
}
