using System.Text;
using System.Text.RegularExpressions;

namespace Synod.Repository.Tests;

/// <summary>A look at C# as text, for what the compiler's ban list cannot see: declarations and keywords.</summary>
internal static partial class SourceText
{
    /// <summary>What the pure floors do not contain, by the name that the message gives it.</summary>
    private static readonly (string Name, Regex Pattern)[] Forbidden =
    [
        ("async", Async()),
        ("await", Await()),
        ("lock (", Lock()),
        ("Dictionary<", HashDictionary()),
        ("HashSet<", HashSet()),
    ];

    /// <summary>The forbidden words in a text, comments and literals left out.</summary>
    public static IReadOnlyList<string> ForbiddenIn(string source)
    {
        var code = WithoutCommentsAndLiterals(source);
        return [.. Forbidden.Where(word => word.Pattern.IsMatch(code)).Select(word => word.Name)];
    }

    /// <summary>The text with comments, string and character literals blanked. Good enough for looking for words.</summary>
    public static string WithoutCommentsAndLiterals(string source)
    {
        var code = new StringBuilder(source.Length);
        var last = 0;
        foreach (var match in CommentsAndLiterals().EnumerateMatches(source))
        {
            code.Append(source, last, match.Index - last).Append(' ');
            last = match.Index + match.Length;
        }
        return code.Append(source, last, source.Length - last).ToString();
    }

    [GeneratedRegex("""(?s)//[^\n]*|/\*.*?\*/|\"{3}.*?\"{3}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""")]
    private static partial Regex CommentsAndLiterals();

    [GeneratedRegex(@"\basync\b")]
    private static partial Regex Async();

    [GeneratedRegex(@"\bawait\b")]
    private static partial Regex Await();

    [GeneratedRegex(@"\block\s*\(")]
    private static partial Regex Lock();

    [GeneratedRegex(@"\b(Concurrent|Frozen)?Dictionary<")]
    private static partial Regex HashDictionary();

    [GeneratedRegex(@"\b(Frozen)?HashSet<")]
    private static partial Regex HashSet();
}
