using Synod.Explorer.Essential;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Essential;

/// <summary>
/// Canonical worlds with their number of unique states. A number that changes means that a role, the network or the
/// hashing behaves differently: find out why before pinning the new one.
/// </summary>
public class PaxosWorldTests
{
    private static readonly PaxosWorldOptions Duel = new();

    private static readonly PaxosWorldOptions TwoBallotsEach =
        Duel with { BallotsPerProposer = 2, AcceptorsAreInterchangeable = true, ForgetsTheDead = true };

    private static readonly Configuration WriteOneOfTwo =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 2, phase2Size: 1));

    private static readonly Configuration WriteAllOfTwo =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 1, phase2Size: 2));

    private static readonly Dictionary<string, PaxosWorldOptions> Canonical = new()
    {
        ["two proposers, three acceptors"] = Duel,
        ["the same, acceptors interchangeable"] = Duel with { AcceptorsAreInterchangeable = true },
        ["the same, each message once at most"] = Duel with { MessagesStay = false },
        ["two acceptors, one loss and one duplicate"] = Duel with
        {
            Configuration = WriteAllOfTwo,
            MessagesStay = false,
            LossesMax = 1,
            DuplicationsMax = 1,
        },
        ["one crash of an acceptor and of a proposer"] =
            Duel with { AcceptorCrashesMax = 1, ProposerCrashesMax = 1 },
        ["late syncs and one crash of an acceptor"] =
            Duel with { AcceptorCrashesMax = 1, SyncIsAStep = true, AcceptorsAreInterchangeable = true },
        ["phase 1 of all, phase 2 of one, two ballots each, a crash"] =
            Duel with { Configuration = WriteOneOfTwo, BallotsPerProposer = 2, ProposerCrashesMax = 1 },
        ["two acceptors and a learner, a crash"] =
            Duel with { Configuration = WriteAllOfTwo, Learners = 1, AcceptorCrashesMax = 1 },
        ["two ballots each"] = TwoBallotsEach,
        ["two ballots each, a crash of an acceptor and of a proposer"] =
            TwoBallotsEach with { AcceptorCrashesMax = 1, ProposerCrashesMax = 1 },
        ["late syncs and one crash of each"] = TwoBallotsEach with
        {
            BallotsPerProposer = 1, AcceptorCrashesMax = 1, ProposerCrashesMax = 1, SyncIsAStep = true,
        },
        ["three proposers, a crash of an acceptor"] =
            TwoBallotsEach with { Proposers = 3, BallotsPerProposer = 1, AcceptorCrashesMax = 1 },
        ["five acceptors"] =
            TwoBallotsEach with { Configuration = Configuration.OfMajority(5), BallotsPerProposer = 1 },
    };

    [Theory]
    [InlineData("two proposers, three acceptors", 33_489, 24)]
    [InlineData("the same, acceptors interchangeable", 5_897, 24)]
    [InlineData("the same, each message once at most", 45_304, 20)]
    [InlineData("two acceptors, one loss and one duplicate", 229_683, 18)]
    [InlineData("one crash of an acceptor and of a proposer", 287_790, 26)]
    [InlineData("late syncs and one crash of an acceptor", 187_672, 39)]
    [InlineData("phase 1 of all, phase 2 of one, two ballots each, a crash", 322_613, 37)]
    [InlineData("two acceptors and a learner, a crash", 16_162, 19)]
    [InlineData("two ballots each", 17_952, 27)]
    [InlineData("two ballots each, a crash of an acceptor and of a proposer", 173_420, 29)]
    [InlineData("late syncs and one crash of each", 26_290, 28)]
    [InlineData("three proposers, a crash of an acceptor", 11_274, 22)]
    [InlineData("five acceptors", 1_873, 21)]
    public void Every_state_is_right_in(string world, int states, int depth)
    {
        var result = Exploration.Explore(
            new PaxosWorld(Canonical[world]), new ExplorationLimits(), PaxosProperties.All);
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((states, depth), (result.UniqueStates, result.Depth));
    }

    [Fact]
    public void A_naive_search_with_whole_states_counts_the_same()
    {
        var result = Exploration.Explore(new PaxosWorld(Duel), new ExplorationLimits());
        var found = NaiveSearch.Explore(new PaxosWorld(Duel));
        Assert.Equal((result.UniqueStates, result.Transitions), (found.States.Count, found.Transitions));
    }

    [Fact]
    public void States_are_taken_for_one_exactly_if_they_are_renamings_of_one_another()
    {
        int[][] renamings = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        var world = new PaxosWorld(Duel with { AcceptorsAreInterchangeable = true });
        var (orbits, sorted, both) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        foreach (var state in NaiveSearch.Explore(new PaxosWorld(Duel)).States)
        {
            NaiveSearch.Load(world, state);
            var least = renamings
                .Select(places => Convert.ToHexString(NaiveSearch.Bytes(writer => world.Write(writer, places))))
                .Min(StringComparer.Ordinal)!;
            var symmetric = Convert.ToHexString(NaiveSearch.Bytes(world.WriteSymmetric));
            orbits.Add(least);
            sorted.Add(symmetric);
            both.Add(least + symmetric);
        }
        Assert.Equal((5_897, 5_897, 5_897), (orbits.Count, sorted.Count, both.Count));
    }

    [Fact]
    public void The_same_world_twice_gives_the_same_states_in_the_same_order()
    {
        var first = Exploration.Explore(new PaxosWorld(Duel), new ExplorationLimits(), PaxosProperties.All);
        var second = Exploration.Explore(new PaxosWorld(Duel), new ExplorationLimits(), PaxosProperties.All);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.ToString(), second.ToString());
    }

    [Fact]
    public void Adopting_takes_eleven_steps_and_is_drawn_as_a_space_time_diagram()
    {
        var result = Exploration.Explore(
            new PaxosWorld(Duel), new ExplorationLimits(), PaxosProperties.SomebodyAdopts);
        var expected = """
                 p1    p2    a1    a2    a3
              1. *     |     |     |     |     begins a ballot
              2. |     *     |     |     |     begins a ballot
              3. o----------->     |     |     Prepare 1.p1
              4. o----------------->     |     Prepare 1.p1
              5. |     o----->     |     |     Prepare 1.p2
              6. <-----------o     |     |     Promise 1.p1, accepted nothing
              7. <-----------------o     |     Promise 1.p1, accepted nothing
              8. o----------------->     |     Accept 1.p1 = a
              9. |     o----------->     |     Prepare 1.p2
             10. |     <-----o     |     |     Promise 1.p2, accepted nothing
             11. |     <-----------o     |     Promise 1.p2, accepted 1.p1 = a
                 => p2 proposes a

            """.ReplaceLineEndings("\n");
        Assert.Equal(expected, SpaceTimeDiagram.Draw(
            result[PaxosProperties.SomebodyAdopts.Name].Trace!, "p2 proposes a"));
    }

    [Fact]
    public void A_counter_example_replays_in_a_new_world()
    {
        var options = Duel with { MakeProposer = (self, configuration) => new StubbornProposer(self, configuration) };
        var trace = Exploration.Explore(new PaxosWorld(options), new ExplorationLimits(), PaxosProperties.Agreement)
            [PaxosProperties.Agreement.Name].Trace!;
        var end = new PaxosWorld(options);
        end.Reset(trace.Initial);
        foreach (var step in trace.Steps)
        {
            end.Apply(step.Action);
        }
        Assert.Equal(["a", "b"], end.ChosenValues.Select(value => value.ToString()));
    }
}
