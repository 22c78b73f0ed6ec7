using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>
/// A gRPC call without a connection: the gateway writes its frames in and reads the answer's frames out, and the method
/// cannot tell it from one that came over HTTP/2.
/// </summary>
internal sealed class InnerCall : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IRequestBodyPipeFeature,
    IHttpResponseTrailersFeature, IDisposable
{
    private const string GatewayToken = "Authorization";
    private const string Token = "token";
    private const string Timeout = "grpc-timeout";
    private const string MetadataPrefix = "Grpc-Metadata-";

    private readonly CancellationTokenSource _aborted;
    private readonly Pipe _requests;
    private readonly Pipe _answers = new();

    /// <summary>Makes a call.</summary>
    /// <param name="outer">What the client asked.</param>
    /// <param name="path">The method's path.</param>
    /// <param name="waitingBytesMax">How many bytes of requests may wait; the first request is there before anybody reads.</param>
    /// <param name="gone">Ends the call besides the end of the outer one.</param>
    public InnerCall(HttpContext outer, string path, int waitingBytesMax, CancellationToken gone = default)
    {
        _requests = new Pipe(new PipeOptions(
            pauseWriterThreshold: waitingBytesMax + GrpcFrame.PrefixBytes + 1, resumeWriterThreshold: waitingBytesMax / 2));
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(outer.RequestAborted, gone);
        RequestAborted = _aborted.Token;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Post,
            Path = path,
            Protocol = HttpProtocol.Http2,
            Scheme = "http",
            Body = Stream.Null,
            Headers = HeadersOf(outer.Request),
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(this);
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set<IRequestBodyPipeFeature>(this);
        features.Set<IHttpResponseTrailersFeature>(this);
        Http = new DefaultHttpContext(features);
    }

    /// <summary>What the method is given.</summary>
    public HttpContext Http { get; }

    /// <summary>Where the gateway writes requests.</summary>
    public PipeWriter Requests => _requests.Writer;

    /// <summary>Where the gateway reads answers.</summary>
    public PipeReader Answers => _answers.Reader;

    /// <inheritdoc/>
    public CancellationToken RequestAborted { get; set; }

    /// <inheritdoc/>
    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    PipeReader IRequestBodyPipeFeature.Reader => _requests.Reader;

    Stream IHttpResponseBodyFeature.Stream => _answers.Writer.AsStream();

    PipeWriter IHttpResponseBodyFeature.Writer => _answers.Writer;

    /// <summary>The method has ended, and so does what it says and hears.</summary>
    public async ValueTask CompleteAsync()
    {
        await _answers.Writer.CompleteAsync().ConfigureAwait(false);
        await _requests.Reader.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Ends the call as if the client had gone.</summary>
    public void Abort() => _aborted.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _aborted.Dispose();

    void IHttpResponseBodyFeature.DisableBuffering()
    {
    }

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No call sends files.");

    Task IHttpResponseBodyFeature.CompleteAsync() => _answers.Writer.CompleteAsync().AsTask();

    /// <summary>What HTTP clients may say beside the body: the token, a time limit, and metadata under a prefix.</summary>
    private static HeaderDictionary HeadersOf(HttpRequest request)
    {
        var headers = new HeaderDictionary { ["content-type"] = "application/grpc" };
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            {
                headers[name[MetadataPrefix.Length..]] = value;
            }
            else if (string.Equals(name, GatewayToken, StringComparison.OrdinalIgnoreCase))
            {
                headers[Token] = value;
            }
            else if (string.Equals(name, Timeout, StringComparison.OrdinalIgnoreCase)
                || string.Equals(name, LeaderRequirement.Header, StringComparison.OrdinalIgnoreCase))
            {
                headers[name] = value;
            }
        }
        return headers;
    }
}
