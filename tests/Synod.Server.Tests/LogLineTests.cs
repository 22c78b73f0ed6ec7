using Microsoft.Extensions.Logging;
using Synod.Server.Logging;
using Synod.Server.Serving;

namespace Synod.Server.Tests;

public sealed class LogLineTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero);

    [Fact]
    public void A_text_line_has_time_level_node_and_message()
    {
        Assert.Equal(
            "2026-01-02T03:04:05.006Z INFO  n1 serving clients=http://127.0.0.1:2379",
            Text(LogLevel.Information, "serving clients=http://127.0.0.1:2379", null));
    }

    [Fact]
    public void A_line_feed_in_a_message_cannot_begin_a_second_event()
    {
        Assert.Equal(
            "2026-01-02T03:04:05.006Z WARN  n1 said \\u000afoo",
            Text(LogLevel.Warning, "said \nfoo", null));
    }

    [Fact]
    public void Only_a_fatal_fault_shows_its_stack()
    {
        var thrown = Thrown();
        var error = Text(LogLevel.Error, "failed", thrown);
        Assert.EndsWith("failed error=\"InvalidOperationException: why\"", error, StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), Text(LogLevel.Critical, "failed", thrown), StringComparison.Ordinal);
    }

    [Fact]
    public void A_json_line_has_the_named_values_as_fields()
    {
        var line = LogLine.Write(LogFormat.Json, Time, LogLevel.Error, "n1", "slow 5", new Dictionary<string, object?>
        {
            ["Milliseconds"] = 5L,
            ["Peer"] = "n2\n",
            ["{OriginalFormat}"] = "slow {Milliseconds}",
        }, null);
        Assert.Equal(
            """{"ts":"2026-01-02T03:04:05.006Z","level":"ERROR","node":"n1","msg":"slow 5","Milliseconds":5,"Peer":"n2\n"}""",
            line);
    }

    private static string Text(LogLevel level, string message, Exception? exception) =>
        LogLine.Write(LogFormat.Text, Time, level, "n1", message, null, exception);

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("why");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
