using Xunit.Abstractions;

namespace Synod.Simulation.Tests;

/// <summary>Tests of the tester: every planted bug is found within the number of seeds that its entry states.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. BugCollection.All.Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_bug_is_found(string name)
    {
        var bug = BugCollection.All.Single(b => b.Name == name);
        var (seed, verdict) = bug.Hunt();
        output.WriteLine($"{name}: seed {seed}: {verdict}");
        Assert.True(seed > 0, $"\"{name}\" ({bug.What}) was not found within {bug.WithinSeeds} seeds");
    }

    [Fact]
    public void The_names_are_distinct() =>
        Assert.Equal(BugCollection.All.Count, BugCollection.All.Select(b => b.Name).Distinct().Count());
}
