using System.Globalization;
using System.Text;

namespace Synod.Explorer;

/// <summary>Where an exploration ends, even if the world goes on.</summary>
public sealed record ExplorationLimits
{
    /// <summary>
    /// At most so many unique states; each costs about 35 bytes, and those of two depths their own bytes.
    /// </summary>
    public int StatesMax { get; init; } = 20_000_000;

    /// <summary>At most so many steps from the start.</summary>
    public int DepthMax { get; init; } = int.MaxValue;

    /// <summary>
    /// Whether to stop at the first violation; otherwise the rest is explored too and every verdict is given.
    /// </summary>
    public bool StopAtFirstViolation { get; init; } = true;
}

/// <summary>Why an exploration ended.</summary>
public enum ExplorationEnd
{
    /// <summary>Every state that can be reached was seen.</summary>
    Complete,

    /// <summary>A property was violated, and that was enough.</summary>
    FirstViolation,

    /// <summary><see cref="ExplorationLimits.StatesMax"/> was reached: what was not seen is not known.</summary>
    StatesMaxReached,

    /// <summary><see cref="ExplorationLimits.DepthMax"/> was reached: what lies deeper is not known.</summary>
    DepthMaxReached,
}

/// <summary>What was found out about a property.</summary>
public enum PropertyVerdict
{
    /// <summary>The exploration ended before it could be known.</summary>
    Undecided,

    /// <summary>Holds in all states that can be reached (always), or in one that was reached (sometimes).</summary>
    Holds,

    /// <summary>An always-property is broken at the end of the trace, or a sometimes-property holds nowhere.</summary>
    Violated,
}

/// <summary>A property and what was found out.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="IsAlways">True if it must hold everywhere, false if it must hold somewhere.</param>
/// <param name="Verdict">What was found out.</param>
/// <param name="Trace">
/// A shortest way to the violation of an always-property, or to a state where a sometimes-property holds; otherwise
/// null.
/// </param>
/// <param name="Detail">For a failed check of the code: its message; otherwise null.</param>
public sealed record PropertyResult(string Name, bool IsAlways, PropertyVerdict Verdict, Trace? Trace, string? Detail);

/// <summary>What an exploration found.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="UniqueStates">Different states that were reached, the initial ones included.</param>
/// <param name="Transitions">Steps that were tried, those that led nowhere new included.</param>
/// <param name="Depth">Steps to the farthest state that was reached.</param>
/// <param name="TerminalStates">States in which nothing can happen any more.</param>
/// <param name="Digest">
/// One hash over all states in the order in which they were found: equal for equal explorations.
/// </param>
/// <param name="Properties">
/// The verdicts, in the order of the properties; <see cref="Property.NoCheckFails"/> is the last.
/// </param>
public sealed record ExplorationResult(
    ExplorationEnd End,
    int UniqueStates,
    long Transitions,
    int Depth,
    int TerminalStates,
    StateHash Digest,
    IReadOnlyList<PropertyResult> Properties)
{
    /// <summary>Whether all was seen and every property holds.</summary>
    public bool IsClean => End == ExplorationEnd.Complete
        && Properties.All(property => property.Verdict == PropertyVerdict.Holds);

    /// <summary>The verdict on the property of that name.</summary>
    public PropertyResult this[string name] => Properties.Single(property => property.Name == name);

    /// <summary>Counts, verdicts, and the trace of every violation as a diagram.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{End}: {UniqueStates} states, {Transitions} transitions, depth {Depth}, {TerminalStates} terminal");
        foreach (var property in Properties)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{(property.IsAlways ? "always   " : "sometimes")} {property.Name}: {property.Verdict}");
            if (property.Verdict == PropertyVerdict.Violated && property.Trace is { } trace)
            {
                text.Append(SpaceTimeDiagram.Draw(trace, property.Detail ?? $"violated: {property.Name}"));
            }
        }
        return text.ToString();
    }
}
