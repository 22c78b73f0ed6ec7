using Synod.Ports;

namespace Synod.Explorer.Tests.Storage;

/// <summary>P5: the store of a small state against every way in which writes can fail and crashes cut them off.</summary>
public class StoreWorldTests
{
    private static readonly Property<StoreWorld> NothingIsLost =
        Property.Always<StoreWorld>("what was saved is there after a restart", world => !world.HasLost);

    private static readonly Property<StoreWorld> SomethingIsFound =
        Property.Sometimes<StoreWorld>("a restart finds a state", world => world.HasFound);

    /// <summary>Found a deletion that failed while the next save was under way: the one after it left a gap.</summary>
    [Fact]
    public void No_failed_save_and_no_crash_takes_what_was_saved()
    {
        var result = Explore(disk => new RealStore(disk));
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((869, 11), (result.UniqueStates, result.Depth));
    }

    [Fact]
    public void The_only_good_copy_is_overwritten_by_a_shortest_trace_of_a_store_that_toggles_too_early()
    {
        var expected = """
                 store   disk
              1. *       |       saves 1
              2. |       *       WriteAndSync b: Done
              3. *       |       saves 2
              4. |       *       WriteAndSync a: LeftNothing
              5. *       |       saves 3
              6. X       |       crashes and restarts; WriteAndSync b: LeftTorn
                 => 1 is lost

            """.ReplaceLineEndings("\n");
        var found = Explore(disk => new EagerStore(disk))[NothingIsLost.Name];
        Assert.Equal(expected, SpaceTimeDiagram.Draw(found.Trace!, "1 is lost"));
    }

    private static ExplorationResult Explore(Func<IDisk, IStore> open) => Exploration.Explore(
        new StoreWorld(open), new ExplorationLimits(), NothingIsLost, SomethingIsFound);
}
