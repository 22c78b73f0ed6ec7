using Synod.Ports;

namespace Synod.Node;

/// <summary>
/// Where doors post commands: bounded by their number, and by the bytes of all that this node has taken and not ended, here
/// and beyond.
/// </summary>
internal sealed class WriteInbox(int countMax, long bytesMax, Action wake)
{
    private readonly Mailbox<WriteRequest> _queue = new(countMax, wake);
    private long _bytes;
    private long _bytesTaken;

    /// <summary>How many wait here.</summary>
    public int Count => _queue.Count;

    /// <summary>Bytes of the commands that were taken from here and are not ended yet; the taker keeps it up to date.</summary>
    public long BytesTaken
    {
        get => Volatile.Read(ref _bytesTaken);
        set => Volatile.Write(ref _bytesTaken, value);
    }

    /// <summary>Posts, unless there are too many, or too many bytes of them.</summary>
    public bool TryPost(WriteRequest request)
    {
        var bytes = request.Command.Length;
        if (Interlocked.Add(ref _bytes, bytes) - bytes + BytesTaken < bytesMax && _queue.TryPost(request))
        {
            return true;
        }
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Takes the oldest, if there is one.</summary>
    public bool TryTake(out WriteRequest request)
    {
        if (!_queue.TryTake(out request))
        {
            return false;
        }
        Interlocked.Add(ref _bytes, -request.Command.Length);
        return true;
    }
}
