using Synod.Paxos;

namespace Synod.Explorer.Stories;

/// <summary>
/// A story about a bug: a script is played by a cast with a wrong class in it, and then again by the real classes. A
/// judge looks on both times; what it finds is marked.
/// </summary>
/// <param name="Bug">What the wrong class does, in one line.</param>
/// <param name="Rule">What the real class does instead, in one line.</param>
/// <param name="Wrong">The cast with the wrong class.</param>
/// <param name="Right">The cast with the real ones, otherwise the same.</param>
/// <param name="Script">Who hears whom, and when; it is not told which cast plays.</param>
public sealed record TwoActs(string Bug, string Rule, StageCast Wrong, StageCast Right, Action<PaxosStage> Script)
{
    /// <summary>What is to be remarked in the end of the first act.</summary>
    public required string WhyItWentWrong { get; init; }

    /// <summary>What is to be remarked in the end of the second act.</summary>
    public required string WhyItWentWell { get; init; }

    /// <summary>Plays the script with one of the casts.</summary>
    public PaxosStage Play(StageCast cast)
    {
        var stage = new PaxosStage(cast);
        Script(stage);
        return stage;
    }

    /// <summary>Plays both acts, the first of which must end in two chosen values and the second in one.</summary>
    public Story Tell(string title)
    {
        var (wrong, right) = (Play(Wrong), Play(Right));
        Check.That(wrong.Chosen.Count == 2);
        Check.That(right.Chosen.Count == 1 && !right.Lines.Any(line => line.Kind == StoryLineKind.Violation));
        List<StoryLine> lines =
        [
            StoryLine.Act($"With the bug: {Bug}"),
            .. wrong.Lines,
            StoryLine.Remark(WhyItWentWrong),
            StoryLine.Act($"With the rule: {Rule}"),
            .. right.Lines,
            StoryLine.Remark(WhyItWentWell),
        ];
        var closing = $"with the bug {string.Join(" and then ", wrong.Chosen)} is chosen; "
            + $"with the rule {right.Chosen[0]}, for ever";
        return new Story(title, right.Lanes, lines, closing);
    }
}
