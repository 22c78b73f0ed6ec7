using System.Net;
using System.Net.Http.Headers;

namespace Synod.Client.Etcd;

/// <summary>A request body that sends its bytes and then stays open, as bidirectional calls need, until it is
/// disposed.</summary>
internal sealed class OpenRequestContent : HttpContent
{
    private readonly byte[] _bytes;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OpenRequestContent(byte[] bytes)
    {
        _bytes = bytes;
        Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_bytes).ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
        await _closed.Task.ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _closed.TrySetResult();
        base.Dispose(disposing);
    }
}
