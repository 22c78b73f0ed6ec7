using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Synod.Client.Etcd;

/// <summary>gRPC calls to one endpoint over HttpClient, cleartext HTTP/2 with prior knowledge.</summary>
internal sealed class GrpcCaller(HttpClient http, Uri endpoint)
{
    public Uri Endpoint { get; } = endpoint;

    /// <summary>One request, one answer.</summary>
    /// <exception cref="EtcdException">Every failure, with what is known about its outcome.</exception>
    public async Task<T> UnaryAsync<T>(
        string path, IMessage request, MessageParser<T> parser, TimeSpan timeout, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        using var content = new ByteArrayContent(GrpcFrames.Encode(request));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            using HttpRequestMessage message = Message(path, content);
            using HttpResponseMessage response = await http
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            ThrowUnlessWell(response);
            Stream stream = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                T? answer = await GrpcFrames.ReadAsync(stream, parser, deadline.Token).ConfigureAwait(false);
                await DrainAsync(stream, deadline.Token).ConfigureAwait(false);
                ThrowUnlessOk(response.TrailingHeaders);
                return answer ?? throw Broken("an answer without a message");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            string waited = timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            throw Failure(GrpcStatus.DeadlineExceeded, RequestOutcome.Unknown, $"no answer within {waited} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            throw Translate(exception);
        }
    }

    /// <summary>One request and a stream of answers; the call ends when the enumeration does.</summary>
    /// <exception cref="EtcdException">Every failure, and the end of the stream.</exception>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string path, IMessage request, MessageParser<T> parser, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        using var content = new OpenRequestContent(GrpcFrames.Encode(request));
        using HttpRequestMessage message = Message(path, content);
        HttpResponseMessage response;
        Stream stream;
        try
        {
            response = await http
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            ThrowUnlessWell(response);
            stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Translate(exception);
        }
        using (response)
        {
            while (true)
            {
                T? answer;
                try
                {
                    answer = await GrpcFrames.ReadAsync(stream, parser, cancellation).ConfigureAwait(false);
                }
                catch (Exception exception)
                    when (exception is HttpRequestException or IOException or InvalidDataException)
                {
                    throw Translate(exception);
                }
                if (answer is null)
                {
                    ThrowUnlessOk(response.TrailingHeaders);
                    throw Failure(GrpcStatus.Unavailable, RequestOutcome.Unknown, "the server ended the stream");
                }
                yield return answer;
            }
        }
    }

    private HttpRequestMessage Message(string path, HttpContent content)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(Endpoint, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("synod", null));
        return message;
    }

    private void ThrowUnlessWell(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        if (status != 200)
        {
            // 4xx: whoever answered did not take the request. Anything else may come from a proxy behind which it went
            // on.
            RequestOutcome outcome = status is >= 400 and < 500 ? RequestOutcome.NotDone : RequestOutcome.Unknown;
            throw Failure(GrpcStatus.Unknown, outcome, $"HTTP status {status}; is this an etcd endpoint?");
        }
        if (response.Headers.TryGetValues("grpc-status", out _))
        {
            ThrowUnlessOk(response.Headers);
        }
    }

    private void ThrowUnlessOk(HttpResponseHeaders headers)
    {
        string? text = headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.First() : null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            throw Broken("an answer without grpc-status");
        }
        if (status == GrpcStatus.Ok)
        {
            return;
        }
        string detail = headers.TryGetValues("grpc-message", out values) ? Uri.UnescapeDataString(values.First()) : "";
        string line = detail.Length > 0 ? detail : GrpcStatus.Name(status);
        throw new EtcdException(status, OutcomeOf(status, detail), line);
    }

    /// <summary>Which statuses say that nothing was done: those of validation, and "no leader", which is said before
    /// proposing.</summary>
    private static RequestOutcome OutcomeOf(int status, string detail) => status switch
    {
        GrpcStatus.Unavailable when detail == "etcdserver: no leader" => RequestOutcome.NotDone,
        GrpcStatus.Cancelled or GrpcStatus.Unknown or GrpcStatus.DeadlineExceeded or GrpcStatus.Internal
            or GrpcStatus.Unavailable or GrpcStatus.DataLoss => RequestOutcome.Unknown,
        _ => RequestOutcome.NotDone,
    };

    private EtcdException Translate(Exception exception)
    {
        if (exception is HttpRequestException { HttpRequestError: var error } request)
        {
            // Only what fails before there is a connection certainly never left this machine.
            bool neverLeft = error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;
            string reason = (request.InnerException ?? request).Message;
            return Failure(
                GrpcStatus.Unavailable, neverLeft ? RequestOutcome.NotDone : RequestOutcome.Unknown,
                neverLeft ? $"cannot connect: {reason}" : $"the connection broke: {reason}");
        }
        return exception is InvalidDataException
            ? Broken(exception.Message)
            : Failure(GrpcStatus.Unavailable, RequestOutcome.Unknown, $"the connection broke: {exception.Message}");
    }

    private EtcdException Broken(string what) => Failure(GrpcStatus.Internal, RequestOutcome.Unknown, what);

    private EtcdException Failure(int status, RequestOutcome outcome, string what) =>
        new(status, outcome, $"{Endpoint.Authority}: {what.ReplaceLineEndings(" ")}");

    private static async Task DrainAsync(Stream stream, CancellationToken cancellation)
    {
        // Trailers are there only after the end of the body was read.
        byte[] rest = new byte[256];
        while (await stream.ReadAsync(rest, cancellation).ConfigureAwait(false) > 0)
        {
        }
    }
}
