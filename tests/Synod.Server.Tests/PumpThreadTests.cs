using Synod.Paxos;
using Synod.Server.Running;

namespace Synod.Server.Tests;

public sealed class PumpThreadTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_wake_is_followed_by_a_turn_however_often_the_pump_falls_asleep()
    {
        const int rounds = 20_000;
        var posted = 0;
        var seen = 0;
        using var answered = new SemaphoreSlim(0);
        using var pump = new PumpThread("test", new MonotonicClock(), _ =>
        {
            var now = Volatile.Read(ref posted);
            if (now != seen)
            {
                seen = now;
                answered.Release();
            }
            return Instant.Never;
        }, (_, e) => Assert.Fail(e.ToString()));
        pump.Start();
        for (var i = 1; i <= rounds; i++)
        {
            Volatile.Write(ref posted, i);
            pump.Wake();
            // A lost wake-up would leave the pump asleep for its full ten seconds, again and again.
            Assert.True(answered.Wait(Deadline), $"no turn after wake {i}");
        }
        Assert.True(pump.Stop(Deadline));
    }

    [Fact]
    public void A_timer_runs_a_turn_without_a_wake()
    {
        var clock = new MonotonicClock();
        var turns = 0;
        using var third = new ManualResetEventSlim();
        using var pump = new PumpThread("test", clock, now =>
        {
            if (++turns == 3)
            {
                third.Set();
            }
            return now + TimeSpan.FromMilliseconds(2);
        }, (_, e) => Assert.Fail(e.ToString()));
        pump.Start();
        Assert.True(third.Wait(Deadline));
        Assert.True(pump.Stop(Deadline));
    }

    [Fact]
    public void A_turn_that_throws_is_reported_once_and_is_the_last()
    {
        var turns = 0;
        var faults = new List<(string, string)>();
        using var faulted = new ManualResetEventSlim();
        using var pump = new PumpThread("core", new MonotonicClock(), _ =>
        {
            turns++;
            throw new InvalidOperationException("broken");
        }, (pump, e) =>
        {
            faults.Add((pump.Name, e.Message));
            faulted.Set();
        });
        pump.Start();
        Assert.True(faulted.Wait(Deadline));
        pump.Wake();
        Assert.True(pump.Stop(Deadline));
        Assert.Equal([("core", "broken")], faults);
        Assert.Equal(1, turns);
    }

    [Fact]
    public void What_was_set_up_before_the_stop_has_a_turn_after_it()
    {
        for (var round = 0; round < 500; round++)
        {
            var isClosing = false;
            var seen = false;
            using var pump = new PumpThread(
                "test", new MonotonicClock(), _ =>
                {
                    seen = Volatile.Read(ref isClosing);
                    return Instant.Never;
                }, (_, e) => Assert.Fail(e.ToString()));
            pump.Start();
            Volatile.Write(ref isClosing, true);
            Assert.True(pump.Stop(Deadline));
            Assert.True(seen, $"round {round}");
        }
    }

    /// <summary>Calls something in the moment before it forgets its rings, and says whether anybody slept afterwards.</summary>
    private sealed class WatchedBell(Action beforeQuieten) : Bell
    {
        private bool _isRung;

        public bool WasSleptOn { get; private set; }

        public override void Ring() => _isRung = true;

        public override void Quieten()
        {
            beforeQuieten();
            _isRung = false;
        }

        public override void Wait(TimeSpan longest) => WasSleptOn |= !_isRung;

        public override void Dispose() => _isRung = false;
    }

    [Fact]
    public void A_stop_in_the_moment_before_the_rings_are_forgotten_is_not_slept_over()
    {
        PumpThread? pump = null;
        using var bell = new WatchedBell(() => pump!.Stop(TimeSpan.Zero));
        pump = new PumpThread(
            "test", new MonotonicClock(), _ => Instant.Never, (_, e) => Assert.Fail(e.ToString()), bell);
        pump.Start();
        Assert.True(pump.Stop(Deadline));
        Assert.False(bell.WasSleptOn);
        pump.Dispose();
    }

    [Fact]
    public void The_clock_never_runs_backwards()
    {
        var clock = new MonotonicClock();
        var last = clock.Now;
        for (var i = 0; i < 10_000; i++)
        {
            var now = clock.Now;
            Assert.True(now >= last);
            last = now;
        }
        Assert.True(last.Nanoseconds > 0);
    }
}
