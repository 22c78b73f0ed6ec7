using Synod.Paxos;

namespace Synod.Simulation.Tests;

/// <summary>Virtual time and its clocks.</summary>
public sealed class SchedulerTests
{
    [Fact]
    public void Events_happen_in_the_order_of_their_instants()
    {
        var scheduler = new Scheduler(new Chance(1));
        var seen = new List<int>();
        scheduler.After(TimeSpan.FromSeconds(2), () => seen.Add(2));
        scheduler.After(TimeSpan.FromSeconds(1), () => seen.Add(1));
        scheduler.After(TimeSpan.FromSeconds(3), () => seen.Add(3));
        scheduler.RunUntil(scheduler.Now + TimeSpan.FromSeconds(2));
        Assert.Equal([1, 2], seen);
        Assert.Equal(2, scheduler.Events);
    }

    [Fact]
    public void The_order_of_simultaneous_events_comes_from_the_seed()
    {
        Assert.Equal(OrderUnder(5), OrderUnder(5));
        Assert.Contains(Enumerable.Range(1, 20), seed => !OrderUnder((ulong)seed).SequenceEqual(OrderUnder(5)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20_000)]
    [InlineData(-20_000)]
    public void A_clock_never_shows_less_than_what_was_waited_for(int partsPerMillion)
    {
        var clock = new DriftingClock(new Instant(5_000_000_000), partsPerMillion, TimeSpan.FromMilliseconds(7));
        for (var local = 8_000_000L; local < 100_000_000_000; local = local * 3 / 2 + 17)
        {
            var truth = clock.WhenShows(new Instant(local));
            Assert.True(clock.Read(truth) >= new Instant(local));
            Assert.True(clock.Read(new Instant(truth.Nanoseconds - 100)) < new Instant(local));
        }
        Assert.Equal(Instant.Never, clock.WhenShows(Instant.Never));
    }

    private static List<int> OrderUnder(ulong seed)
    {
        var scheduler = new Scheduler(new Chance(seed));
        var seen = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            var number = i;
            scheduler.After(TimeSpan.FromSeconds(1), () => seen.Add(number));
        }
        scheduler.RunUntil(scheduler.Now + TimeSpan.FromSeconds(1));
        return seen;
    }
}
