using Synod.Paxos.Essential;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;

namespace Synod.Paxos.Tests.Practical;

/// <summary>
/// Scenarios 23 to 35: proposers that know when they lead. P is proposer A; two of A, B, C are a quorum. Known
/// implementations set the leader flag by hand; here only phase 1 sets it.
/// </summary>
public class ProposerScenarioTests
{
    [Fact]
    public void Scenario_23_a_leaders_wish_goes_out_at_once() =>
        Assert.Equal(new Accept(At(1, A), Text("foo")), NewLeader().Propose(Text("foo")));

    [Fact]
    public void Scenario_24_an_Accept_is_sent_again_by_a_leader_with_a_value_only()
    {
        var follower = FreshProposer();
        follower.Propose(Text("foo"));
        Assert.Null(follower.ResendAccept());
        var leader = NewLeader();
        Assert.Null(leader.ResendAccept());
        leader.Propose(Text("foo"));
        Assert.Equal(new Accept(At(1, A), Text("foo")), leader.ResendAccept());
        Assert.Equal(new Accept(At(1, A), Text("foo")), leader.ResendAccept());
    }

    [Fact]
    public void Scenario_25_a_passive_leader_sends_nothing_again()
    {
        var leader = NewLeader();
        leader.Propose(Text("foo"));
        leader.IsActive = false;
        Assert.Null(leader.ResendAccept());
        leader.IsActive = true;
        Assert.NotNull(leader.ResendAccept());
    }

    [Fact]
    public void Scenario_26_a_passive_leader_keeps_a_wish_and_sends_nothing()
    {
        var leader = NewLeader();
        leader.IsActive = false;
        Assert.Null(leader.Propose(Text("foo")));
        Assert.Equal(Text("foo"), leader.Value);
        // What was not sent is sent when it is active again, under the ballot that it is bound to.
        leader.IsActive = true;
        Assert.Equal(new Accept(At(1, A), Text("foo")), leader.ResendAccept());
    }

    [Fact]
    public void Scenario_27_a_foreign_ballot_in_a_promise_is_noted()
    {
        var proposer = FreshProposer();
        Assert.Null(proposer.Step(Empty(B, At(5, C))));
        Assert.Equal(At(6, A), Prepared(proposer));
    }

    [Fact]
    public void Scenario_28_a_passive_proposer_begins_nothing()
    {
        var proposer = FreshProposer();
        proposer.IsActive = false;
        Assert.Null(proposer.Step(Empty(B, At(5, C))));
        Assert.False(proposer.Prepare().HasValue);
        Assert.False(proposer.ResendPrepare().HasValue);
        proposer.IsActive = true;
        Assert.Equal(At(6, A), Prepared(proposer));
    }

    [Fact]
    public void Scenario_29_a_Prepare_that_is_sent_again_keeps_its_promises()
    {
        var proposer = FreshProposer();
        Prepared(proposer);
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Equal(1, proposer.Promises.Count);
        Assert.Equal(new Prepare(At(1, A)), Written(proposer.ResendPrepare()));
        Assert.Equal(1, proposer.Promises.Count);
    }

    [Fact]
    public void Scenario_30_a_leader_counts_no_further_promises()
    {
        var leader = NewLeader();
        var before = leader.Promises;
        Assert.Null(leader.Step(Empty(A, At(1, A))));
        Assert.Equal(before, leader.Promises);
    }

    [Fact]
    public void Scenario_31_the_promise_that_completes_a_quorum_makes_the_leader()
    {
        var proposer = FreshProposer();
        proposer.Propose(Text("foo"));
        Prepared(proposer);
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Equal((1, false), (proposer.Promises.Count, proposer.IsLeader));
        Assert.Equal(new Accept(At(1, A), Text("foo")), proposer.Step(Empty(C, At(1, A))));
        Assert.Equal((2, true), (proposer.Promises.Count, proposer.IsLeader));
    }

    [Fact]
    public void Scenario_32_a_passive_proposer_becomes_the_leader_silently()
    {
        var proposer = FreshProposer();
        proposer.Propose(Text("foo"));
        Prepared(proposer);
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        proposer.IsActive = false;
        Assert.Null(proposer.Step(Empty(C, At(1, A))));
        Assert.True(proposer.IsLeader);
    }

    [Fact]
    public void Scenario_33_one_leads_without_a_value_too()
    {
        var proposer = FreshProposer();
        Prepared(proposer);
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.False(proposer.IsLeader);
        Assert.Null(proposer.Step(Empty(C, At(1, A))));
        Assert.True(proposer.IsLeader);
    }

    [Fact]
    public void Scenario_34_the_next_ballot_is_above_an_observed_one()
    {
        var proposer = FreshProposer();
        proposer.Observe(At(5, B));
        Assert.Equal(At(6, A), Prepared(proposer));
    }

    [Fact]
    public void Scenario_35_the_next_ballot_is_above_what_a_refusal_tells()
    {
        var proposer = FreshProposer();
        Prepared(proposer);
        Assert.False(proposer.Step(Refusal(B, At(1, A), At(5, B))));
        Assert.Equal(At(6, A), Prepared(proposer));
    }
}
