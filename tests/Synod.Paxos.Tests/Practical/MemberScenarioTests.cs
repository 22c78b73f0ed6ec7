using Synod.Paxos.Essential;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;

namespace Synod.Paxos.Tests.Practical;

/// <summary>Scenarios 78 to 81: the roles of one place together, with messages returned.</summary>
public class MemberScenarioTests
{
    /// <summary>Scenarios 1 to 22 again, one after the other, on a member that is all three roles.</summary>
    [Fact]
    public void Scenario_78_a_member_does_what_its_roles_do_one_by_one()
    {
        ActsAsProposer();
        FindsTheHighestAccepted();
        ActsAsAcceptor();
        ActsAsLearner();
    }

    private static void ActsAsProposer()
    {
        var member = FreshMember();
        Assert.Null(member.Propose(Text("foo"))); // 1
        Assert.Null(member.Propose(Text("bar"))); // 2
        Assert.Equal(Text("foo"), member.Value);
        Assert.Equal(new Prepare(At(1, A)), Written(member.Prepare())); // 3
        Assert.False(member.IsLeader);
        Assert.Null(member.Step(Empty(B, At(1, A)))); // 5
        Assert.Equal(1, member.Promises.Count);
        Assert.Null(member.Step(Empty(B, At(1, A)))); // 7
        Assert.Equal(1, member.Promises.Count);
        Assert.Equal(new Prepare(At(2, A)), Written(member.Prepare())); // 4, 5
        Assert.Equal(0, member.Promises.Count);
        Assert.Null(member.Step(Empty(B, At(1, B)))); // 6
        Assert.Equal(0, member.Promises.Count);
    }

    private static void FindsTheHighestAccepted()
    {
        var member = FreshMember();
        member.Prepare();
        member.Prepare();
        Assert.Null(member.Step(Reporting(B, At(2, A), At(1, B), "foo"))); // 8
        Assert.Equal((At(1, B), Text("foo")), (member.HighestAccepted, member.Value!.Value));
        member.Prepare();
        Assert.Null(member.Step(Reporting(B, At(3, A), At(1, B), "foo")));
        Assert.Equal(new Prepare(At(4, A)), Written(member.Prepare())); // 9
        Assert.Null(member.Step(Reporting(B, At(4, A), At(3, B), "bar")));
        Assert.Equal((At(3, B), Text("bar")), (member.HighestAccepted, member.Value!.Value));
        Assert.Equal(
            new Accept(At(4, A), Text("bar")), member.Step(Reporting(C, At(4, A), At(2, B), "baz"))); // 10
    }

    private static void ActsAsAcceptor()
    {
        var member = FreshMember();
        Assert.Equal(default, member.State); // 11
        Assert.Equal(Empty(A, At(1, A)), Saved(member.Step(new Prepare(At(1, A)))));
        Assert.Equal(Empty(A, At(1, A)), Saved(member.Step(new Prepare(At(1, A))))); // 12
        Assert.Equal(Vote(A, At(1, A), "foo"), Saved(member.Step(new Accept(At(1, A), Text("foo"))))); // 15
        Assert.Equal(Reporting(A, At(2, B), At(1, A), "foo"), Saved(member.Step(new Prepare(At(2, B))))); // 13
        Assert.Equal(
            Vote(A, At(1, A), "foo"), Saved(FreshMember().Step(new Accept(At(1, A), Text("foo"))))); // 14
        Assert.Equal(Vote(A, At(5, A), "foo"), Saved(member.Step(new Accept(At(5, A), Text("foo"))))); // 16
        var bound = FreshMember();
        Saved(bound.Step(new Prepare(At(5, A))));
        Assert.False(bound.Step(new Accept(At(1, A), Text("foo"))).Reply.HasValue); // 17
        Assert.Equal(new AcceptorState(At(5, A), Ballot.None, null), bound.State.Acceptor);
    }

    private static void ActsAsLearner()
    {
        var member = FreshMember();
        Assert.Null(member.Step(Vote(A, At(5, A), "foo"))); // 18
        Assert.Null(member.Step(Vote(A, At(5, A), "foo"))); // 20
        Assert.Null(member.Step(Vote(A, At(1, A), "bar"))); // 21
        Assert.Null(member.Step(Vote(B, At(1, A), "bar"))); // 22
        Assert.Null(member.Chosen);
        Assert.Equal(Text("foo"), member.Step(Vote(B, At(5, A), "foo")));
        Assert.Throws<InvariantViolatedException>(() => member.Step(Vote(A, At(6, A), "bar"))); // 19
        Assert.Equal((Text("foo"), At(5, A)), (member.Chosen!.Value, member.ChosenBallot));
    }

    /// <summary>
    /// Known outcome: who is declared leader sends an Accept under (0,A), a ballot that no acceptor has promised. Two
    /// such leaders, or one before and after a restart, get two values chosen. An Accept must not leave before phase 1
    /// of exactly its ballot.
    /// </summary>
    [Fact]
    public void Scenario_79_nobody_must_propose_before_phase_one()
    {
        var member = FreshMember();
        Assert.Null(member.Propose(Text("foo")));
        Assert.Null(member.ResendAccept());
        Written(member.Prepare());
        Assert.Null(member.ResendAccept());
        Assert.Null(member.Step(Empty(B, At(1, A))));
        Assert.Null(member.ResendAccept());
        Assert.Equal(new Accept(At(1, A), Text("foo")), member.Step(Empty(C, At(1, A))));
    }

    [Fact]
    public void Scenario_80_a_quorum_of_refusals_ends_the_lead()
    {
        var leader = NewLeader();
        Assert.False(leader.Step(Refusal(B, At(1, A), At(5, B))));
        Assert.False(leader.Step(Refusal(B, At(1, A), At(5, B))));
        Assert.True(leader.IsLeader);
        Assert.True(leader.Step(Refusal(C, At(1, A), At(6, B))));
        Assert.False(leader.IsLeader);
        // Known implementations return the next Prepare at once; here the host asks for it, now or after a while.
        Assert.Equal(At(7, A), Prepared(leader));
    }

    [Fact]
    public void Scenario_81_a_refusal_names_the_refused_and_the_promised_ballot()
    {
        var member = FreshMember();
        Saved(member.Step(new Prepare(At(5, C))));
        var nack = member.Step(new Prepare(At(1, B))).Nack;
        Assert.Equal(Refusal(A, At(1, B), At(5, C)), nack);
        Assert.Equal(B, nack!.Value.Ballot.Node); // whom it is sent to
        Assert.Equal(nack, member.Step(new Accept(At(1, B), Text("foo"))).Nack);
    }

    [Fact]
    public void A_member_observes_the_ballots_that_its_acceptor_is_asked_for()
    {
        var member = FreshMember();
        member.Step(new Prepare(At(3, B)));
        Assert.Equal(new Prepare(At(4, A)), Written(member.Prepare()));
        member.Step(new Accept(At(7, C), Text("foo")));
        Assert.Equal(new Prepare(At(8, A)), Written(member.Prepare()));
    }
}
