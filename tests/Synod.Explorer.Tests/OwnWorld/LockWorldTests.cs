namespace Synod.Explorer.Tests.OwnWorld;

/// <summary>The example of docs/exploration.md: its code runs here, and what it prints stands there.</summary>
public class LockWorldTests
{
    private static readonly Property<LockWorld> NeverBoth =
        Property.Always<LockWorld>("never both", world => !world.BothHold);

    [Fact]
    public void A_release_that_does_not_name_its_grant_frees_a_lock_that_is_held()
    {
        var result = Exploration.Explore(
            new LockWorld(releaseNamesItsGrant: false), new ExplorationLimits(), NeverBoth);
        var expected = """
            FirstViolation: 185 states, 1044 transitions, depth 12, 0 terminal
            always    never both: Violated
                 c1       c2       server
              1. *        |        |        wants the lock, wish 1
              2. |        *        |        wants the lock, wish 1
              3. o----------------->        ask 1
              4. <-----------------o        granted 1
              5. *        |        |        leaves the lock
              6. *        |        |        wants the lock, wish 2
              7. o----------------->        release 1
              8. o----------------->        ask 2
              9. <-----------------o        granted 2
             10. o----------------->        release 1
             11. |        o-------->        ask 1
             12. |        <--------o        granted 1
                 => violated: never both
            always    no check of the code fails: Undecided

            """.ReplaceLineEndings("\n");
        Assert.Equal(expected, result.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_release_that_names_its_grant_frees_only_that()
    {
        var result = Exploration.Explore(
            new LockWorld(releaseNamesItsGrant: true), new ExplorationLimits(), NeverBoth);
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((203, 20), (result.UniqueStates, result.Depth));
    }

    [Fact]
    public void What_the_world_writes_it_reads_back() => Assert.NotEmpty(
        NaiveSearch.Explore(new LockWorld(releaseNamesItsGrant: true)).States);
}
