using System.Text.RegularExpressions;

namespace Synod.Repository.Tests;

/// <summary>
/// docs/checklist.md names, for each known way of going wrong, the member that prevents it and the test that would show
/// it. This holds the page against the code: a renamed member or test makes the page wrong, and this red.
/// </summary>
public sealed partial class ChecklistTests
{
    private static readonly List<Row> Rows = ReadRows(Repository.Read("docs/checklist.md"));
    private static readonly Dictionary<string, string> Sources = ReadAll("src");
    private static readonly Dictionary<string, string> Tests = ReadAll("tests");

    private sealed record Row(string Number, string Rule, IReadOnlyList<string> Members, IReadOnlyList<string> Tests);

    [Fact]
    public void Every_line_has_a_number_of_its_own_a_rule_a_member_and_a_test()
    {
        Assert.NotEmpty(Rows);
        Assert.All(Rows, row =>
        {
            Assert.Matches(@"^(P[1-5]|[1-9]|[1-3][0-9]|4[0-6])$", row.Number);
            Assert.NotEmpty(row.Rule);
            Assert.NotEmpty(row.Members);
            Assert.NotEmpty(row.Tests);
        });
        Assert.Equal(Rows.Count, Rows.Select(row => row.Number).Distinct().Count());
    }

    [Fact]
    public void Every_member_is_in_the_code()
    {
        var missing = from row in Rows
                      from member in row.Members
                      where !Declares(member)
                      select $"{row.Number}: {member}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_test_is_there()
    {
        var missing = from row in Rows
                      from test in row.Tests
                      where !IsTest(test)
                      select $"{row.Number}: {test}";
        Assert.Empty(missing);
    }

    [Fact]
    public void A_member_that_is_not_there_is_noticed()
    {
        Assert.True(Declares("Ballot.Round"));
        Assert.False(Declares("Ballot.Colour"));
        Assert.False(Declares("Balott.Round"));
    }

    // "Type.Member", or "Type" alone: some file declares the type and has the member's name in its code.
    internal static bool Declares(string member)
    {
        var parts = member.Split('.');
        if (parts.Length > 2)
        {
            return false;
        }
        var declaration = new Regex(
            $@"\b(class|struct|record|interface|enum)\s+{Regex.Escape(parts[0])}\b");
        return Sources.Values.Any(code => declaration.IsMatch(code)
            && (parts.Length == 1 || Regex.IsMatch(code, $@"\b{Regex.Escape(parts[1])}\b")));
    }

    private static List<Row> ReadRows(string page)
    {
        List<Row> rows = [];
        foreach (var line in page.Split('\n').Where(line => line.StartsWith('|')).Skip(2))
        {
            var cells = line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToList();
            Assert.True(cells.Count == 4, "not | number | rule | member | test |: " + line);
            rows.Add(new Row(cells[0], cells[1], CodeIn(cells[2]), CodeIn(cells[3])));
        }
        return rows;
    }

    /// <summary>Whether some test has that name.</summary>
    internal static bool IsTest(string test) =>
        Tests.Values.Any(text => Regex.IsMatch(text, $@"\b(void|Task)\s+{Regex.Escape(test)}\s*\("));

    internal static IReadOnlyList<string> CodeIn(string cell) =>
        [.. InBackticks().Matches(cell).Select(match => match.Groups[1].Value)];

    private static Dictionary<string, string> ReadAll(string below) => Repository.Files(below, ".cs")
        .ToDictionary(file => file, file => SourceText.WithoutCommentsAndLiterals(Repository.Read(file)));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InBackticks();
}
