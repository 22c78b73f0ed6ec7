using System.Text.RegularExpressions;

namespace Synod.Repository.Tests;

/// <summary>The page for operators names everything that a node can be told and everything that it says.</summary>
public sealed partial class OperationsPageTests
{
    private const int FragmentMax = 20;

    private static readonly string Page = Repository.Read("docs/operations.md");

    [Fact]
    public void Every_flag_is_on_the_page()
    {
        var settings = SettingName().Matches(Repository.Read("src/Synod.Server/Serving/ServeSettings.cs"))
            .Select(match => "--" + match.Groups[1].Value);
        var options = VisibleOption().Matches(Repository.Read("src/Synod.Server/Commands/DevCommand.cs"))
            .Select(match => match.Groups[1].Value);
        var flags = settings.Concat(options).Append("--config-file").Where(flag => flag != "--first-client-port").ToList();
        Assert.True(flags.Count > 15, "the settings were not found");
        Assert.DoesNotContain(flags, flag => !Page.Contains($"`{flag}`", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_metric_is_on_the_page()
    {
        var names = Repository.Files("src", ".cs").SelectMany(file => MetricName().Matches(Repository.Read(file)))
            .Select(match => match.Groups[1].Value.Replace('.', '_')).Distinct().ToList();
        Assert.True(names.Count > 30, "the metrics were not found");
        Assert.DoesNotContain(names, name => !OnPage(name));
    }

    [Fact]
    public void Every_line_that_warns_is_on_the_page()
    {
        var lines = Repository.Files("src", ".cs").SelectMany(file => LogMessage().Matches(Repository.Read(file)))
            .Select(match => TellingFragment(match.Groups[1].Value)).ToList();
        Assert.True(lines.Count > 20, "the log lines were not found");
        Assert.DoesNotContain(lines, line => !Page.Contains(line, StringComparison.Ordinal));
    }

    // Units and "_total" may be added to a name when it is shown.
    private static bool OnPage(string name) => new[] { "", "_total", "_bytes", "_bytes_total", "_seconds" }
        .Any(ending => Page.Contains($"`{name}{ending}`", StringComparison.Ordinal));

    /// <summary>The first long part of a message between its placeholders, or the longest if all are short.</summary>
    private static string TellingFragment(string message)
    {
        var fragment = Placeholder().Split(message).Select(part => part.Trim(' ', '(', ')', ':', ';', '.', ',', '"'))
            .OrderByDescending(part => Math.Min(part.Length, FragmentMax)).First();
        return fragment[..Math.Min(fragment.Length, FragmentMax)].Trim();
    }

    [GeneratedRegex("""const string \w+ = "([a-z-]+)";""")]
    private static partial Regex SettingName();

    [GeneratedRegex("""new Option<\w+>\("(--[a-z-]+)"\)""")]
    private static partial Regex VisibleOption();

    [GeneratedRegex("\"((?:synod|etcd_server|process|dotnet|grpc_server)[._][a-z._]+)\"")]
    private static partial Regex MetricName();

    [GeneratedRegex("""LogLevel\.(?:Warning|Error|Critical),\s*(?:Message = )?"((?:[^"\\]|\\.|"\s*\+\s*")*)"\)""")]
    private static partial Regex LogMessage();

    [GeneratedRegex("""\{\w+(?::\w+)?\}|"\s*\+\s*"|\\n""")]
    private static partial Regex Placeholder();
}
