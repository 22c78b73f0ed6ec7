namespace Synod.Simulation.Tests;

/// <summary>A seed is worth something only if it says everything.</summary>
public sealed class DeterminismTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(60)]
    [InlineData(293)]
    public void The_same_seed_gives_the_same_trace(ulong seed)
    {
        var one = RandomWorld.Run(RandomWorld.OptionsOf(seed));
        var other = RandomWorld.Run(RandomWorld.OptionsOf(seed));
        Assert.Equal(one.Scheduler.TraceHash, other.Scheduler.TraceHash);
        Assert.Equal(one.Scheduler.Events, other.Scheduler.Events);
        Assert.Equal(one.History.Operations.Select(o => o.ToString()), other.History.Operations.Select(o => o.ToString()));
    }

    [Fact]
    public void Different_seeds_give_different_traces()
    {
        var hashes = Enumerable.Range(1, 20).Select(s => RandomWorld.Run(RandomWorld.OptionsOf((ulong)s)).Scheduler.TraceHash);
        Assert.Equal(20, hashes.Distinct().Count());
    }

    [Fact]
    public void Reading_along_changes_nothing()
    {
        var lines = 0;
        var read = RandomWorld.Run(RandomWorld.OptionsOf(7), world => world.Scheduler.Reader = (_, _) => lines++);
        Assert.Equal(RandomWorld.Run(RandomWorld.OptionsOf(7)).Scheduler.TraceHash, read.Scheduler.TraceHash);
        Assert.True(lines > 1000);
    }
}
