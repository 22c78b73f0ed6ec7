using System.Collections.Concurrent;

namespace Synod.Ports;

/// <summary>
/// A bounded queue between two actors: many may post, one takes. It never blocks; a full mailbox refuses. In production
/// the wake-up rouses the taker's thread, in simulation it tells the scheduler.
/// </summary>
/// <typeparam name="T">What is posted.</typeparam>
public sealed class Mailbox<T>(int limit, Action wake)
{
    private readonly ConcurrentQueue<T> _queue = new();
    private int _count;

    /// <summary>How many wait now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The most that can wait.</summary>
    public int Limit => limit;

    /// <summary>Posts, unless the mailbox is full.</summary>
    public bool TryPost(T item)
    {
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        _queue.Enqueue(item);
        wake();
        return true;
    }

    /// <summary>Takes the oldest, if there is one.</summary>
    public bool TryTake(out T item)
    {
        if (_queue.TryDequeue(out item!))
        {
            Interlocked.Decrement(ref _count);
            return true;
        }
        return false;
    }
}
