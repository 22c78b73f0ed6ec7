using System.Text.RegularExpressions;

namespace Synod.Repository.Tests;

/// <summary>
/// docs/algorithms: each page has a picture, an example that a test runs, and a table whose members and tests exist.
/// </summary>
public sealed partial class AlgorithmPagesTests
{
    private const string Header = "| paper | member | invariant | test |";

    private static readonly string[] Wanted =
    [
        "basic-paxos", "caspaxos", "flexible-quorums", "leadership", "multi-paxos", "paxos-commit", "practical",
        "three-phase-commit", "two-phase-commit",
    ];

    public static TheoryData<string> Pages => [.. Wanted];

    [Fact]
    public void There_is_a_page_for_each_algorithm_and_each_is_checked()
    {
        var there = Repository.Files("docs/algorithms", ".md").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(Wanted, there);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_a_problem_a_picture_and_steps(string page)
    {
        var text = Read(page);
        Assert.StartsWith("# ", text, StringComparison.Ordinal);
        Assert.Contains("**Problem.**", text, StringComparison.Ordinal);
        Assert.Contains("**Steps**", text, StringComparison.Ordinal);
        Assert.Contains("```text\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_pages_example_is_the_code_that_a_test_runs(string page)
    {
        var onPage = Assert.Single(CodeBlock().Matches(Read(page))).Groups[1].Value;
        var inTests = Repository.Files("tests/Synod.Paxos.Tests/Pages", ".cs")
            .SelectMany(file => Snippet().Matches(Repository.Read(file)).Where(match => match.Groups[1].Value == page));
        Assert.Equal(onPage, Unindent(Assert.Single(inTests).Groups[2].Value));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_row_names_members_and_tests_that_exist(string page)
    {
        var rows = Rows(Read(page));
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            Assert.NotEmpty(row.Members);
            Assert.NotEmpty(row.Tests);
            Assert.All(row.Members, member => Assert.True(ChecklistTests.Declares(member), $"no member {member}"));
            Assert.All(row.Tests, test => Assert.True(ChecklistTests.IsTest(test), $"no test {test}"));
        });
    }

    [Fact]
    public void A_test_or_a_member_that_is_not_there_is_noticed()
    {
        Assert.True(ChecklistTests.IsTest("Promise_is_never_lowered"));
        Assert.False(ChecklistTests.IsTest("Promise_is_sometimes_lowered"));
        var row = Assert.Single(Rows($"{Header}\n|---|---|---|---|\n| §1 | `A.B`, `C` | x | `T_t` |\n\nAfter it"));
        Assert.Equal(["A.B", "C"], row.Members);
        Assert.Equal(["T_t"], row.Tests);
    }

    private static string Read(string page) =>
        Repository.Read($"docs/algorithms/{page}.md").ReplaceLineEndings("\n");

    private static List<(IReadOnlyList<string> Members, IReadOnlyList<string> Tests)> Rows(string page)
    {
        var start = page.IndexOf(Header, StringComparison.Ordinal);
        Assert.True(start >= 0, "no table " + Header);
        var lines = page[start..].Split('\n').TakeWhile(line => line.StartsWith('|')).Skip(2);
        return
        [
            .. lines.Select(line => line.Trim().Trim('|').Split('|')).Select(cells =>
            {
                Assert.Equal(4, cells.Length);
                return (ChecklistTests.CodeIn(cells[1]), ChecklistTests.CodeIn(cells[3]));
            }),
        ];
    }

    private static string Unindent(string code)
    {
        var lines = code.ReplaceLineEndings("\n").Split('\n');
        var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length < indent ? "" : line[indent..])).TrimEnd('\n', ' ') + "\n";
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"// page: ([a-z-]+)\r?\n(.*?)// end of page", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
