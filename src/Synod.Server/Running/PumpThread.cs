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

    /// <summary>
    /// How often an idle thread looks again before it sleeps. Short on purpose: a machine that runs several nodes has
    /// fewer cores than pumps, and a spinning pump takes the core from the one it waits for.
    /// </summary>
    private const int SpinsMax = 10;

    private readonly Func<Instant, Instant> _turn;
    private readonly Action<PumpThread, Exception> _faulted;
    private readonly MonotonicClock _clock;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _event = new(false, spinCount: 0);
    private int _woken;
    private int _sleeping;
    private int _stopping;

    /// <summary>Makes the pump; <see cref="Start"/> starts it.</summary>
    /// <param name="name">The actor's name, for the thread and the log.</param>
    /// <param name="clock">Where instants come from.</param>
    /// <param name="turn">One turn.</param>
    /// <param name="faulted">Told, on the pump's thread, what a turn threw.</param>
    public PumpThread(
        string name, MonotonicClock clock, Func<Instant, Instant> turn, Action<PumpThread, Exception> faulted)
    {
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
    public void Wake()
    {
        // The exchange is a full fence: what the waker posted before it is seen by the turn that clears the flag.
        if (Interlocked.Exchange(ref _woken, 1) == 0 && Volatile.Read(ref _sleeping) == 1)
        {
            _event.Set();
        }
    }

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
    public void Dispose() => _event.Dispose();

    private void Run()
    {
        try
        {
            while (true)
            {
                // Read before the turn: whatever was set up before Stop is seen by one whole turn after it.
                var isLast = Volatile.Read(ref _stopping) == 1;
                Interlocked.Exchange(ref _woken, 0);
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

    private void SleepUntil(Instant next)
    {
        var spin = new SpinWait();
        for (var i = 0; i < SpinsMax; i++)
        {
            if (Volatile.Read(ref _woken) == 1 || next <= _clock.Now)
            {
                return;
            }
            spin.SpinOnce(sleep1Threshold: -1);
        }
        _event.Reset();
        // Announce the sleep, then look once more: a waker either sees the announcement or is seen here.
        Interlocked.Exchange(ref _sleeping, 1);
        if (Volatile.Read(ref _woken) == 0)
        {
            var rest = next == Instant.Never ? SleepMax : next - _clock.Now;
            var milliseconds = Math.Ceiling(Math.Min(rest.TotalMilliseconds, SleepMax.TotalMilliseconds));
            if (milliseconds > 0)
            {
                _event.Wait((int)milliseconds);
            }
        }
        Volatile.Write(ref _sleeping, 0);
    }
}
