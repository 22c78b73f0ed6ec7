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

    [Fact]
    public void The_page_of_known_suites_names_tests_that_exist_or_says_why_there_is_none()
    {
        var rows = Repository.Read("docs/scenarios.md").Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what is tested", StringComparison.Ordinal))
            .Select(line => line.Trim().Trim('|').Split('|')).ToList();
        Assert.True(rows.Count >= 30, $"{rows.Count} rows");
        Assert.All(rows, cells =>
        {
            Assert.Equal(2, cells.Length);
            var tests = ChecklistTests.CodeIn(cells[1]);
            Assert.True(
                tests.Count > 0 || cells[1].Contains("Not yet: ", StringComparison.Ordinal), $"no test: {cells[0]}");
            Assert.All(tests, test => Assert.True(ChecklistTests.IsTest(test), $"no test {test}"));
        });
    }

    [Fact]
    public void Every_must_not_of_the_page_is_a_test_of_that_name_and_there_are_no_others()
    {
        var page = Repository.Read("docs/scenarios.md");
        var sentence = MustNot().Match(page.ReplaceLineEndings(" ")).Groups[1].Value;
        var listed = sentence.Split([",", "and"], StringSplitOptions.TrimEntries)
            .Select(number => int.Parse(number, CultureInfo.InvariantCulture));
        var named = from file in Repository.Files("tests", ".cs")
                    from match in Scenario().Matches(Repository.Read(file))
                    where match.Value.Contains("_must_", StringComparison.Ordinal)
                    select int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(listed, named.Order());
    }

    [GeneratedRegex(@"assert the safe one: ([0-9, and]+)\.")]
    private static partial Regex MustNot();

    [GeneratedRegex(@"\bvoid Scenario_(\d\d)_\w+\(")]
    private static partial Regex Scenario();
}
