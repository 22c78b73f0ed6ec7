using Synod.Paxos.Essential;
using Synod.Paxos.External;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;
using Member = Synod.Paxos.External.Member;
using Outcome = Synod.Paxos.External.Outcome;

namespace Synod.Paxos.Tests.External;

/// <summary>
/// Scenarios 58 to 64: leadership for an external failure detector. Three of A to E are a quorum. The suites of
/// Practical are about the very class that this one is built around.
/// </summary>
public class ProclamationScenarioTests
{
    /// <summary>
    /// Known outcome: who is constructed with its own name as leader leads, under a ballot that nobody has promised.
    /// After a restart it would do so again and bind another value to that ballot. Nobody must lead at the start.
    /// </summary>
    [Fact]
    public void Scenario_58_nobody_must_lead_from_the_start()
    {
        var member = NewMember("foo");
        Assert.False(member.IsLeader);
        Assert.Equal(Ballot.None, member.Leader);
        // Not even if somebody says so.
        Assert.Null(member.Step(new Proclamation(At(1, A))));
        Assert.False(member.IsLeader);
        Assert.Null(member.Propose(Text("foo")));
        Assert.Null(member.ResendAccept());
    }

    [Fact]
    public void Scenario_59_a_quorum_of_promises_gains_the_lead_and_is_proclaimed()
    {
        var member = NewMember("foo");
        Assert.Equal(At(1, A), Written(member.Prepare()).Ballot);
        Assert.Equal(default, Promises(member, 1, A, B));
        Assert.Equal(
            new Outcome(
                new Accept(At(1, A), Text("foo")),
                new Proclamation(At(1, A)),
                new LeaderChange(Ballot.None, At(1, A), OwnLead.Gained)),
            Promises(member, 1, C));
    }

    [Fact]
    public void Scenario_60_after_a_refusal_the_next_Prepare_is_above_it_and_is_the_hosts_to_begin()
    {
        var member = NewMember("foo");
        Written(member.Prepare());
        Promises(member, 1, A);
        Assert.Null(member.Step(Refusal(B, At(1, A), At(2, C))));
        Assert.Equal(At(3, A), Written(member.Prepare()).Ballot);
    }

    [Fact]
    public void Scenario_61_a_higher_proclamation_takes_the_lead_away()
    {
        var member = Leading();
        Assert.Equal(
            new LeaderChange(At(1, A), At(5, B), OwnLead.Lost), member.Step(new Proclamation(At(5, B))));
        Assert.Equal(At(5, B), member.Leader);
        // Known implementations leave their leader flag set here, and go on sending Accepts.
        Assert.False(member.IsLeader);
        Assert.Null(member.ResendAccept());
    }

    [Fact]
    public void Scenario_62_a_quorum_of_refusals_takes_the_lead_away()
    {
        var member = Leading();
        Assert.Null(member.Step(Refusal(B, At(1, A), At(2, C))));
        Assert.Null(member.Step(Refusal(C, At(1, A), At(2, C))));
        Assert.Equal((At(1, A), true), (member.Leader, member.IsLeader));
        Assert.Equal(
            new LeaderChange(At(1, A), Ballot.None, OwnLead.Lost), member.Step(Refusal(D, At(1, A), At(2, C))));
        Assert.Equal((Ballot.None, false), (member.Leader, member.IsLeader));
    }

    [Fact]
    public void Scenario_63_a_lost_lead_is_gained_again_when_the_host_says_so()
    {
        var member = Leading();
        member.Step(new Proclamation(At(5, B)));
        Assert.Equal(At(6, A), Written(member.Prepare()).Ballot);
        Assert.Equal(default, Promises(member, 6, B, C));
        var outcome = Promises(member, 6, D);
        Assert.Equal(new Accept(At(6, A), Text("foo")), outcome.Accept);
        Assert.Equal(new LeaderChange(At(5, B), At(6, A), OwnLead.Gained), outcome.Change);
    }

    /// <summary>And, as scenario 57 by hand, an attempt that begins anew counts its own promises only.</summary>
    [Fact]
    public void Scenario_64_lower_proclamations_are_ignored_and_attempts_begin_anew()
    {
        var follower = Leading();
        follower.Step(new Proclamation(At(5, B)));
        Assert.Null(follower.Step(new Proclamation(At(1, A))));
        Assert.Null(follower.Step(new Proclamation(At(4, C))));
        Assert.Equal(At(5, B), follower.Leader);

        var candidate = NewMember("foo");
        Written(candidate.Prepare());
        Promises(candidate, 1, A, B);
        Assert.Equal(At(2, A), Written(candidate.Prepare()).Ballot);
        Assert.Equal(default, Promises(candidate, 2, A, B));
        Assert.Equal(new Accept(At(2, A), Text("foo")), Promises(candidate, 2, C).Accept);
    }

    [Fact]
    public void A_passive_winner_proclaims_nothing()
    {
        var member = NewMember("foo");
        Written(member.Prepare());
        Promises(member, 1, A, B);
        member.IsActive = false;
        var outcome = Promises(member, 1, C);
        Assert.Null(outcome.Accept);
        Assert.Null(outcome.Proclamation);
        Assert.Equal(OwnLead.Gained, outcome.Change!.Value.Own);
    }

    [Fact]
    public void Who_prepares_again_or_resigns_leads_no_more()
    {
        var member = Leading();
        Written(member.Prepare());
        Assert.Equal((Ballot.None, false), (member.Leader, member.IsLeader));
        member = Leading();
        member.Resign();
        Assert.Equal((Ballot.None, false), (member.Leader, member.IsLeader));
        Assert.Null(member.ResendAccept());
    }

    private static Member NewMember(string wish)
    {
        var member = new Member(A, 1, ThreeOfFive, default);
        Assert.Null(member.Propose(Text(wish)));
        return member;
    }

    private static Member Leading()
    {
        var member = NewMember("foo");
        Written(member.Prepare());
        Assert.NotNull(Promises(member, 1, B, C, D).Change);
        return member;
    }

    private static Outcome Promises(Member member, ulong round, params NodeId[] from)
    {
        Outcome outcome = default;
        foreach (var node in from)
        {
            outcome = member.Step(Empty(node, At(round, A)));
        }
        return outcome;
    }
}
