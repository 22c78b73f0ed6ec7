using Synod.Paxos.Essential;
using Synod.Paxos.Practical;
using static Synod.Paxos.Tests.Essential.Names;
using static Synod.Paxos.Tests.Practical.Setup;
using Learner = Synod.Paxos.Practical.Learner;

namespace Synod.Paxos.Tests.Practical;

/// <summary>Scenarios 45, 46, 82 and 83: learners that know who holds the chosen value.</summary>
public class LearnerScenarioTests
{
    private static readonly MemberSet AB = MemberSet.First(2);
    private static readonly MemberSet ABC = MemberSet.First(3);

    /// <summary>
    /// Known outcome: C is added even by an acceptance under (0,A), a ballot below the chosen one. It does not prove
    /// that C holds the value for good: something else could have been accepted over it before the chosen ballot. Such
    /// an acceptance must not count; one under the chosen ballot or a higher one does.
    /// </summary>
    [Fact]
    public void Scenario_45_an_acceptance_under_a_lower_ballot_must_not_count_as_holding_the_value()
    {
        var learner = new Learner(TwoOfThree);
        Assert.Null(learner.Step(Vote(A, At(2, A), "foo")));
        Assert.Equal(MemberSet.Empty, learner.Acceptors);
        Assert.Equal(Text("foo"), learner.Step(Vote(B, At(2, A), "foo")));
        Assert.Equal(AB, learner.Acceptors);
        learner.Step(Vote(C, At(1, A), "foo"));
        Assert.Equal(AB, learner.Acceptors);
        learner.Step(Vote(C, At(2, A), "foo"));
        Assert.Equal(ABC, learner.Acceptors);
    }

    /// <summary>
    /// A quorum grows from two to three. In the middle of a decision that is for who starts again from its disk, with
    /// nothing counted; the new quorums meet the old ones.
    /// </summary>
    [Fact]
    public void Scenario_46_a_larger_quorum_is_what_counts()
    {
        var before = FreshMember();
        Written(before.Prepare());
        before.Step(Empty(B, At(1, A)));
        before.Step(Empty(C, At(1, A)));
        Assert.True(before.IsLeader);
        var all = new Configuration(2, TwoOfThree.Voters, QuorumSystem.Flexible(3, 3, 3));
        var after = new Member(A, 1, all, before.State);
        Assert.Same(all, after.Configuration);
        after.Propose(Text("foo"));
        Written(after.Prepare());
        Assert.Null(after.Step(Empty(B, At(2, A))));
        Assert.Null(after.Step(Empty(C, At(2, A))));
        Assert.False(after.IsLeader);
        Assert.Equal(new Accept(At(2, A), Text("foo")), after.Step(Empty(A, At(2, A))));
        Assert.Null(after.Step(Vote(A, At(2, A), "foo")));
        Assert.Null(after.Step(Vote(B, At(2, A), "foo")));
        Assert.Equal(Text("foo"), after.Step(Vote(C, At(2, A), "foo")));
    }

    [Fact]
    public void Scenario_82_every_later_acceptance_is_answered_with_the_chosen_value()
    {
        var learner = new Learner(TwoOfThree);
        learner.Step(Vote(A, At(2, A), "foo"));
        Assert.Equal(Text("foo"), learner.Step(Vote(B, At(2, A), "foo")));
        Assert.Equal(Text("foo"), learner.Step(Vote(B, At(2, A), "foo")));
        // Another value can only come under a lower ballot (P2b): a higher one is an alarm.
        Assert.Equal(Text("foo"), learner.Step(Vote(C, At(1, B), "bar")));
        Assert.Equal(AB, learner.Acceptors);
        Assert.Throws<InvariantViolatedException>(() => learner.Step(Vote(C, At(3, B), "bar")));
        Assert.Equal((Text("foo"), AB), (learner.Chosen!.Value, learner.Acceptors));
    }

    [Fact]
    public void Scenario_83_the_same_value_under_two_ballots_is_not_counted_together()
    {
        var learner = new Learner(TwoOfThree);
        Assert.Null(learner.Step(Vote(A, At(5, A), "foo")));
        Assert.Null(learner.Step(Vote(B, At(1, A), "foo")));
        Assert.Equal(Text("foo"), learner.Step(Vote(C, At(1, A), "foo")));
        Assert.Equal(At(1, A), learner.ChosenBallot);
        Assert.Equal(new MemberSet(0b110), learner.Acceptors);
        Assert.Equal(Text("foo"), learner.Step(Vote(A, At(5, A), "foo")));
        Assert.Equal(ABC, learner.Acceptors);
    }

    [Fact]
    public void Who_is_not_a_voter_holds_nothing()
    {
        var learner = new Learner(TwoOfThree);
        learner.Step(Vote(A, At(1, A), "foo"));
        Assert.Null(learner.Step(Vote(E, At(1, A), "foo")));
        learner.Step(Vote(B, At(1, A), "foo"));
        Assert.Equal(Text("foo"), learner.Step(Vote(E, At(1, A), "foo")));
        Assert.Equal(AB, learner.Acceptors);
    }
}
