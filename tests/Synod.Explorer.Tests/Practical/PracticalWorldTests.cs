using Synod.Explorer.Practical;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Practical;

/// <summary>
/// Canonical worlds with their number of unique states. A number that changes means that a role, the outbox, the
/// network or the hashing behaves differently: find out why before pinning the new one.
/// </summary>
public class PracticalWorldTests
{
    [Theory]
    [InlineData("three members, two proposers", 93_549, 24)]
    [InlineData("two members, refusals, a crash", 147_338, 20)]
    [InlineData("two members, a crash between write and reply", 161_699, 26)]
    [InlineData("two members, refusals, a crash between write and reply", 89_968, 33)]
    [InlineData("two members, refusals, late writes, one learns", 52_759, 35)]
    [InlineData("one proposer, two ballots, a crash between write and reply", 194_879, 27)]
    [InlineData("three members, a crash", 29_029, 16)]
    [InlineData("three members, a crash between write and reply", 284_516, 29)]
    [InlineData("three members, refusals", 86_825, 22)]
    public void Every_state_is_right_in(string world, int states, int depth)
    {
        var options = CanonicalWorlds.ByName[world];
        var result = Exploration.Explore(
            new PracticalWorld(options), new ExplorationLimits(), CanonicalWorlds.PropertiesFor(options));
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((states, depth), (result.UniqueStates, result.Depth));
    }

    [Fact]
    public void A_naive_search_with_whole_states_counts_the_same()
    {
        var options = new PracticalWorldOptions
        {
            Configuration = Configuration.OfMajority(1), Proposers = 1, BallotsPerProposer = 2, CrashesMax = 1,
        };
        var result = Exploration.Explore(new PracticalWorld(options), new ExplorationLimits());
        var found = NaiveSearch.Explore(new PracticalWorld(options));
        Assert.Equal((result.UniqueStates, result.Transitions), (found.States.Count, found.Transitions));
        Assert.True(result.UniqueStates > 100);
    }
}
