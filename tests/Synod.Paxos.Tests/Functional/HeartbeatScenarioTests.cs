using Synod.Paxos.Essential;
using Synod.Paxos.Functional;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;

namespace Synod.Paxos.Tests.Functional;

/// <summary>
/// Scenarios 47 to 57: leadership by heartbeats. Three of A to E are a quorum; times as in <see cref="Bench"/>. Known
/// implementations declare first leaders by hand; here every leader has completed phase 1.
/// </summary>
public class HeartbeatScenarioTests
{
    [Fact]
    public void Scenario_47_silence_for_one_and_a_half_windows_starts_an_attempt()
    {
        var bench = new Bench();
        bench.PollInSilence(9);
        Assert.Equal(Ballot.None, bench.Member.Ballot);
        Assert.Equal(At(1, A), bench.Poll().Prepared());
        Assert.Equal(At(1, A), bench.Member.Ballot);
    }

    [Fact]
    public void Scenario_48_a_heartbeat_of_the_known_leader_puts_an_attempt_off()
    {
        var bench = new Bench();
        Assert.Equal(new LeaderChange(Ballot.None, At(1, B), OwnLead.Unchanged), bench.Hear(At(1, B)));
        bench.PollInSilence(9);
        Assert.Null(bench.Hear(At(1, B)));
        bench.PollInSilence(1);
        Assert.False(bench.Member.IsAcquiring);
    }

    [Fact]
    public void Scenario_49_a_quorum_of_promises_gains_the_lead()
    {
        var bench = new Bench("foo");
        bench.PollInSilence(9);
        Assert.Equal(At(1, A), bench.Poll().Prepared());
        Assert.Equal(default, bench.Promise(1, A, B));
        var outcome = bench.Promise(1, C);
        Assert.Equal(new Accept(At(1, A), Text("foo")), outcome.Accept);
        Assert.Equal(new LeaderChange(Ballot.None, At(1, A), OwnLead.Gained), outcome.Change);
        Assert.Equal(new Heartbeat(At(1, A)), outcome.Heartbeat);
    }

    [Fact]
    public void Scenario_50_a_higher_leaders_heartbeat_ends_an_attempt()
    {
        var bench = new Bench("foo");
        bench.PollInSilence(9);
        bench.Poll();
        bench.Promise(1, A, B);
        bench.Hear(At(5, B));
        Assert.False(bench.Member.IsAcquiring);
        bench.PollInSilence(1);
        Assert.Equal(default, bench.Promise(1, C));
    }

    /// <summary>
    /// Known outcome: the first refusal is answered with Prepare(3,A) at once, and each further refusal of the same
    /// round with one more. Two such proposers refuse each other for ever. A refusal must not start an attempt: the
    /// attempt ends, and after a random while there is one new one.
    /// </summary>
    [Fact]
    public void Scenario_51_a_refusal_must_not_be_answered_with_a_Prepare_at_once()
    {
        var bench = new Bench("foo");
        bench.PollInSilence(9);
        bench.Poll();
        bench.Promise(1, A);
        Assert.Null(bench.Refuse(1, B, At(2, C)));
        Assert.Null(bench.Refuse(1, C, At(2, C)));
        Assert.Null(bench.Refuse(1, D, At(2, C)));
        Assert.Null(bench.Refuse(1, E, At(2, C)));
        Assert.False(bench.Member.IsAcquiring);
        // Half of a window of 4 s, by the draw that was handed in; one ballot for four refusals.
        bench.PollInSilence(2);
        Assert.Equal(At(3, A), bench.Poll().Prepared());
    }

    [Fact]
    public void Scenario_52_a_higher_leaders_heartbeat_takes_the_lead_away()
    {
        var bench = Bench.Following();
        Assert.Equal(At(5, B), bench.Member.Leader);
        Assert.False(bench.Member.IsLeader);
    }

    [Fact]
    public void Scenario_53_a_quorum_of_refusals_takes_the_lead_away()
    {
        var bench = Bench.Leading("foo");
        Assert.Null(bench.Refuse(1, B, At(2, C)));
        Assert.Null(bench.Refuse(1, C, At(2, C)));
        Assert.Equal(At(1, A), bench.Member.Leader);
        Assert.True(bench.Member.IsLeader);
        Assert.Equal(new LeaderChange(At(1, A), Ballot.None, OwnLead.Lost), bench.Refuse(1, D, At(2, C)));
        Assert.Equal(Ballot.None, bench.Member.Leader);
        Assert.False(bench.Member.IsLeader);
    }

    [Fact]
    public void Scenario_54_a_lost_lead_is_gained_again_after_silence()
    {
        var bench = Bench.Following("foo");
        bench.PollInSilence(6);
        Assert.Equal(At(6, A), bench.Poll().Prepared());
        Assert.Equal(default, bench.Promise(6, B, C));
        var outcome = bench.Promise(6, D);
        Assert.Equal(new Accept(At(6, A), Text("foo")), outcome.Accept);
        Assert.Equal(new LeaderChange(At(5, B), At(6, A), OwnLead.Gained), outcome.Change);
    }

    [Fact]
    public void Scenario_55_a_lower_leaders_heartbeat_is_ignored()
    {
        var bench = Bench.Following();
        Assert.Null(bench.Hear(At(1, A)));
        Assert.Null(bench.Hear(At(4, C)));
        Assert.Equal(At(5, B), bench.Member.Leader);
    }

    [Fact]
    public void Scenario_56_a_leader_beats_every_period()
    {
        var bench = new Bench();
        bench.PollInSilence(9);
        bench.Poll();
        var beats = bench.Promise(1, B, C, D).Heartbeat.HasValue ? 1 : 0;
        for (var i = 0; i < 8; i++)
        {
            beats += bench.Poll().Heartbeat.HasValue ? 1 : 0;
        }
        Assert.Equal(5, beats);
        Assert.Equal(At(1, A), bench.Member.Leader);
        Assert.True(bench.Member.IsLeaderAlive(bench.Now));
    }

    [Fact]
    public void Scenario_57_an_attempt_without_a_quorum_begins_anew_under_a_higher_ballot()
    {
        var bench = new Bench("foo");
        bench.PollInSilence(9);
        Assert.Equal(At(1, A), bench.Poll().Prepared());
        bench.Promise(1, A, B);
        Assert.Equal(At(2, A), bench.Poll().Prepared());
        Assert.Equal(default, bench.Promise(2, A, B));
        Assert.Equal(new Accept(At(2, A), Text("foo")), bench.Promise(2, C).Accept);
    }
}
