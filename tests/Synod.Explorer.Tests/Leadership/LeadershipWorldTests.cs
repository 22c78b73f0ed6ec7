using Synod.Explorer.Leadership;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Leadership;

/// <summary>
/// Canonical worlds with their number of unique states, and worlds with one rule broken. A number that changes means
/// that a role behaves differently: find out why before pinning the new one.
/// </summary>
public class LeadershipWorldTests
{
    private static readonly LeadershipWorldOptions Functional = new() { Configuration = Configuration.OfMajority(2) };

    private static readonly LeadershipWorldOptions External =
        Functional with { MakeMember = (self, configuration) => new ExternalMember(self, configuration) };

    private static readonly Configuration WriteAllOfTwo =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 1, phase2Size: 2));

    private static readonly Dictionary<string, LeadershipWorldOptions> Canonical = new()
    {
        ["heartbeats"] = Functional,
        ["heartbeats, a crash"] = Functional with { CrashesMax = 1, Nacks = false },
        ["heartbeats, phase 1 of one"] = Functional with { Configuration = WriteAllOfTwo },
        ["an external detector"] = External,
        ["an external detector, a crash"] = External with { CrashesMax = 1, Nacks = false },
        ["an external detector, phase 1 of one"] = External with { Configuration = WriteAllOfTwo },
    };

    private static readonly Dictionary<string, LeadershipWorldOptions> Wrong = new()
    {
        ["leads without phase 1"] = Functional with
        {
            Configuration = Configuration.OfMajority(3),
            MakeMember = (self, configuration) => new Usurper(self, configuration),
        },
        ["goes on under the old leader's ballot"] = External with
        {
            MakeMember = (self, configuration) => new Heir(self, configuration),
        },
        ["takes one promise for all"] = External with
        {
            Configuration = Configuration.OfMajority(3),
            Nacks = false,
            MakeMember = (self, configuration) => new Flatterer(self, configuration),
        },
    };

    [Theory]
    [InlineData("heartbeats", 18_423, 22)]
    [InlineData("heartbeats, a crash", 12_960, 21)]
    [InlineData("heartbeats, phase 1 of one", 115_123, 20)]
    [InlineData("an external detector", 11_045, 22)]
    [InlineData("an external detector, a crash", 7_647, 21)]
    [InlineData("an external detector, phase 1 of one", 71_037, 20)]
    public void Every_state_is_right_in(string world, int states, int depth)
    {
        var result = Exploration.Explore(
            new LeadershipWorld(Canonical[world]), new ExplorationLimits(), LeadershipProperties.All);
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((states, depth), (result.UniqueStates, result.Depth));
    }

    [Fact]
    public void A_naive_search_with_whole_states_counts_the_same()
    {
        var result = Exploration.Explore(new LeadershipWorld(Functional), new ExplorationLimits());
        var found = NaiveSearch.Explore(new LeadershipWorld(Functional));
        Assert.Equal((result.UniqueStates, result.Transitions), (found.States.Count, found.Transitions));
    }

    [Fact]
    public void The_lead_passes_in_eleven_steps_and_is_drawn_as_a_space_time_diagram()
    {
        var result = Exploration.Explore(
            new LeadershipWorld(External), new ExplorationLimits(), LeadershipProperties.LeadershipPasses);
        var expected = """
                 m1    m2
              1. *     |     its time has come
              2. |     *     its time has come
              3. >     |     Prepare 1.m1
              4. o----->     Prepare 1.m1
              5. <-----o     Prepare 1.m2
              6. |     >     Prepare 1.m2
              7. >     |     Promise 1.m1, accepted nothing
              8. <-----o     Promise 1.m1, accepted nothing
              9. o----->     Promise 1.m2, accepted nothing
             10. |     >     Promise 1.m2, accepted nothing
             11. <-----o     Heartbeat 1.m2
                 => m2 leads, m1 knows

            """.ReplaceLineEndings("\n");
        Assert.Equal(expected, SpaceTimeDiagram.Draw(
            result[LeadershipProperties.LeadershipPasses.Name].Trace!, "m2 leads, m1 knows"));
    }

    [Fact]
    public void Who_leads_without_phase_1_is_found_at_its_first_sign_of_life() =>
        AssertFound("leads without phase 1", LeadershipProperties.LeadersAreElected, 1);

    [Fact]
    public void A_ballot_gets_two_values_where_a_follower_goes_on_under_it() =>
        AssertFound("goes on under the old leader's ballot", LeadershipProperties.OneValuePerBallot, 7);

    [Fact]
    public void Who_takes_one_promise_for_all_is_no_leader() =>
        AssertFound("takes one promise for all", LeadershipProperties.LeadersAreElected, 3);

    [Fact]
    public void Two_values_are_chosen_where_one_promise_is_taken_for_all() =>
        AssertFound("takes one promise for all", LeadershipProperties.Agreement, 10);

    private static void AssertFound(string bug, Property<LeadershipWorld> property, int steps)
    {
        var result = Exploration.Explore(new LeadershipWorld(Wrong[bug]), new ExplorationLimits(), property);
        var found = result[property.Name];
        Assert.True(found.Verdict == PropertyVerdict.Violated, result.ToString());
        Assert.True(steps == found.Trace!.Steps.Count, $"{found.Trace.Steps.Count} steps\n{result}");
    }
}
