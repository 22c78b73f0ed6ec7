using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Synod.Doors.Etcd.Hosting;

namespace Synod.Doors.Etcd.Watching;

/// <summary>
/// What waits to be written to one watch stream. The apply actor posts and never waits; one task of the stream writes.
/// Who posts looks first whether there is room; what is posted without looking (answers to the client's own requests)
/// is
/// bounded because no further request is read until there is room.
/// </summary>
internal sealed class WatchOutbox(int bytesMax, Action roomAgain)
{
    /// <summary>What a message counts besides its bytes, so that many small ones are bounded, too.</summary>
    private const int MessageOverheadBytes = 256;

    /// <summary>How many bytes are handed to Kestrel before it is asked to send them.</summary>
    private const int BytesPerFlush = 256 * 1024;

    private readonly Channel<Message> _messages =
        Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });

    // Completed and replaced whenever the writer has written something.
    private TaskCompletionSource _room = NewRoom();
    private long _waiting;
    private int _isStarving;

    /// <summary>Bytes that wait.</summary>
    public long WaitingBytes => Interlocked.Read(ref _waiting);

    /// <summary>Whether more may be posted, with <paramref name="besides"/> bytes already spoken for.</summary>
    public bool HasRoom(long besides) => WaitingBytes + besides < bytesMax;

    /// <summary>
    /// Somebody found no room: the owner is told once there is room again. The writer may have made room between the
    /// look and this mark, so look once more after it, or nobody would wake you.
    /// </summary>
    public void MarkStarving() => Interlocked.Exchange(ref _isStarving, 1);

    /// <summary>Posts a whole frame, which the outbox owns from here on.</summary>
    public void Post(PooledBuffer frame, DoorWatcher? of = null)
    {
        var bytes = frame.Length + MessageOverheadBytes;
        Interlocked.Add(ref _waiting, bytes);
        of?.Count(bytes);
        if (!_messages.Writer.TryWrite(new Message(frame, of)))
        {
            frame.Return(); // The stream has ended.
        }
    }

    /// <summary>
    /// Waits until there is room: before further requests are read, each of which may ask for an answer.
    /// </summary>
    public async ValueTask RoomAsync(CancellationToken gone)
    {
        while (WaitingBytes >= bytesMax)
        {
            var room = Volatile.Read(ref _room);
            if (WaitingBytes >= bytesMax)
            {
                await room.Task.WaitAsync(gone).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Nothing more is taken; the writer ends after what is there.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    /// <summary>Writes until the outbox is complete and empty, or the client is gone.</summary>
    public async Task WriteAllAsync(PipeWriter output, CancellationToken gone)
    {
        try
        {
            while (await _messages.Reader.WaitToReadAsync(gone).ConfigureAwait(false))
            {
                var written = WriteWhatIsThere(output, out var flushed);
                var flush = await output.FlushAsync(gone).ConfigureAwait(false);
                Release(written, flushed);
                if (flush.IsCompleted)
                {
                    break;
                }
            }
        }
        finally
        {
            Complete();
            while (_messages.Reader.TryRead(out var left))
            {
                left.Frame.Return();
            }
        }
    }

    private int WriteWhatIsThere(PipeWriter output, out List<Message> flushed)
    {
        flushed = [];
        var written = 0;
        while (written < BytesPerFlush && _messages.Reader.TryRead(out var message))
        {
            output.Write(message.Frame.Written);
            written += message.Frame.Length + MessageOverheadBytes;
            flushed.Add(message);
        }
        return written;
    }

    private void Release(int written, List<Message> flushed)
    {
        foreach (var message in flushed)
        {
            message.Of?.Count(-(message.Frame.Length + MessageOverheadBytes));
            message.Frame.Return();
        }
        var left = Interlocked.Add(ref _waiting, -written);
        if (left + written >= bytesMax)
        {
            Interlocked.Exchange(ref _room, NewRoom()).TrySetResult();
        }
        if (left < bytesMax && Interlocked.Exchange(ref _isStarving, 0) == 1)
        {
            roomAgain();
        }
    }

    private static TaskCompletionSource NewRoom() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly record struct Message(PooledBuffer Frame, DoorWatcher? Of);
}
