using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Tests;

/// <summary>A request body that stays open.</summary>
public sealed class DuplexContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task SendAsync(byte[] bytes)
    {
        var stream = await _stream.Task.WaitAsync(Deadlines.Call);
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    public void Complete() => _end.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        _stream.TrySetResult(stream);
        await _end.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}

/// <summary>An open call both ways.</summary>
public sealed class GrpcDuplex(DuplexContent content, HttpResponseMessage response, Stream answers) : IDisposable
{
    public Task SendAsync(IMessage message) => content.SendAsync(GrpcClient.Frame(message.ToByteArray()));

    public Task SendBytesAsync(byte[] bytes) => content.SendAsync(bytes);

    public void CompleteRequests() => content.Complete();

    /// <summary>The next message, or null at the end of the stream.</summary>
    public async Task<T?> NextAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        using var deadline = new CancellationTokenSource(Deadlines.Call);
        var prefix = new byte[5];
        if (await answers.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false, deadline.Token) == 0)
        {
            return null;
        }
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await answers.ReadExactlyAsync(message, deadline.Token);
        return parser.ParseFrom(message);
    }

    /// <summary>The next answer on a watch stream.</summary>
    public async Task<WatchResponse> NextAsync() =>
        await NextAsync(WatchResponse.Parser) ?? throw new InvalidOperationException("The stream has ended.");

    /// <summary>The status, once all messages are read.</summary>
    public GrpcEnding Ending => GrpcClient.EndingOf(response);

    public void Dispose()
    {
        content.Complete();
        response.Dispose();
    }
}
