using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Tests;

/// <summary>How a call by hand ended.</summary>
public sealed record GrpcEnding(int Code, string Message, bool TrailersOnly);

/// <summary>gRPC by hand over .NET's HTTP/2 client, so that every byte can also be sent wrongly.</summary>
public sealed class GrpcClient : IDisposable
{
    private readonly HttpClient _http;

    public GrpcClient(string address)
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(address),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Deadlines.Call,
        };
    }

    public HttpClient Http => _http;

    public Task<PutResponse> PutAsync(string key, string value) => CallAsync(
        "/etcdserverpb.KV/Put",
        new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) },
        PutResponse.Parser);

    /// <summary>A call that must succeed.</summary>
    public async Task<T> CallAsync<T>(string path, IMessage request, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var (ending, messages) = await SendAsync(path, Frame(request.ToByteArray()));
        Assert.Equal(new GrpcEnding(0, "", false), ending);
        return parser.ParseFrom(Assert.Single(messages));
    }

    /// <summary>A call that must fail.</summary>
    public async Task<GrpcEnding> FailAsync(string path, IMessage request, params (string Name, string Value)[] headers)
    {
        var (ending, messages) = await SendAsync(path, Frame(request.ToByteArray()), headers);
        Assert.Empty(messages);
        Assert.NotEqual(0, ending.Code);
        return ending;
    }

    /// <summary>Sends any bytes as a request's body.</summary>
    public async Task<(GrpcEnding Ending, List<byte[]> Messages)> SendAsync(
        string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = Request(path, new ByteArrayContent(body), headers);
        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        return (EndingOf(response), Messages(answer));
    }

    /// <summary>Opens a stream both ways.</summary>
    public async Task<GrpcDuplex> OpenAsync(string path, params (string Name, string Value)[] headers)
    {
        var content = new DuplexContent();
        var request = Request(path, content, headers);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new GrpcDuplex(content, response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Opens a stream both ways with a first message: some servers say nothing at all before they have one.</summary>
    public async Task<GrpcDuplex> OpenWithAsync(string path, IMessage first)
    {
        var content = new DuplexContent();
        var request = Request(path, content, []);
        var sending = _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await content.SendAsync(Frame(first.ToByteArray()));
        var response = await sending;
        return new GrpcDuplex(content, response, await response.Content.ReadAsStreamAsync());
    }

    public void Dispose() => _http.Dispose();

    public static byte[] Frame(ReadOnlySpan<byte> message, byte flag = 0)
    {
        var frame = new byte[message.Length + 5];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(5));
        return frame;
    }

    public static GrpcEnding EndingOf(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.ToString());
        var trailersOnly = response.Headers.Contains("grpc-status");
        var headers = trailersOnly ? response.Headers : response.TrailingHeaders;
        var code = int.Parse(Assert.Single(headers.GetValues("grpc-status")), CultureInfo.InvariantCulture);
        return new GrpcEnding(
            code,
            headers.TryGetValues("grpc-message", out var text)
                ? Uri.UnescapeDataString(Assert.Single(text)) : "",
            trailersOnly);
    }

    private static List<byte[]> Messages(byte[] body)
    {
        var messages = new List<byte[]>();
        for (var at = 0; at < body.Length;)
        {
            Assert.Equal(0, body[at]);
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            messages.Add(body.AsSpan(at + 5, length).ToArray());
            at += 5 + length;
        }
        return messages;
    }

    private static HttpRequestMessage Request(string path, HttpContent content, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }
}
