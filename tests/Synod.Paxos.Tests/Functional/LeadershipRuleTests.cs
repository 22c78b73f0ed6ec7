using Synod.Paxos.Essential;
using Synod.Paxos.Functional;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;
using Member = Synod.Paxos.Functional.Member;

namespace Synod.Paxos.Tests.Functional;

/// <summary>The rules of campaigning that no scenario spells out.</summary>
public class LeadershipRuleTests
{
    [Fact]
    public void Somebody_elses_Prepare_puts_an_attempt_off_for_one_and_a_half_windows()
    {
        var bench = new Bench();
        bench.PollInSilence(5);
        bench.Member.Step(new Prepare(At(1, B)), bench.Now);
        bench.PollInSilence(9);
        Assert.Equal(At(2, A), bench.Poll().Prepared());
    }

    [Fact]
    public void An_own_Prepare_that_comes_back_puts_nothing_off()
    {
        var bench = new Bench();
        bench.PollInSilence(9);
        bench.Poll();
        bench.Member.Step(new Prepare(At(1, A)), bench.Now);
        Assert.Equal(At(2, A), bench.Poll().Prepared());
    }

    [Fact]
    public void Waits_double_up_to_their_cap_and_start_again_with_a_lead()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        const ulong most = ulong.MaxValue;
        var waits = Enumerable.Range(0, 5).Select(_ => backoff.Next(most).TotalSeconds).ToList();
        Assert.Equal([1, 2, 4, 5, 5], waits);
        Assert.Equal(TimeSpan.FromTicks(1), backoff.Next(0));
        backoff.Reset();
        Assert.Equal(1, backoff.Next(most).TotalSeconds);
    }

    [Fact]
    public void Stale_refusals_end_no_attempt()
    {
        var bench = new Bench();
        bench.PollInSilence(9);
        bench.Poll();
        Assert.Equal(At(2, A), bench.Poll().Prepared());
        foreach (var from in new[] { B, C, D, E })
        {
            Assert.Null(bench.Refuse(1, from, At(3, C)));
        }
        Assert.True(bench.Member.IsAcquiring);
        bench.Promise(2, A, B);
        Assert.True(bench.Promise(2, C).Change.HasValue);
    }

    [Fact]
    public void An_attempt_that_met_some_refusal_waits_before_the_next()
    {
        var bench = new Bench();
        bench.PollInSilence(9);
        bench.Poll();
        bench.Refuse(1, B, At(2, C));
        Assert.True(bench.Member.IsAcquiring);
        bench.PollInSilence(1);
        Assert.False(bench.Member.IsAcquiring);
        bench.PollInSilence(2);
        Assert.Equal(At(3, A), bench.Poll().Prepared());
    }

    [Fact]
    public void A_leaders_Accept_is_sent_again_with_each_heartbeat_also_when_its_value_is_known_chosen()
    {
        var bench = Bench.Leading("foo");
        bench.PollInSilence(1);
        Assert.Equal(new Accept(At(1, A), Text("foo")), bench.Poll().Accept);
        foreach (var from in new[] { A, B, C })
        {
            bench.Member.Step(Vote(from, At(1, A), "foo"));
        }
        Assert.Equal(Text("foo"), bench.Member.Chosen);
        bench.PollInSilence(1);
        // D and E may have missed the votes; the leader does not know.
        Assert.Equal(new Accept(At(1, A), Text("foo")), bench.Poll().Accept);
    }

    [Fact]
    public void A_passive_member_neither_campaigns_nor_beats()
    {
        var silent = new Bench();
        silent.Member.IsActive = false;
        silent.PollInSilence(30);
        Assert.Equal(Instant.Never, silent.Member.NextTick);
        var leader = Bench.Leading();
        leader.Member.IsActive = false;
        leader.PollInSilence(30);
        leader.Member.IsActive = true;
        Assert.NotNull(leader.Poll().Heartbeat);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Before_the_next_tick_a_tick_does_nothing_and_then_it_does(int kind)
    {
        var bench = kind switch
        {
            0 => new Bench(),
            1 => Bench.Leading(),
            2 => Bench.Following(),
            3 => Refused(),
            _ => Acquiring(),
        };
        var next = bench.Member.NextTick;
        Assert.Equal(default, bench.Member.Tick(new Instant(next.Nanoseconds - 1), 0));
        Assert.NotEqual(default, bench.Member.Tick(next, 0));
    }

    [Fact]
    public void A_refused_candidate_that_hears_others_waits_for_them_first()
    {
        // Two that hear each other would else end the silence that they give each other at the same time.
        var bench = Acquiring();
        bench.Member.Step(new Prepare(At(2, C)), bench.Now);
        foreach (var from in new[] { B, C, D })
        {
            bench.Refuse(1, from, At(2, C));
        }
        // One and a half windows of 6 s, and then half of 4 s by the draw.
        bench.PollInSilence(11);
        Assert.Equal(At(3, A), bench.Poll().Prepared());
    }

    private static Bench Acquiring()
    {
        var bench = new Bench();
        bench.PollInSilence(9);
        bench.Poll();
        return bench;
    }

    private static Bench Refused()
    {
        var bench = Acquiring();
        foreach (var from in new[] { B, C, D })
        {
            bench.Refuse(1, from, At(2, C));
        }
        return bench;
    }

    [Fact]
    public void An_absurd_ballot_in_a_heartbeat_is_ignored()
    {
        var bench = new Bench();
        Assert.Null(bench.Hear(At(ulong.MaxValue, B)));
        Assert.Equal(Ballot.None, bench.Member.Leader);
        bench.PollInSilence(9);
        Assert.Equal(At(1, A), bench.Poll().Prepared());
    }

    [Fact]
    public void Time_spans_that_cannot_work_are_refused_by_name()
    {
        void Refused(string name, LeadershipOptions options) => Assert.Contains(
            name,
            Assert.Throws<ArgumentException>(
                () => new Member(A, 1, TwoOfThree, default, options, default)).Message,
            StringComparison.Ordinal);
        Refused("HeartbeatPeriod", Bench.Options with { HeartbeatPeriod = TimeSpan.Zero });
        Refused("LivenessWindow", Bench.Options with { LivenessWindow = TimeSpan.FromSeconds(2) });
        Refused("AttemptTimeout", Bench.Options with { AttemptTimeout = TimeSpan.Zero });
        Refused("BackoffMin", Bench.Options with { BackoffMin = TimeSpan.Zero });
        Refused("BackoffMax", Bench.Options with { BackoffMax = TimeSpan.FromSeconds(1) });
    }
}
