using Synod.Paxos.Essential;
using static Synod.Paxos.Tests.Essential.Names;

namespace Synod.Paxos.Tests.Essential;

/// <summary>Scenarios 11 to 17: what acceptors of known implementations do. The acceptor is A.</summary>
public class AcceptorScenarioTests
{
    [Fact]
    public void Scenario_11_a_fresh_acceptor_promises()
    {
        var acceptor = NewAcceptor();
        Assert.Equal(default, acceptor.State);
        Assert.Equal(Empty(A, At(1, A)), Prepare(acceptor, At(1, A)));
    }

    [Fact]
    public void Scenario_12_the_same_Prepare_gets_the_same_Promise()
    {
        var acceptor = NewAcceptor();
        Assert.Equal(Empty(A, At(1, A)), Prepare(acceptor, At(1, A)));
        Assert.Equal(Empty(A, At(1, A)), Prepare(acceptor, At(1, A)));
    }

    [Fact]
    public void Scenario_13_a_Promise_reports_what_was_accepted()
    {
        var acceptor = NewAcceptor();
        Prepare(acceptor, At(1, A));
        Accept(acceptor, At(1, A), "foo");
        Assert.Equal(Reporting(A, At(2, B), At(1, A), "foo"), Prepare(acceptor, At(2, B)));
    }

    [Fact]
    public void Scenario_14_an_Accept_needs_no_promise_before_it() =>
        Assert.Equal(Vote(A, At(1, A), "foo"), Accept(NewAcceptor(), At(1, A), "foo"));

    [Fact]
    public void Scenario_15_an_Accept_under_the_promised_ballot_is_accepted()
    {
        var acceptor = NewAcceptor();
        Prepare(acceptor, At(1, A));
        Assert.Equal(Vote(A, At(1, A), "foo"), Accept(acceptor, At(1, A), "foo"));
    }

    [Fact]
    public void Scenario_16_an_Accept_above_the_promise_is_accepted()
    {
        var acceptor = NewAcceptor();
        Prepare(acceptor, At(1, A));
        Assert.Equal(Vote(A, At(5, A), "foo"), Accept(acceptor, At(5, A), "foo"));
        Assert.Equal(At(5, A), acceptor.State.Promised);
    }

    [Fact]
    public void Scenario_17_an_Accept_below_the_promise_changes_nothing()
    {
        var acceptor = NewAcceptor();
        Prepare(acceptor, At(5, A));
        Assert.Null(acceptor.Step(new Accept(At(1, A), Text("foo"))));
        Assert.Equal(new AcceptorState(At(5, A), Ballot.None, null), acceptor.State);
    }

    private static Promise Prepare(Acceptor acceptor, Ballot ballot) =>
        Written(acceptor.Step(new Prepare(ballot)));

    private static Accepted Accept(Acceptor acceptor, Ballot ballot, string value) =>
        Written(acceptor.Step(new Accept(ballot, Text(value))));
}
