namespace Synod.Transport.Links;

/// <summary>
/// How much of one lane waits for the owner. It belongs to the lane and not to the connection: a peer that reconnects
/// does not get a fresh allowance. A receiver that finds it full parks itself here and is set off again by the owner.
/// </summary>
internal sealed class Intake(int framesMax, long bytesMax)
{
    private int _frames;
    private long _bytes;
    private Receiver? _parked;

    private bool IsFull => Volatile.Read(ref _frames) >= framesMax || Volatile.Read(ref _bytes) >= bytesMax;

    /// <summary>Half empty: setting a receiver off again for every single frame would cost a thread hop each.</summary>
    private bool HasRoomAgain =>
        Volatile.Read(ref _frames) <= framesMax / 2 && Volatile.Read(ref _bytes) <= bytesMax / 2;

    /// <summary>Counts frames that were posted.</summary>
    public void Add(int frames, long bytes)
    {
        Interlocked.Add(ref _frames, frames);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Counts a frame that the owner took, and sets a parked receiver off again.</summary>
    public void Remove(long bytes)
    {
        Interlocked.Decrement(ref _frames);
        Interlocked.Add(ref _bytes, -bytes);
        if (Volatile.Read(ref _parked) is not null && HasRoomAgain)
        {
            Release(Interlocked.Exchange(ref _parked, null));
        }
    }

    /// <summary>
    /// Whether the receiver is now parked because there is no room. Its connection must be open and stay so meanwhile,
    /// lest a dead receiver takes the place of a living one.
    /// </summary>
    public bool Parks(Receiver receiver)
    {
        if (!IsFull)
        {
            return false;
        }
        Interlocked.Exchange(ref _parked, receiver);
        // The owner may have emptied the lane between the two lines above and would then never look here again.
        return !HasRoomAgain || Interlocked.CompareExchange(ref _parked, null, receiver) != receiver;
    }

    /// <summary>Sets this receiver off again if it is parked here.</summary>
    public void Unpark(Receiver receiver)
    {
        if (Interlocked.CompareExchange(ref _parked, null, receiver) == receiver)
        {
            Release(receiver);
        }
    }

    private static void Release(Receiver? receiver)
    {
        if (receiver is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(receiver, preferLocal: false);
        }
    }
}
