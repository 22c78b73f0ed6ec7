using System.Globalization;
using System.Text;

namespace Synod.Explorer;

/// <summary>
/// Draws a trace as a space-time diagram in plain text: a column for each process, time runs down, a message is drawn
/// from its sender to its receiver in the row where it arrives.
/// </summary>
/// <example>
/// <code>
///      p4    a1    a2
///  1.  *     |     |     prepares 1.4.1
///  2.  o----->     |     Prepare 1.4.1
///  3.  |     X     |     crashes and restarts
/// </code>
/// </example>
public static class SpaceTimeDiagram
{
    private const int NumberWidth = 5;

    /// <summary>Draws.</summary>
    /// <param name="trace">What happened.</param>
    /// <param name="closing">A last line below the drawing.</param>
    public static string Draw(Trace trace, string closing)
    {
        var laneWidth = LaneWidth(trace.Lanes);
        var text = new StringBuilder();
        text.Append(' ', NumberWidth).Append(Header(trace.Lanes));
        EndLine(text);
        for (var i = 0; i < trace.Steps.Count; i++)
        {
            text.Append(string.Create(CultureInfo.InvariantCulture, $"{i + 1,3}. "));
            text.Append(DrawLanes(trace.Steps[i].Event, trace.Lanes.Count, laneWidth));
            text.Append(trace.Steps[i].Event.Text);
            EndLine(text);
        }
        text.Append(' ', NumberWidth).Append("=> ").Append(closing);
        EndLine(text);
        return text.ToString();
    }

    /// <summary>The names of the processes, each above its column.</summary>
    public static string Header(IReadOnlyList<string> lanes) =>
        string.Concat(lanes.Select(lane => lane.PadRight(LaneWidth(lanes))));

    /// <summary>The columns of one row, without its number and its text; null for a row in which nothing happens.</summary>
    public static string Row(IReadOnlyList<string> lanes, WorldEvent? what) =>
        new(DrawLanes(what ?? new WorldEvent("", 0), lanes.Count, LaneWidth(lanes), isEmpty: what is null));

    private static int LaneWidth(IReadOnlyList<string> lanes) => Math.Max(6, lanes.Max(lane => lane.Length) + 3);

    private static char[] DrawLanes(WorldEvent what, int lanes, int laneWidth, bool isEmpty = false)
    {
        var row = new char[lanes * laneWidth];
        Array.Fill(row, ' ');
        for (var lane = 0; lane < lanes; lane++)
        {
            row[lane * laneWidth] = '|';
        }
        if (isEmpty)
        {
            return row;
        }
        var at = what.Lane * laneWidth;
        if (what.FromLane >= 0 && what.FromLane != what.Lane)
        {
            var from = what.FromLane * laneWidth;
            var step = Math.Sign(at - from);
            for (var i = from; i != at; i += step)
            {
                row[i] = '-';
            }
            row[from] = 'o';
        }
        row[at] = what.Mark switch
        {
            EventMark.Receives when what.FromLane > what.Lane => '<',
            EventMark.Receives => '>',
            EventMark.Loses => '?',
            EventMark.Crashes => 'X',
            _ => '*',
        };
        return row;
    }

    private static void EndLine(StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ')
        {
            text.Length--;
        }
        text.Append('\n');
    }
}
