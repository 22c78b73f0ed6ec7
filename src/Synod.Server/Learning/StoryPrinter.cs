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

    // With less room than this beside the columns, texts stand below their rows.
    private const int TextWidthMin = 24;
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

    /// <summary>Prints a story.</summary>
    /// <param name="story">The story.</param>
    /// <param name="mayGoOn">Called before each row, so that a reader can be waited for; false ends it there.</param>
    /// <returns>Whether it was told to its end.</returns>
    public bool Print(Story story, Func<bool> mayGoOn)
    {
        PrintText(Strong, story.Title, _width);
        if (story.Lines[0].Kind != StoryLineKind.Act)
        {
            EndLine();
            PrintHeader(story.Lanes);
        }
        var number = 0;
        foreach (var line in story.Lines)
        {
            if (!mayGoOn())
            {
                return false;
            }
            switch (line.Kind)
            {
                case StoryLineKind.Event:
                    PrintEvent(++number, story.Lanes, line.Happens!.Value);
                    break;
                case StoryLineKind.Remark:
                    PrintNote(story.Lanes, line.Text);
                    break;
                case StoryLineKind.Violation:
                    PrintRow("  !  ", ViolationRow(story.Lanes, line), Bad, line.Text, story.Lanes);
                    break;
                case StoryLineKind.Act:
                    number = 0;
                    EndLine();
                    PrintText(Strong, line.Text, _width);
                    EndLine();
                    PrintHeader(story.Lanes);
                    break;
            }
        }
        EndLine();
        PrintText(Good, $"=> {story.Closing}", _width);
        return true;
    }

    /// <summary>Prints a line before a story, about how to read it.</summary>
    public void PrintBefore(string text)
    {
        PrintText(Dim, text, _width);
        EndLine();
    }

    /// <summary>Prints lines after a story, about where to read on.</summary>
    public void PrintAfter(params ReadOnlySpan<string> texts)
    {
        EndLine();
        foreach (var text in texts)
        {
            PrintText(Dim, text, _width);
        }
    }

    /// <summary>Prints the list of stories.</summary>
    public void PrintList(IReadOnlyList<StoryEntry> entries)
    {
        var nameWidth = entries.Max(entry => entry.Name.Length) + 2;
        foreach (var entry in entries)
        {
            var texts = Wrap(entry.Title, Math.Max(TextWidthMin, _width - nameWidth));
            Write(Strong, entry.Name.PadRight(nameWidth));
            Write(Plain, texts[0]);
            EndLine();
            foreach (var more in texts.Skip(1))
            {
                Write(Plain, new string(' ', nameWidth) + more);
                EndLine();
            }
        }
    }

    private void PrintHeader(IReadOnlyList<string> lanes)
    {
        Write(Plain, new string(' ', NumberWidth));
        Write(Strong, SpaceTimeDiagram.Header(lanes).TrimEnd());
        EndLine();
    }

    private void PrintText(Style style, string text, int width)
    {
        foreach (var line in Wrap(text, width))
        {
            Write(style, line);
            EndLine();
        }
    }

    private void PrintEvent(int number, IReadOnlyList<string> lanes, WorldEvent what) =>
        PrintRow($"{number,3}. ", SpaceTimeDiagram.Row(lanes, what), StyleOf(what), what.Text, lanes);

    /// <summary>A row's columns, and what there is to say: beside them, or below them on a narrow terminal.</summary>
    private void PrintRow(string number, string row, Style style, string text, IReadOnlyList<string> lanes)
    {
        var room = _width - NumberWidth - row.Length;
        var isBeside = room >= TextWidthMin;
        var texts = Wrap(text, isBeside ? room : Math.Max(TextWidthMin, _width - NumberWidth));
        Write(Dim, number);
        WriteLanes(isBeside ? row : row.TrimEnd(), style);
        for (var i = 0; i < texts.Count; i++)
        {
            if (i > 0 || !isBeside)
            {
                EndLine();
                Write(Plain, new string(' ', NumberWidth));
            }
            if (i > 0 && isBeside)
            {
                WriteLanes(SpaceTimeDiagram.Row(lanes, null), Dim);
            }
            Write(style, texts[i]);
        }
        EndLine();
    }

    private static string ViolationRow(IReadOnlyList<string> lanes, StoryLine line)
    {
        var row = SpaceTimeDiagram.Row(lanes, null).ToCharArray();
        var lane = 0;
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] == '|' && line.At.Contains(lane++))
            {
                row[i] = '!';
            }
        }
        return new string(row);
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
