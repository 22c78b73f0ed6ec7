using System.Globalization;
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

    [Fact]
    public void The_page_lists_every_planted_bug_and_its_bound()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Synod.slnx")))
        {
            folder = folder.Parent;
        }
        Assert.NotNull(folder);
        var rows = File.ReadAllLines(Path.Combine(folder.FullName, "docs", "simulation.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == 7).ToList();
        Assert.All(BugCollection.All, bug => Assert.Contains(
            rows, cells => cells[1] == bug.Name && cells[4] == bug.WithinSeeds.ToString(CultureInfo.InvariantCulture)));
    }
}
