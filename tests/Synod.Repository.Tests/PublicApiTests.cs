using System.Reflection;

namespace Synod.Repository.Tests;

/// <summary>
/// Whoever embeds the algorithms leans on their public names: a change of one is seen in review, as a change of the
/// approved text beside the code.
/// </summary>
public sealed class PublicApiTests
{
    private const string Approve = "SYNOD_APPROVE_API";

    [Theory]
    [InlineData("Synod.Paxos")]
    public void The_public_API_is_the_approved_one(string assembly)
    {
        var path = $"docs/api/{assembly}.txt";
        var actual = PublicApi.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(Approve) == "1")
        {
            File.WriteAllText(Repository.PathOf(path), actual);
        }
        var approved = File.Exists(Repository.PathOf(path)) ? Repository.Read(path).ReplaceLineEndings("\n") : "";
        Assert.True(approved == actual, Explain(path, approved, actual));
    }

    [Fact]
    public void A_changed_member_is_named_with_its_type_and_the_way_to_approve()
    {
        var text = Explain(
            "docs/api/X.txt", "class A\n    Int32 Old()\nclass B\n", "class A\n    Int32 New()\nclass B\n");
        Assert.Contains("- A: Int32 Old()", text, StringComparison.Ordinal);
        Assert.Contains("+ A: Int32 New()", text, StringComparison.Ordinal);
        Assert.DoesNotContain("B", text.Split('\n')[1], StringComparison.Ordinal);
        Assert.Contains($"{Approve}=1 dotnet test tests/Synod.Repository.Tests", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_shows_kinds_members_and_passing()
    {
        var text = PublicApi.Of(Assembly.Load("Synod.Paxos"));
        Assert.Contains("struct Synod.Paxos.Ballot : ", text, StringComparison.Ordinal);
        Assert.Contains("    static Ballot Max(Ballot left, Ballot right)\n", text, StringComparison.Ordinal);
        Assert.Contains("    Boolean TryTake(out TMessage message)\n", text, StringComparison.Ordinal);
        Assert.Contains("    Boolean IsActive { get; set; }\n", text, StringComparison.Ordinal);
        Assert.Contains("    const UInt64 RoundMax\n", text, StringComparison.Ordinal);
    }

    private static string Explain(string path, string approved, string actual)
    {
        var (before, after) = (Lines(approved), Lines(actual));
        var changes = before.Except(after).Select(line => "- " + line)
            .Concat(after.Except(before).Select(line => "+ " + line)).ToList();
        return $"The public API differs from {path}:\n{string.Join('\n', changes.DefaultIfEmpty("(only the order)"))}\n"
            + "If this is meant, approve it with\n"
            + $"    {Approve}=1 dotnet test tests/Synod.Repository.Tests\n"
            + "and commit the file together with the change.";
    }

    /// <summary>
    /// Each line with the type that it belongs to, so that equal members of two types are told apart.
    /// </summary>
    private static List<string> Lines(string text)
    {
        List<string> lines = [];
        var type = "";
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith(' '))
            {
                lines.Add($"{type}: {line.Trim()}");
                continue;
            }
            type = line.Split(" : ")[0].Split(' ')[^1];
            lines.Add(line);
        }
        return lines;
    }
}
