namespace Synod.Client.Commands;

/// <summary>What `get` is to read.</summary>
/// <param name="Key">The key, or the prefix.</param>
public sealed record GetOptions(string Key)
{
    /// <summary>All keys that begin with <see cref="Key"/>.</summary>
    public bool Prefix { get; init; }

    /// <summary>The revision to read at; 0 for the present.</summary>
    public long Revision { get; init; }

    /// <summary>The most keys to print; 0 for all.</summary>
    public long Limit { get; init; }

    /// <summary>Leave values out.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Take the word of the asked node, however old.</summary>
    public bool Serializable { get; init; }

    /// <summary>Print one line of JSON.</summary>
    public bool Json { get; init; }
}
