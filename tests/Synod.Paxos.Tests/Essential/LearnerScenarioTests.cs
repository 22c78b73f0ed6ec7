using Synod.Paxos.Essential;
using static Synod.Paxos.Tests.Essential.Names;

namespace Synod.Paxos.Tests.Essential;

/// <summary>Scenarios 18 to 22: what learners of known implementations do. Two of A, B, C are a quorum.</summary>
public class LearnerScenarioTests
{
    [Fact]
    public void Scenario_18_two_of_three_acceptances_choose()
    {
        var learner = NewLearner();
        Assert.Null(learner.Step(Vote(A, At(1, A), "foo")));
        Assert.Null(learner.Chosen);
        Assert.Equal(Text("foo"), learner.Step(Vote(B, At(1, A), "foo")));
        Assert.Equal(Text("foo"), learner.Chosen);
        Assert.Equal(At(1, A), learner.ChosenBallot);
    }

    /// <summary>
    /// The known outcome is that later acceptances of another value are ignored. What is chosen stays here, too; but a
    /// higher ballot with another value cannot be (P2b), so that it is an alarm, not something to pass over.
    /// </summary>
    [Fact]
    public void Scenario_19_what_is_chosen_stays()
    {
        var learner = NewLearner();
        learner.Step(Vote(A, At(1, A), "foo"));
        Assert.Null(learner.Chosen);
        learner.Step(Vote(B, At(1, A), "foo"));
        Assert.Throws<InvariantViolatedException>(() => learner.Step(Vote(A, At(5, A), "bar")));
        Assert.Throws<InvariantViolatedException>(() => learner.Step(Vote(B, At(5, A), "bar")));
        Assert.Equal(Text("foo"), learner.Chosen);
        Assert.Equal(At(1, A), learner.ChosenBallot);
        Assert.Null(learner.Step(Vote(C, At(5, A), "foo")));
    }

    [Fact]
    public void Scenario_20_one_acceptor_twice_is_no_quorum()
    {
        var learner = NewLearner();
        Assert.Null(learner.Step(Vote(A, At(1, A), "foo")));
        Assert.Null(learner.Step(Vote(A, At(1, A), "foo")));
        Assert.Null(learner.Chosen);
        Assert.Equal(Text("foo"), learner.Step(Vote(B, At(1, A), "foo")));
    }

    [Fact]
    public void Scenario_21_an_acceptors_older_acceptance_is_ignored()
    {
        var learner = NewLearner();
        Assert.Null(learner.Step(Vote(A, At(5, A), "foo")));
        Assert.Null(learner.Step(Vote(A, At(1, A), "bar")));
        Assert.Equal(Text("foo"), learner.Step(Vote(B, At(5, A), "foo")));
        Assert.Equal(At(5, A), learner.ChosenBallot);
    }

    [Fact]
    public void Scenario_22_acceptances_under_two_ballots_are_not_counted_together()
    {
        var learner = NewLearner();
        Assert.Null(learner.Step(Vote(A, At(1, A), "bar")));
        Assert.Null(learner.Step(Vote(B, At(5, A), "foo")));
        Assert.Null(learner.Chosen);
        Assert.Equal(Text("foo"), learner.Step(Vote(A, At(5, A), "foo")));
        Assert.Equal(At(5, A), learner.ChosenBallot);
    }

    [Fact]
    public void The_same_value_under_two_ballots_is_not_counted_together()
    {
        var learner = NewLearner();
        Assert.Null(learner.Step(Vote(A, At(1, A), "foo")));
        Assert.Null(learner.Step(Vote(B, At(2, B), "foo")));
        Assert.Null(learner.Chosen);
    }

    [Fact]
    public void Late_acceptances_of_lower_ballots_are_no_alarm()
    {
        var learner = NewLearner();
        learner.Step(Vote(A, At(5, A), "foo"));
        learner.Step(Vote(B, At(5, A), "foo"));
        Assert.Null(learner.Step(Vote(C, At(1, A), "bar")));
        Assert.Equal(Text("foo"), learner.Chosen);
    }

    [Fact]
    public void Who_is_not_a_voter_does_not_count()
    {
        var learner = NewLearner();
        learner.Step(Vote(A, At(1, A), "foo"));
        Assert.Null(learner.Step(Vote(new NodeId(9), At(1, A), "foo")));
        Assert.Null(learner.Chosen);
    }

    [Fact]
    public void Two_values_under_one_ballot_are_an_alarm()
    {
        var learner = NewLearner();
        learner.Step(Vote(A, At(1, A), "foo"));
        Assert.Throws<InvariantViolatedException>(() => learner.Step(Vote(B, At(1, A), "bar")));
    }
}
