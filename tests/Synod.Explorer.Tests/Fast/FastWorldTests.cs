using Synod.Explorer.Fast;
using Synod.Paxos;
using Synod.Paxos.Fast;

namespace Synod.Explorer.Tests.Fast;

/// <summary>Canonical worlds of Fast Paxos with their number of unique states, and wrong twins.</summary>
public class FastWorldTests
{
    private static readonly Dictionary<string, FastWorldOptions> Canonical = new()
    {
        ["a fast ballot, then a classic one"] = new(),
        ["four acceptors, an open fast ballot, a classic one"] = new() { Acceptors = 4, StartsOpen = true },
        ["a fast ballot alone"] = new() { Acceptors = 4, Ballots = [true] },
    };

    [Theory]
    [InlineData("a fast ballot, then a classic one", 223_116, 27)]
    [InlineData("four acceptors, an open fast ballot, a classic one", 57_130, 20)]
    [InlineData("a fast ballot alone", 10_441, 20)]
    public void Every_state_is_right_in(string world, int states, int depth)
    {
        var result = Exploration.Explore(
            new FastWorld(Canonical[world]), new ExplorationLimits { StatesMax = 2_000_000 }, FastProperties.All);
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((states, depth), (result.UniqueStates, result.Depth));
    }

    [Fact]
    public void Who_takes_the_first_value_that_it_hears_instead_of_counting_is_found()
    {
        var wrong = new FastWorldOptions
        {
            Acceptors = 4,
            StartsOpen = true,
            MakeCoordinator = (self, voters, quorums) => new NotCountingCoordinator(self, voters, quorums),
        };
        var result = Exploration.Explore(new FastWorld(wrong), new ExplorationLimits(), FastProperties.Agreement);
        var found = result[FastProperties.Agreement.Name];
        Assert.True(found.Verdict == PropertyVerdict.Violated, result.ToString());
        Assert.True(found.Trace!.Steps.Count == 14, $"{found.Trace.Steps.Count} steps\n{result}");
    }

    /// <summary>Proposes the first value that was reported to it, as the rule for classic ballots would have
    /// it.</summary>
    private sealed class NotCountingCoordinator(NodeId self, IReadOnlyList<NodeId> voters, FastQuorums quorums)
        : RealFastCoordinator(self, voters, quorums)
    {
        public override FastAccept? Step(in FastPromise promise)
        {
            // What the last of the quorum voted for, if it voted.
            var value = promise.VotedValue;
            return base.Step(promise) is { } right ? right with { Value = value ?? right.Value } : null;
        }
    }
}
