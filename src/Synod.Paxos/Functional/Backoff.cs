namespace Synod.Paxos.Functional;

/// <summary>
/// How long to wait after an attempt that was refused: anything up to a window, drawn at random, and the window doubles
/// each time. Two proposers that go on at once, or after equal waits, can refuse each other for ever (Lamport 2001,
/// §2.4).
/// </summary>
public sealed class Backoff
{
    private readonly TimeSpan _windowMin;
    private readonly TimeSpan _windowMax;

    /// <summary>Starts with the first window.</summary>
    /// <param name="windowMin">The first window.</param>
    /// <param name="windowMax">The widest.</param>
    public Backoff(TimeSpan windowMin, TimeSpan windowMax)
    {
        Check.That(windowMin > TimeSpan.Zero && windowMin <= windowMax);
        (_windowMin, _windowMax, Window) = (windowMin, windowMax, windowMin);
    }

    /// <summary>The longest that the next wait can be.</summary>
    public TimeSpan Window { get; private set; }

    /// <summary>The next wait, more than nothing; the window after it is twice as wide.</summary>
    /// <param name="draw">A random number, all 64 bits of it.</param>
    public TimeSpan Next(ulong draw)
    {
        // The high half of the product is uniform in 0 up to the window, without the window.
        var wait = TimeSpan.FromTicks(1 + (long)Math.BigMul(draw, (ulong)Window.Ticks, out _));
        Window = Window > _windowMax / 2 ? _windowMax : Window * 2;
        return wait;
    }

    /// <summary>After success the first window is the next one.</summary>
    public void Reset() => Window = _windowMin;

    /// <summary>Writes canonical bytes.</summary>
    public void Write(StateWriter writer) => writer.WriteNumber((ulong)Window.Ticks);

    /// <summary>Takes on the state that <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader) => Window = TimeSpan.FromTicks((long)reader.ReadNumber());
}
