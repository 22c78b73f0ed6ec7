using System.Globalization;
using System.Text.RegularExpressions;

namespace Synod.Repository.Tests;

/// <summary>The 83 scenarios of known implementations, over all test projects.</summary>
public sealed partial class ScenarioTests
{
    [Fact]
    public void Scenarios_1_to_83_are_there_each_once()
    {
        var numbers = from file in Repository.Files("tests", ".cs")
                      from match in Scenario().Matches(Repository.Read(file))
                      select int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(Enumerable.Range(1, 83), numbers.Order());
    }

    [GeneratedRegex(@"\bvoid Scenario_(\d\d)_\w+\(")]
    private static partial Regex Scenario();
}
