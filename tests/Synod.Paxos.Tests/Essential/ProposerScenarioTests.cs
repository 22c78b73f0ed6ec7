using Synod.Paxos.Essential;
using static Synod.Paxos.Tests.Essential.Names;

namespace Synod.Paxos.Tests.Essential;

/// <summary>
/// Scenarios 1 to 10: what proposers of known implementations do. P is proposer A; two of A, B, C are a quorum.
/// </summary>
public class ProposerScenarioTests
{
    [Fact]
    public void Scenario_01_a_wish_is_kept_and_nothing_is_sent()
    {
        var proposer = NewProposer();
        Assert.Null(proposer.Propose(Text("foo")));
        Assert.Equal(Text("foo"), proposer.Value);
    }

    [Fact]
    public void Scenario_02_the_first_wish_stands()
    {
        var proposer = NewProposer();
        Assert.Null(proposer.Propose(Text("foo")));
        Assert.Null(proposer.Propose(Text("bar")));
        Assert.Equal(Text("foo"), proposer.Value);
    }

    [Fact]
    public void Scenario_03_phase_one_begins_with_one_Prepare_of_round_one()
    {
        var proposer = NewProposer();
        Assert.Equal(Ballot.None, proposer.Ballot);
        Assert.Equal(new Prepare(At(1, A)), Written<BallotMark, Prepare>(proposer.Prepare()));
        Assert.Equal(At(1, A), proposer.Ballot);
        // A leader is who has its promises: nobody yet.
        Assert.Equal(MemberSet.Empty, proposer.Promises);
    }

    [Fact]
    public void Scenario_04_each_Prepare_takes_a_higher_ballot()
    {
        var proposer = NewProposer();
        Assert.Equal(new Prepare(At(1, A)), Written<BallotMark, Prepare>(proposer.Prepare()));
        Assert.Equal(new Prepare(At(2, A)), Written<BallotMark, Prepare>(proposer.Prepare()));
    }

    [Fact]
    public void Scenario_05_a_new_ballot_forgets_the_promises_of_the_old_one()
    {
        var proposer = NewProposer();
        proposer.Prepare();
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Equal(1, proposer.Promises.Count);
        Assert.Equal(new Prepare(At(2, A)), Written<BallotMark, Prepare>(proposer.Prepare()));
        Assert.Equal(0, proposer.Promises.Count);
    }

    [Fact]
    public void Scenario_06_a_promise_for_another_ballot_does_not_count()
    {
        var proposer = NewProposer();
        proposer.Prepare();
        Assert.Null(proposer.Step(Empty(B, At(1, B))));
        Assert.Equal(0, proposer.Promises.Count);
    }

    [Fact]
    public void Scenario_07_a_promise_that_comes_twice_counts_once()
    {
        var proposer = NewProposer();
        proposer.Propose(Text("foo"));
        proposer.Prepare();
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Null(proposer.Step(Empty(B, At(1, A))));
        Assert.Equal(1, proposer.Promises.Count);
    }

    [Fact]
    public void Scenario_08_a_reported_value_is_adopted()
    {
        var proposer = NewProposer();
        proposer.Prepare();
        proposer.Prepare();
        Assert.Null(proposer.Step(Reporting(B, At(2, A), At(1, B), "foo")));
        Assert.Equal(At(1, B), proposer.HighestAccepted);
        Assert.Equal(Text("foo"), proposer.Value);
    }

    [Fact]
    public void Scenario_09_a_value_under_a_higher_ballot_replaces_it()
    {
        var proposer = AfterScenario09();
        Assert.Equal(At(3, B), proposer.HighestAccepted);
        Assert.Equal(Text("bar"), proposer.Value);
    }

    [Fact]
    public void Scenario_10_a_value_under_a_lower_ballot_does_not()
    {
        var proposer = AfterScenario09();
        var accept = proposer.Step(Reporting(C, At(4, A), At(2, B), "baz"));
        Assert.Equal(At(3, B), proposer.HighestAccepted);
        Assert.Equal(Text("bar"), proposer.Value);
        Assert.Equal(new Accept(At(4, A), Text("bar")), accept);
    }

    private static Proposer AfterScenario09()
    {
        var proposer = NewProposer();
        for (var i = 0; i < 3; i++)
        {
            proposer.Prepare();
        }
        Assert.Null(proposer.Step(Reporting(B, At(3, A), At(1, B), "foo")));
        Assert.Equal(new Prepare(At(4, A)), Written<BallotMark, Prepare>(proposer.Prepare()));
        Assert.Null(proposer.Step(Reporting(B, At(4, A), At(3, B), "bar")));
        return proposer;
    }
}
