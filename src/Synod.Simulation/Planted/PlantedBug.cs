namespace Synod.Simulation;

/// <summary>
/// A bug put into the surroundings of the real nodes, to see whether the judges find it: a tester that finds nothing
/// proves nothing until it has found what is there.
/// </summary>
/// <param name="Name">A short name.</param>
/// <param name="What">What is wrong.</param>
/// <param name="WithinSeeds">It must be found by then, counting seeds from 1.</param>
/// <param name="Change">What it changes of a world's options.</param>
/// <param name="Prepare">What it does to a world that was built.</param>
internal sealed record PlantedBug(
    string Name, string What, int WithinSeeds, Func<WorldOptions, WorldOptions> Change, Action<World> Prepare)
{
    /// <summary>Runs worlds until one shows the bug.</summary>
    /// <returns>The seed and what was seen; seed 0 if the bug was not found.</returns>
    public (ulong Seed, string Verdict) Hunt()
    {
        for (var seed = 1UL; seed <= (ulong)WithinSeeds; seed++)
        {
            var world = RandomWorld.Run(Change(RandomWorld.OptionsOf(seed)) with { IsPlanted = true }, Prepare);
            if (world.Violations.Count > 0)
            {
                return (seed, world.Violations[0]);
            }
        }
        return (0, "not found");
    }
}
