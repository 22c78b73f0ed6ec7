using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Synod.Server.Serving;

namespace Synod.Server.Logging;

/// <summary>One log event as a line: for people (<c>time LEVEL node message</c>) or as a JSON object.</summary>
internal static class LogLine
{
    private const string OriginalFormat = "{OriginalFormat}";

    /// <summary>Writes the event as text, without a line end.</summary>
    /// <param name="format">How it shall look.</param>
    /// <param name="time">When it happened.</param>
    /// <param name="level">How bad it is.</param>
    /// <param name="node">Which node speaks.</param>
    /// <param name="message">What happened, in words.</param>
    /// <param name="state">The named values in the message, where the caller's template had any.</param>
    /// <param name="exception">What was thrown, if anything.</param>
    public static string Write(
        LogFormat format, DateTimeOffset time, LogLevel level, string node, string message,
        IEnumerable<KeyValuePair<string, object?>>? state, Exception? exception) => format == LogFormat.Json
        ? WriteJson(time, level, node, message, state, exception)
        : WriteText(time, level, node, message, exception);

    private static string WriteText(
        DateTimeOffset time, LogLevel level, string node, string message, Exception? exception)
    {
        var line = new StringBuilder(128);
        line.Append(TimeText(time)).Append(' ').Append(LevelName(level)).Append(' ').Append(node).Append(' ');
        AppendEscaped(line, message);
        if (exception is not null)
        {
            line.Append(" error=\"");
            AppendEscaped(line, $"{exception.GetType().Name}: {exception.Message}");
            line.Append('"');
            // Only a fault of the program itself is worth its stack; an operator cannot act on one.
            if (level == LogLevel.Critical)
            {
                line.Append('\n').Append(exception);
            }
        }
        return line.ToString();
    }

    private static string WriteJson(
        DateTimeOffset time, LogLevel level, string node, string message,
        IEnumerable<KeyValuePair<string, object?>>? state, Exception? exception)
    {
        using var stream = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("ts", TimeText(time));
            json.WriteString("level", LevelName(level).TrimEnd());
            json.WriteString("node", node);
            json.WriteString("msg", message);
            foreach (var (name, value) in state ?? [])
            {
                if (name != OriginalFormat)
                {
                    WriteValue(json, name, value);
                }
            }
            if (exception is not null)
            {
                json.WriteString("error", level == LogLevel.Critical
                    ? exception.ToString()
                    : $"{exception.GetType().Name}: {exception.Message}");
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case int or long or uint or ushort or short or byte:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string TimeText(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };

    // What clients send can end up in a message: a line feed in it must not look like a second event.
    private static void AppendEscaped(StringBuilder line, string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                line.Append(c);
            }
        }
    }
}
