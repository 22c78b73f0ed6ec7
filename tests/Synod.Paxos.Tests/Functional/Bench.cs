using Synod.Paxos.Essential;
using Synod.Paxos.Functional;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;
using Member = Synod.Paxos.Functional.Member;
using Outcome = Synod.Paxos.Functional.Outcome;

namespace Synod.Paxos.Tests.Functional;

/// <summary>
/// Member A of A to E with its clock: heartbeats every 2 s, a liveness window of 6 s, the clock starts at 1 s, each
/// poll is one second later.
/// </summary>
internal sealed class Bench
{
    public static readonly LeadershipOptions Options = new()
    {
        HeartbeatPeriod = TimeSpan.FromSeconds(2),
        LivenessWindow = TimeSpan.FromSeconds(6),
        AttemptTimeout = TimeSpan.FromSeconds(1),
        BackoffMin = TimeSpan.FromSeconds(4),
        BackoffMax = TimeSpan.FromSeconds(16),
    };

    public Bench(string? wish = null)
    {
        Member = new Member(A, 1, ThreeOfFive, default, Options, Now);
        if (wish is not null)
        {
            Assert.Null(Member.Propose(Text(wish)));
        }
    }

    public Member Member { get; }

    public Instant Now { get; private set; } = Seconds(1);

    /// <summary>The draw that is handed in; this one is half of the window.</summary>
    public ulong Draw { get; set; } = 1UL << 63;

    public static Instant Seconds(int seconds) => new(seconds * 1_000_000_000L);

    /// <summary>A member that leads under (1,A), by promises of B, C, D.</summary>
    public static Bench Leading(string? wish = null)
    {
        var bench = new Bench(wish);
        bench.PollInSilence(9);
        Assert.Equal(At(1, A), bench.Poll().Prepared());
        bench.Promise(1, B, C, D);
        Assert.True(bench.Member.IsLeader);
        return bench;
    }

    /// <summary>A member that led under (1,A) and follows (5,B).</summary>
    public static Bench Following(string? wish = null)
    {
        var bench = Leading(wish);
        var change = bench.Hear(At(5, B));
        Assert.Equal(new LeaderChange(At(1, A), At(5, B), OwnLead.Lost), change);
        return bench;
    }

    public Outcome Poll()
    {
        Now += TimeSpan.FromSeconds(1);
        return Member.Tick(Now, Draw);
    }

    public void PollInSilence(int polls)
    {
        for (var i = 0; i < polls; i++)
        {
            Assert.Equal(default, Poll());
        }
    }

    /// <summary>Empty promises; the outcome of the last one.</summary>
    public Outcome Promise(ulong round, params NodeId[] from)
    {
        Outcome outcome = default;
        foreach (var node in from)
        {
            Assert.Equal(default, outcome);
            outcome = Member.Step(Empty(node, At(round, A)), Now);
        }
        return outcome;
    }

    public LeaderChange? Refuse(ulong round, NodeId from, Ballot promised) =>
        Member.Step(Refusal(from, At(round, A), promised), Now, Draw);

    public LeaderChange? Hear(Ballot ballot) => Member.Step(new Heartbeat(ballot), Now);
}

internal static class Outcomes
{
    /// <summary>The ballot of the Prepare, which must be all there is.</summary>
    public static Ballot Prepared(this Outcome outcome)
    {
        Assert.Null(outcome.Accept);
        Assert.Null(outcome.Heartbeat);
        Assert.Null(outcome.Change);
        return Written(outcome.Prepare).Ballot;
    }
}
