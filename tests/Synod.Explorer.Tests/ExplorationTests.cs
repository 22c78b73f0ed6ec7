namespace Synod.Explorer.Tests;

public class ExplorationTests
{
    private static readonly ExplorationLimits ExploreAll = new() { StopAtFirstViolation = false };

    [Fact]
    public void Two_jugs_have_sixteen_states_and_measure_four_in_six_steps()
    {
        var result = Exploration.Explore(
            new JugsWorld(), ExploreAll, Property.Always<JugsWorld>("never four", world => world.Large != 4));

        Assert.Equal(ExplorationEnd.Complete, result.End);
        Assert.Equal(16, result.UniqueStates);
        Assert.Equal(16 * 6, result.Transitions);
        Assert.Equal(0, result.TerminalStates);
        var four = result["never four"];
        Assert.Equal(PropertyVerdict.Violated, four.Verdict);
        Assert.Equal(
            ["fill", "pour", "empty", "pour", "fill", "pour"],
            four.Trace!.Steps.Select(step => step.Event.Text));
        Assert.False(result.IsClean);
    }

    [Fact]
    public void A_trace_leads_where_it_says()
    {
        var result = Exploration.Explore(
            new JugsWorld(), ExploreAll, Property.Always<JugsWorld>("never four", world => world.Large != 4));
        var replayed = new JugsWorld();
        var trace = result["never four"].Trace!;
        replayed.Reset(trace.Initial);
        foreach (var step in trace.Steps)
        {
            replayed.Apply(step.Action);
        }
        Assert.Equal(4, replayed.Large);
    }

    [Theory]
    [InlineData(1, 9)]
    [InlineData(3, 4)]
    [InlineData(5, 3)]
    public void Counters_have_as_many_states_as_combinatorics_says(int counters, int limit)
    {
        var result = Exploration.Explore(new CountersWorld(counters, limit), ExploreAll);
        Assert.Equal((int)Math.Pow(limit + 1, counters), result.UniqueStates);
        Assert.Equal(counters * limit, result.Depth);
        Assert.Equal(1, result.TerminalStates);
        Assert.True(result.IsClean);
    }

    [Theory]
    [InlineData(2, 4, 15)] // unordered pairs of 0..4
    [InlineData(3, 1, 4)] // necklaces of three beads in two colours
    [InlineData(3, 2, 11)] // in three colours: (27 + 3 + 3) / 3
    [InlineData(4, 2, 24)] // Burnside: (81 + 9 + 3 + 3) / 4
    public void Interchangeable_counters_are_explored_once(int counters, int limit, int states)
    {
        var result = Exploration.Explore(new CountersWorld(counters, limit, interchangeable: true), ExploreAll,
            Property.Sometimes<CountersWorld>("full", world => world.Sum == counters * limit));
        Assert.Equal(states, result.UniqueStates);
        // The trace is one of real, not renamed states.
        Assert.Equal(counters * limit, result["full"].Trace!.Steps.Count);
        Assert.True(result.IsClean);
    }

    [Fact]
    public void The_same_exploration_twice_gives_the_same_result()
    {
        static ExplorationResult Explore() => Exploration.Explore(
            new CountersWorld(4, 4), ExploreAll,
            Property.Always<CountersWorld>("below", world => world.Sum < 11),
            Property.Sometimes<CountersWorld>("above", world => world.Sum > 12));
        var (first, second) = (Explore(), Explore());
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.ToString(), second.ToString());
        Assert.NotEqual(first.Digest, Exploration.Explore(new CountersWorld(4, 5), ExploreAll).Digest);
    }

    [Fact]
    public void The_first_violation_ends_the_exploration_and_leaves_the_rest_undecided()
    {
        var result = Exploration.Explore(
            new CountersWorld(2, 9), new ExplorationLimits(),
            Property.Always<CountersWorld>("below three", world => world.Sum < 3),
            Property.Always<CountersWorld>("below nine", world => world.Sum < 9),
            Property.Sometimes<CountersWorld>("one", world => world.Sum == 1),
            Property.Sometimes<CountersWorld>("twelve", world => world.Sum == 12));
        Assert.Equal(ExplorationEnd.FirstViolation, result.End);
        Assert.Equal(
            [
                PropertyVerdict.Violated, PropertyVerdict.Undecided, PropertyVerdict.Holds, PropertyVerdict.Undecided,
                PropertyVerdict.Undecided,
            ],
            result.Properties.Select(property => property.Verdict));
        Assert.Equal(3, result["below three"].Trace!.Steps.Count);
    }

    [Fact]
    public void What_holds_nowhere_is_a_violated_sometimes()
    {
        var result = Exploration.Explore(
            new CountersWorld(2, 2), ExploreAll, Property.Sometimes<CountersWorld>("five", world => world.Sum == 5));
        Assert.Equal(PropertyVerdict.Violated, result["five"].Verdict);
        Assert.Null(result["five"].Trace);
        Assert.False(result.IsClean);
    }

    [Fact]
    public void A_property_of_steps_sees_before_and_after()
    {
        // Emptying the large jug is the only way to lose five at once.
        var result = Exploration.Explore(new JugsWorld(), ExploreAll,
            Property.AlwaysStep<JugsWorld, int>(
                "lose less than five", world => world.Together, (before, world) => before - world.Together < 5),
            Property.AlwaysStep<JugsWorld, int>(
                "lose no more than five", world => world.Together, (before, world) => before - world.Together <= 5));
        var steps = result["lose less than five"].Trace!.Steps;
        Assert.Equal(["fill", "empty"], steps.Select(step => step.Event.Text));
        Assert.All(steps, step => Assert.Equal(1, step.Event.Lane));
        Assert.Equal(PropertyVerdict.Holds, result["lose no more than five"].Verdict);
    }

    [Fact]
    public void A_failed_check_is_a_violation_with_its_trace()
    {
        var result = Exploration.Explore(new StairsWorld(), new ExplorationLimits());
        var fault = result[Property.NoCheckFails];
        Assert.Equal(PropertyVerdict.Violated, fault.Verdict);
        Assert.Contains("_floor < 10", fault.Detail, StringComparison.Ordinal);
        // From floor 5, the second way to start: 5, 7, 9 and one more.
        Assert.Equal(1, fault.Trace!.Initial);
        Assert.Equal(3, fault.Trace.Steps.Count);
        Assert.Contains("_floor < 10", result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_failed_check_the_exploration_can_go_on()
    {
        var result = Exploration.Explore(
            new StairsWorld(), ExploreAll, Property.Sometimes<StairsWorld>("ninth floor", world => world.Floor == 9));
        Assert.Equal(ExplorationEnd.Complete, result.End);
        Assert.Equal(10, result.UniqueStates);
        Assert.Equal(PropertyVerdict.Holds, result["ninth floor"].Verdict);
        Assert.Equal(PropertyVerdict.Violated, result[Property.NoCheckFails].Verdict);
    }

    [Fact]
    public void Limits_end_it_and_the_result_says_so()
    {
        var always = Property.Always<CountersWorld>("true", _ => true);
        var byStates = Exploration.Explore(new CountersWorld(3, 9), new ExplorationLimits { StatesMax = 100 }, always);
        Assert.Equal(ExplorationEnd.StatesMaxReached, byStates.End);
        Assert.Equal(100, byStates.UniqueStates);
        Assert.Equal(PropertyVerdict.Undecided, byStates["true"].Verdict);

        var byDepth = Exploration.Explore(new CountersWorld(3, 9), new ExplorationLimits { DepthMax = 2 }, always);
        Assert.Equal(ExplorationEnd.DepthMaxReached, byDepth.End);
        Assert.Equal(1 + 3 + 6, byDepth.UniqueStates);
        Assert.Equal(2, byDepth.Depth);
        Assert.False(byDepth.IsClean);

        var enough = Exploration.Explore(new CountersWorld(3, 1), new ExplorationLimits { DepthMax = 4 }, always);
        Assert.True(enough.IsClean);
    }
}
