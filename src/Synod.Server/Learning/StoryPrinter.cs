using Spectre.Console;
using Synod.Explorer;
using Synod.Explorer.Stories;

namespace Synod.Server.Learning;

/// <summary>
/// Prints a story as a space-time diagram: a column for each process, time runs down, a row for each thing that
/// happens, remarks between. Nothing is lost without colours.
/// </summary>
internal sealed class StoryPrinter
{
    private const int NumberWidth = 5;
    private const int TextWidthMin = 20;
    private const int NoteWidthMax = 100;
    private const int WidthDefault = 80;

    private static readonly Style Plain = Style.Plain;
    private static readonly Style Dim = new(Color.Grey);
    private static readonly Style Remark = new(Color.Grey70, decoration: Decoration.Italic);
    private static readonly Style Strong = new(decoration: Decoration.Bold);
    private static readonly Style Good = new(Color.Green, decoration: Decoration.Bold);
    private static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);
    private static readonly Style Warning = new(Color.Yellow);
    private static readonly Style FirstPhase = new(Color.Cyan1);
    private static readonly Style SecondPhase = new(Color.Green);

    private readonly IAnsiConsole _console;
    private readonly int _width;

    /// <summary>Prints to a writer.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="colours">Whether it is a terminal that shows colours.</param>
    /// <param name="width">Columns; lines are broken at it where words allow.</param>
    public StoryPrinter(TextWriter output, bool colours, int width)
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.EightBit : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        // Lines are broken here; the library shall not break them again.
        _console.Profile.Width = 10_000;
        _width = width;
    }

    /// <summary>Whether this process writes to a terminal that may be coloured (https://no-color.org).</summary>
    public static bool MayColour() => !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>The columns of the terminal.</summary>
    public static int TerminalWidth() =>
        !Console.IsOutputRedirected && Console.WindowWidth > 0 ? Console.WindowWidth : WidthDefault;

    /// <summary>Prints a story; calls back before each row, so that a reader can be waited for.</summary>
    public void Print(Story story, Action beforeRow)
    {
        Write(Strong, story.Title);
        EndLine();
        EndLine();
        Write(Plain, new string(' ', NumberWidth));
        Write(Strong, SpaceTimeDiagram.Header(story.Lanes).TrimEnd());
        EndLine();
        var number = 0;
        foreach (var line in story.Lines)
        {
            beforeRow();
            if (line.Event is { } what)
            {
                PrintEvent(++number, story.Lanes, what);
            }
            else
            {
                PrintNote(story.Lanes, line.Note!);
            }
        }
        EndLine();
        Write(Good, $"=> {story.Closing}");
        EndLine();
    }

    /// <summary>Prints the list of stories.</summary>
    public void PrintList(IReadOnlyList<StoryEntry> entries)
    {
        var nameWidth = entries.Max(entry => entry.Name.Length) + 2;
        foreach (var entry in entries)
        {
            Write(Strong, entry.Name.PadRight(nameWidth));
            Write(Plain, entry.Title);
            EndLine();
        }
    }

    private void PrintEvent(int number, IReadOnlyList<string> lanes, WorldEvent what)
    {
        var style = StyleOf(what);
        var row = SpaceTimeDiagram.Row(lanes, what);
        var texts = Wrap(what.Text, Math.Max(TextWidthMin, _width - NumberWidth - row.Length));
        Write(Dim, $"{number,3}. ");
        WriteLanes(row, style);
        Write(style, texts[0]);
        EndLine();
        foreach (var more in texts.Skip(1))
        {
            Write(Plain, new string(' ', NumberWidth));
            WriteLanes(SpaceTimeDiagram.Row(lanes, null), Dim);
            Write(style, more);
            EndLine();
        }
    }

    private void PrintNote(IReadOnlyList<string> lanes, string note)
    {
        Write(Plain, new string(' ', NumberWidth));
        Write(Dim, SpaceTimeDiagram.Row(lanes, null).TrimEnd());
        EndLine();
        foreach (var text in Wrap(note, Math.Min(NoteWidthMax, _width - 2)))
        {
            Write(Remark, $"# {text}");
            EndLine();
        }
    }

    /// <summary>The event in its colour, the other processes' lines without.</summary>
    private void WriteLanes(string row, Style style)
    {
        var start = 0;
        while (start < row.Length)
        {
            var isQuiet = row[start] is ' ' or '|';
            var end = start;
            while (end < row.Length && row[end] is ' ' or '|' == isQuiet)
            {
                end++;
            }
            Write(isQuiet ? Dim : style, row[start..end]);
            start = end;
        }
    }

    private static Style StyleOf(WorldEvent what) => what.Mark switch
    {
        EventMark.Crashes => Bad,
        EventMark.Loses => Warning,
        _ when what.Text.Contains(": chosen", StringComparison.Ordinal) => Good,
        _ when what.Text.Contains("silence", StringComparison.Ordinal) => Warning,
        _ when what.Text.StartsWith('P') => FirstPhase,
        _ when what.Text.StartsWith('A') => SecondPhase,
        _ => Plain,
    };

    private static List<string> Wrap(string text, int width)
    {
        List<string> lines = [""];
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length > 0 && lines[^1].Length + 1 + word.Length > width)
            {
                lines.Add("");
            }
            lines[^1] += lines[^1].Length > 0 ? " " + word : word;
        }
        return lines;
    }

    // Never as markup: texts may hold square brackets.
    private void Write(Style style, string text) => _console.Write(new Text(text, style));

    private void EndLine() => _console.WriteLine();
}
