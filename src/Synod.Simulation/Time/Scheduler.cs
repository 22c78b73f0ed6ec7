using Synod.Paxos;

namespace Synod.Simulation;

/// <summary>
/// Virtual time: a queue of what will happen, carried out one by one on one thread. What is due at the same instant
/// happens in an order drawn from the seed. Everything that matters is noted, and the notes are hashed: two runs with
/// the same hash did the same.
/// </summary>
internal sealed class Scheduler(Chance chance)
{
    private readonly record struct Due(long At, ulong Tie);

    private sealed class DueOrder : IComparer<Due>
    {
        public int Compare(Due x, Due y)
        {
            var byTime = x.At.CompareTo(y.At);
            return byTime != 0 ? byTime : x.Tie.CompareTo(y.Tie);
        }
    }

    private readonly PriorityQueue<Action, Due> _queue = new(new DueOrder());
    private ulong _sequence;

    /// <summary>The true instant; every node's own clock deviates from it.</summary>
    public Instant Now { get; private set; } = new(1_000_000);

    /// <summary>How many events were carried out.</summary>
    public long Events { get; private set; }

    /// <summary>The hash of everything noted so far.</summary>
    public ulong TraceHash { get; private set; } = 14695981039346656037;

    /// <summary>Gets a line for everything noted, when somebody wants to read along.</summary>
    public Action<Instant, string>? Reader { get; set; }

    /// <summary>Something will happen.</summary>
    public void At(Instant when, Action happening)
    {
        Check.That(when >= Now && when != Instant.Never);
        // The sequence makes ties unique and so the order total; the draw in front of it makes it a seeded one.
        var tie = (chance.Next() << 40) | (++_sequence & 0xFF_FFFF_FFFF);
        _queue.Enqueue(happening, new Due(when.Nanoseconds, tie));
    }

    /// <summary>Something will happen after a while.</summary>
    public void After(TimeSpan wait, Action happening) => At(Now + wait, happening);

    /// <summary>Goes on until <paramref name="end"/>, or until <paramref name="stop"/> says so.</summary>
    public void RunUntil(Instant end, Func<bool>? stop = null)
    {
        while (_queue.TryPeek(out var happening, out var due) && due.At <= end.Nanoseconds)
        {
            if (stop is not null && stop())
            {
                return;
            }
            _queue.Dequeue();
            Now = new Instant(due.At);
            Events++;
            happening();
        }
        if (stop is null || !stop())
        {
            Now = end > Now ? end : Now;
        }
    }

    /// <summary>Mixes something that happened into the trace.</summary>
    public void Note(TraceKind kind, ulong who, ulong what)
    {
        unchecked
        {
            var word = Chance.Mix((ulong)Now.Nanoseconds ^ ((ulong)kind << 56) ^ (who << 48)) ^ Chance.Mix(what + (ulong)kind);
            TraceHash = (TraceHash ^ word) * 1099511628211;
        }
    }

    /// <summary>A line for who reads along.</summary>
    public void Say(string line) => Reader?.Invoke(Now, line);

    /// <summary>Whether anybody reads along: lines cost time.</summary>
    public bool IsRead => Reader is not null;
}

/// <summary>What a note of the trace is about.</summary>
internal enum TraceKind : byte
{
    Turn = 1,
    Sent = 2,
    Delivered = 3,
    LinkUp = 4,
    LinkDown = 5,
    DiskAsked = 6,
    DiskDone = 7,
    Fault = 8,
    Invoked = 9,
    Ended = 10,
    Applied = 11,
    Life = 12,
    Watched = 13,
}
