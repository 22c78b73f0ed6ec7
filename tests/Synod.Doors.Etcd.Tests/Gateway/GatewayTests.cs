using System.Net;
using System.Text;
using System.Text.Json;

namespace Synod.Doors.Etcd.Tests.Gateway;

/// <summary>The API as JSON.</summary>
public sealed class GatewayTests : IAsyncLifetime
{
    private static readonly HttpClient s_http = new();
    private OpenDoor _door = null!;

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Theory]
    [InlineData("--http1.1", "1.1")]
    [InlineData("--http2-prior-knowledge", "2")]
    public async Task Curl_puts_and_ranges_over_either_version(string flag, string version)
    {
        var put = await CurlAsync(flag, "/v3/kv/put", """{"key":"Zm9v","value":"YmFy"}""");
        Assert.StartsWith("""{"header":{"cluster_id":""", put.Lines[0], StringComparison.Ordinal);
        Assert.Equal($"{version} 200", put.Lines[^1]);
        var range = await CurlAsync(flag, "/v3/kv/range", """{"key":"Zm9v"}""");
        Assert.EndsWith(
            ""","kvs":[{"key":"Zm9v","create_revision":"2","mod_revision":"2","version":"1","value":"YmFy"}],"count":"1"}""",
            range.Lines[0], StringComparison.Ordinal);
        Assert.Equal($"{version} 200", range.Lines[^1]);
    }

    [Fact]
    public async Task Numbers_of_64_bits_are_strings_on_the_way_out_and_either_on_the_way_in()
    {
        await PostAsync("/v3/kv/put", """{"key":"YQ==","value":"MQ=="}""");
        foreach (var limit in new[] { "1", "\"1\"" })
        {
            using var answer = await PostAsync("/v3/kv/range", $$"""{"key":"AA==","range_end":"AA==","limit":{{limit}}}""");
            Assert.Equal("1", answer.RootElement.GetProperty("count").GetString());
            Assert.Equal("2", answer.RootElement.GetProperty("header").GetProperty("revision").GetString());
        }
    }

    [Theory]
    [InlineData("""{"key":"AA==","range_end":"AA==","sort_order":"DESCEND","sort_target":"KEY"}""")]
    [InlineData("""{"key":"AA==","rangeEnd":"AA==","sortOrder":2,"sortTarget":0}""")]
    public async Task Fields_go_by_either_spelling_and_enumerations_by_name_or_number(string request)
    {
        await PostAsync("/v3/kv/put", """{"key":"YQ==","value":"MQ=="}""");
        await PostAsync("/v3/kv/put", """{"key":"Yg==","value":"Mg=="}""");
        using var answer = await PostAsync("/v3/kv/range", request);
        Assert.Equal(["Yg==", "YQ=="], answer.RootElement.GetProperty("kvs").EnumerateArray().Select(kv => kv.GetProperty("key").GetString()!));
    }

    [Fact]
    public async Task What_is_zero_is_left_out_and_unknown_fields_are_passed_over()
    {
        using var answer = await PostAsync("/v3/kv/range", """{"key":"YQ==","nonsense":[1,{"a":2}]}""");
        Assert.Equal(["header"], answer.RootElement.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task A_transaction_compares_and_puts()
    {
        const string Txn = """
            {"compare":[{"key":"eA==","target":"VERSION","result":"EQUAL","version":"0"}],
             "success":[{"request_put":{"key":"eA==","value":"MQ=="}},{"request_range":{"key":"eA=="}}],
             "failure":[{"request_range":{"key":"eA=="}}]}
            """;
        using var first = await PostAsync("/v3/kv/txn", Txn);
        Assert.True(first.RootElement.GetProperty("succeeded").GetBoolean());
        Assert.Equal("MQ==", first.RootElement.GetProperty("responses")[1].GetProperty("response_range").GetProperty("kvs")[0].GetProperty("value").GetString());
        using var second = await PostAsync("/v3/kv/txn", Txn);
        Assert.False(second.RootElement.TryGetProperty("succeeded", out _));
        Assert.Single(second.RootElement.GetProperty("responses").EnumerateArray());
    }

    [Theory]
    [InlineData("/v3/kv/put", "{}", 400, 3, "etcdserver: key is not provided")]
    [InlineData("/v3/kv/range", """{"key":"YQ==","revision":"100"}""", 400, 11, "etcdserver: mvcc: required revision is a future revision")]
    [InlineData("/v3/kv/put", """{"key":"YQ==","lease":"7"}""", 404, 5, "etcdserver: requested lease not found")]
    [InlineData("/v3/cluster/member/promote", "{}", 501, 12, "unknown service etcdserverpb.Cluster")]
    public async Task Errors_have_the_code_of_gRPC_in_the_body_and_one_of_HTTP_outside(
        string path, string request, int http, int code, string words)
    {
        using var response = await s_http.PostAsync(_door.Address + path, Body(request));
        Assert.Equal((HttpStatusCode)http, response.StatusCode);
        Assert.Equal(
            $$"""{"error":"{{words}}","message":"{{words}}","code":{{code}}}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"key":""")]
    [InlineData("nonsense")]
    [InlineData("""{"key":17}""")]
    [InlineData("""{"key":"YQ==","limit":"many"}""")]
    [InlineData("[]")]
    public async Task What_is_no_such_message_is_refused(string request)
    {
        using var response = await s_http.PostAsync(_door.Address + "/v3/kv/range", Body(request));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(3, body.RootElement.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Only_POST_is_served_and_no_body_is_an_empty_request()
    {
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await s_http.GetAsync(_door.Address + "/v3/kv/range")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await s_http.PostAsync(_door.Address + "/v3/kv/nothing", Body("{}"))).StatusCode);
        using var list = await PostAsync("/v3/cluster/member/list", "");
        Assert.Equal(_door.Address, list.RootElement.GetProperty("members")[0].GetProperty("clientURLs")[0].GetString());
    }

    [Fact]
    public async Task A_large_value_goes_in_and_comes_back()
    {
        var value = Convert.ToBase64String(new byte[1_000_000]);
        await PostAsync("/v3/kv/put", $$"""{"key":"YQ==","value":"{{value}}"}""");
        using var answer = await PostAsync("/v3/kv/range", """{"key":"YQ=="}""");
        Assert.Equal(value, answer.RootElement.GetProperty("kvs")[0].GetProperty("value").GetString());
        using var tooLarge = await s_http.PostAsync(
            _door.Address + "/v3/kv/put", Body($$"""{"key":"YQ==","value":"{{Convert.ToBase64String(new byte[1_600_000])}}"}"""));
        Assert.Contains("etcdserver: request is too large", await tooLarge.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_is_one_line_of_JSON_for_each_answer()
    {
        await PostAsync("/v3/kv/put", """{"key":"dw==","value":"MQ=="}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, _door.Address + "/v3/watch")
        {
            Content = Body("""{"create_request":{"key":"dw==","start_revision":"2"}}"""),
        };
        using var response = await s_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Contains("\"created\":true", await LineAsync(reader), StringComparison.Ordinal);
        Assert.Contains("""
            "events":[{"kv":{"key":"dw==","create_revision":"2","mod_revision":"2","version":"1","value":"MQ=="}}]}}
            """, await LineAsync(reader), StringComparison.Ordinal);
        using (var delete = await PostAsync("/v3/kv/deleterange", """{"key":"dw=="}"""))
        {
            Assert.Equal("1", delete.RootElement.GetProperty("deleted").GetString());
        }
        Assert.Contains(
            """{"type":"DELETE","kv":{"key":"dw==","mod_revision":"3"}}""", await LineAsync(reader), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leases_and_locks_are_reached_without_any_code_of_their_own()
    {
        using (var grant = await PostAsync("/v3/lease/grant", """{"TTL":"60","ID":"77"}"""))
        {
            Assert.Equal("77", grant.RootElement.GetProperty("ID").GetString());
        }
        using (var alive = await PostAsync("/v3/lease/keepalive", """{"ID":"77"}"""))
        {
            Assert.Equal("60", alive.RootElement.GetProperty("result").GetProperty("TTL").GetString());
        }
        using (var held = await PostAsync("/v3/lock/lock", """{"name":"bA==","lease":"77"}"""))
        {
            Assert.Equal("bC80ZA==", held.RootElement.GetProperty("key").GetString());
        }
        using var list = await PostAsync("/v3/kv/lease/leases", "{}");
        Assert.Single(list.RootElement.GetProperty("leases").EnumerateArray());
    }

    [Fact]
    public async Task A_watch_whose_client_talks_nonsense_ends_with_a_line_that_says_so()
    {
        using var response = await s_http.PostAsync(
            _door.Address + "/v3/watch", Body("""{"create_request":{"key":"dw=="}}{"create_request":[]}"""));
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var last = JsonDocument.Parse(lines[^1]);
        Assert.Equal(3, last.RootElement.GetProperty("error").GetProperty("grpc_code").GetInt32());
    }

    [Fact]
    public async Task Python_etcd3gw_puts_gets_watches_and_compares()
    {
        const string Script = """
            import sys, etcd3gw
            client = etcd3gw.Etcd3Client(host='127.0.0.1', port=int(sys.argv[1]))
            assert client.put('/gw/a', '1') is True
            assert client.get('/gw/a') == [b'1'], client.get('/gw/a')
            assert client.create('/gw/a', '2') is False
            assert client.create('/gw/b', '2') is True
            assert client.replace('/gw/b', '2', '3') is True
            assert client.replace('/gw/b', '2', '4') is False
            assert [value for value, _ in client.get_prefix('/gw/')] == [b'1', b'3']
            assert client.get('/gw/b', metadata=True)[0][1]['mod_revision']
            assert client.members()[0]['clientURLs']
            assert client.status()['version']
            events, cancel = client.watch_prefix('/gw/')
            import threading
            threading.Timer(0.5, lambda: client.put('/gw/c', '5')).start()
            event = next(iter(events))
            assert event['kv']['key'] == b'/gw/c', event
            cancel()
            assert client.delete('/gw/a') is True
            assert client.delete_prefix('/gw/') is True
            print('done')
            """;
        var port = new Uri(_door.Address).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var result = await Tool.RunAsync("/usr/bin/python3", "python3-etcd3gw", ["-c", Script, port]);
        Assert.True(result.Output.Trim() == "done", result.Output + result.Errors);
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<string> LineAsync(StreamReader reader)
    {
        using var deadline = new CancellationTokenSource(Deadlines.Call);
        return await reader.ReadLineAsync(deadline.Token) ?? "";
    }

    private Task<ToolResult> CurlAsync(string flag, string path, string body) => Tool.RunAsync(
        "curl", "curl", ["-s", flag, "-w", "\n%{http_version} %{http_code}", "-X", "POST", "-d", body, _door.Address + path]);

    private async Task<JsonDocument> PostAsync(string path, string request)
    {
        using var response = await s_http.PostAsync(_door.Address + path, Body(request));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text);
    }
}
