using Synod.Paxos;

namespace Synod.Server.Running;

/// <summary>
/// Runs one actor's turns on a thread of its own. A turn takes the instant, works off what has come in, and returns the
/// instant of its next timer; the thread then sleeps until that instant or until somebody wakes it.
/// </summary>
/// <remarks>
/// Wake-ups coalesce: many posts between two turns cost one. A turn that throws is the actor's last: the fault is
/// reported once and the thread ends, since going on after a broken invariant could do harm.
/// </remarks>
internal sealed class PumpThread : IDisposable
{
    /// <summary>Turns that a sleeper may oversleep a timer it cannot express; also the longest sleep without a timer.</summary>
    private static readonly TimeSpan SleepMax = TimeSpan.FromSeconds(10);

    private readonly Func<Instant, Instant> _turn;
    private readonly Action<PumpThread, Exception> _faulted;
    private readonly MonotonicClock _clock;
    private readonly Thread _thread;
    private readonly Bell _bell;
    private int _stopping;

    /// <summary>Makes the pump; <see cref="Start"/> starts it.</summary>
    /// <param name="name">The actor's name, for the thread and the log.</param>
    /// <param name="clock">Where instants come from.</param>
    /// <param name="turn">One turn.</param>
    /// <param name="faulted">Told, on the pump's thread, what a turn threw.</param>
    /// <param name="bell">What it sleeps on; the pump ends it. Null for the cheapest one.</param>
    public PumpThread(
        string name, MonotonicClock clock, Func<Instant, Instant> turn, Action<PumpThread, Exception> faulted,
        Bell? bell = null)
    {
        _bell = bell ?? Bell.Create();
        Name = name;
        _clock = clock;
        _turn = turn;
        _faulted = faulted;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>The actor's name.</summary>
    public string Name { get; }

    /// <summary>Begins to run turns.</summary>
    public void Start() => _thread.Start();

    /// <summary>Makes a turn happen after now; cheap when one is due anyway. From any thread.</summary>
    public void Wake() => _bell.Ring();

    /// <summary>Ends after one more turn.</summary>
    /// <param name="timeout">How long to wait for that end.</param>
    /// <returns>Whether the thread has ended.</returns>
    public bool Stop(TimeSpan timeout)
    {
        Volatile.Write(ref _stopping, 1);
        Wake();
        return !_thread.IsAlive || (Thread.CurrentThread != _thread && _thread.Join(timeout));
    }

    /// <inheritdoc/>
    public void Dispose() => _bell.Dispose();

    private void Run()
    {
        try
        {
            while (true)
            {
                // First the rings, then the wish to stop: the other way round a stop between the two would be slept over.
                // Read before the turn, so that whatever was set up before Stop is seen by one whole turn after it.
                _bell.Quieten();
                var isLast = Volatile.Read(ref _stopping) == 1;
                var next = _turn(_clock.Now);
                if (isLast)
                {
                    return;
                }
                SleepUntil(next);
            }
        }
#pragma warning disable CA1031 // Whatever a turn throws ends the node; the report decides how.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faulted(this, e);
        }
    }

    // Without spinning first: a machine that runs several nodes has fewer cores than pumps, and a pump that spins takes
    // the core from the one it waits for.
    private void SleepUntil(Instant next)
    {
        var rest = next == Instant.Never ? SleepMax : next - _clock.Now;
        if (rest > TimeSpan.Zero)
        {
            _bell.Wait(rest < SleepMax ? rest : SleepMax);
        }
    }
}
