using Synod.Server.Running;

namespace Synod.Server.Tests;

/// <summary>Both bells keep the same promises; the portable one is tested where the other is used.</summary>
public sealed class BellTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Kinds => ["futex", "event"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_ring_before_the_wait_ends_it_at_once(string kind)
    {
        using var bell = Create(kind);
        bell.Ring();
        var begun = Environment.TickCount64;
        bell.Wait(Long);
        Assert.True(Environment.TickCount64 - begun < Long.TotalMilliseconds);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_wait_ends_by_itself_when_its_time_is_over(string kind)
    {
        using var bell = Create(kind);
        bell.Ring();
        bell.Quieten();
        var begun = Environment.TickCount64;
        // A signal may end a wait early, which a pump does not mind.
        while (Environment.TickCount64 - begun < 20)
        {
            bell.Wait(TimeSpan.FromMilliseconds(5));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_written_before_a_ring_is_seen_by_the_sleeper(string kind)
    {
        const int Rounds = 20_000;
        using var bell = Create(kind);
        using var answered = new SemaphoreSlim(0);
        var posted = 0;
        var sleeper = Task.Factory.StartNew(() =>
        {
            for (var seen = 0; seen < Rounds;)
            {
                bell.Quieten();
                if (Volatile.Read(ref posted) is var now && now != seen)
                {
                    seen = now;
                    answered.Release();
                    continue;
                }
                bell.Wait(Long);
            }
        }, TaskCreationOptions.LongRunning);
        for (var i = 1; i <= Rounds; i++)
        {
            Volatile.Write(ref posted, i);
            bell.Ring();
            Assert.True(answered.Wait(Long), $"ring {i} was lost");
        }
        await sleeper;
    }

    private static Bell Create(string kind) => kind == "event" ? new EventBell() : new FutexBell();
}
