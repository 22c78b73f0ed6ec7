using System.Globalization;

namespace Synod.Server.Development;

/// <summary>
/// What one look at all nodes makes worth telling: a node that serves again, and another leader. Pure: whoever looks and
/// prints is elsewhere.
/// </summary>
internal sealed class DevWatch
{
    private readonly string[] _names;
    private readonly bool[] _served;
    private string? _leader;

    /// <summary>Begins with all nodes serving.</summary>
    /// <param name="names">The nodes.</param>
    /// <param name="leader">Which of them leads, or null.</param>
    public DevWatch(IEnumerable<string> names, string? leader)
    {
        _names = [.. names];
        _served = [.. _names.Select(static _ => true)];
        _leader = leader;
    }

    /// <summary>Takes a look.</summary>
    /// <param name="looks">How each node is, in the order of the names.</param>
    /// <returns>Lines for the user.</returns>
    public IReadOnlyList<string> Take(IReadOnlyList<DevLook> looks)
    {
        List<string> lines = [];
        for (var i = 0; i < _names.Length; i++)
        {
            if (looks[i].Serves && !_served[i])
            {
                lines.Add($"{_names[i]} serves again");
            }
            _served[i] = looks[i].Serves;
        }
        // Who was leader and does not know it yet says so under an older term.
        var leading = Enumerable.Range(0, _names.Length).Where(i => looks[i].Leads).ToArray();
        if (leading.Length > 0 && _names[leading.MaxBy(i => looks[i].Term)] is var leader && leader != _leader)
        {
            lines.Add(_leader is null
                ? $"{leader} leads now"
                : string.Create(CultureInfo.InvariantCulture, $"{leader} leads now, after {_leader}"));
            _leader = leader;
        }
        return lines;
    }
}

/// <summary>How a node is, as it says itself.</summary>
/// <param name="Serves">It answers and knows a leader.</param>
/// <param name="Leads">It is that leader.</param>
/// <param name="Term">Under which ballot round.</param>
internal readonly record struct DevLook(bool Serves, bool Leads, ulong Term)
{
    /// <summary>In words.</summary>
    public string Role => Leads ? "leader" : Serves ? "follower" : "no leader";
}
