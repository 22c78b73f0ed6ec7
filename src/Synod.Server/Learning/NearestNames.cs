namespace Synod.Server.Learning;

/// <summary>Finds what somebody may have meant who mistyped a name.</summary>
internal static class NearestNames
{
    private const int NamesMax = 5;

    /// <summary>
    /// The names that contain the word, or that it takes few changes of a letter to come to, nearest first; at most
    /// five.
    /// </summary>
    public static IReadOnlyList<string> To(string word, IEnumerable<string> names)
    {
        word = word.ToLowerInvariant();
        return
        [
            .. names
                .Select(name => (Name: name, Changes: ChangesBetween(word, name)))
                .Where(each => each.Changes <= ChangesMax(word)
                    || (word.Length > 2 && each.Name.Contains(word, StringComparison.Ordinal)))
                .OrderBy(each => each.Changes).ThenBy(each => each.Name, StringComparer.Ordinal)
                .Take(NamesMax).Select(each => each.Name),
        ];
    }

    private static int ChangesMax(string word) => Math.Max(1, word.Length / 3);

    /// <summary>How many letters must be added, dropped or exchanged (Levenshtein 1965).</summary>
    private static int ChangesBetween(string left, string right)
    {
        var before = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var now = new int[right.Length + 1];
            now[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var exchanged = before[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                now[j] = Math.Min(exchanged, Math.Min(before[j], now[j - 1]) + 1);
            }
            before = now;
        }
        return before[^1];
    }
}
