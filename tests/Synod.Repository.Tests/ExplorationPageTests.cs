using System.Text.RegularExpressions;

namespace Synod.Repository.Tests;

/// <summary>docs/exploration.md: its example is what a test runs and prints, its counts are those that tests pin.</summary>
public sealed partial class ExplorationPageTests
{
    private static readonly string Page = Repository.Read("docs/exploration.md").ReplaceLineEndings("\n");

    [Fact]
    public void The_example_is_the_code_that_a_test_runs()
    {
        var code = Assert.Single(CodeBlock().Matches(Page)).Groups[1].Value;
        var source = Repository.Read("tests/Synod.Explorer.Tests/OwnWorld/LockWorld.cs").ReplaceLineEndings("\n");
        Assert.Contains("// page: exploration\n" + code + "// end of page", source, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_example_prints_is_what_a_test_expects()
    {
        var printed = Assert.Single(TextBlock().Matches(Page)).Groups[1].Value.Split('\n').Select(line => line.Trim());
        var test = Repository.Read("tests/Synod.Explorer.Tests/OwnWorld/LockWorldTests.cs").ReplaceLineEndings("\n")
            .Split('\n').Select(line => line.Trim()).ToHashSet();
        Assert.DoesNotContain(printed, line => !test.Contains(line));
    }

    [Fact]
    public void Every_count_that_a_test_pins_is_on_the_page()
    {
        var pinned = Repository.Files("tests/Synod.Explorer.Tests", ".cs")
            .SelectMany(file => Pinned().Matches(Repository.Read(file)))
            .Select(match => match.Groups[1].Value.Replace('_', ',')).ToList();
        Assert.True(pinned.Count > 30, "the counts were not found");
        Assert.DoesNotContain(pinned, count => !Page.Contains($" {count} ", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"```text\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex TextBlock();

    [GeneratedRegex("""InlineData\("[^"]+", ([0-9]{1,3}(?:_[0-9]{3})+), """)]
    private static partial Regex Pinned();
}
