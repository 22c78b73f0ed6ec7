using Synod.Paxos;

namespace Synod.Explorer.Stories;

/// <summary>What a line of a story is.</summary>
public enum StoryLineKind
{
    /// <summary>A remark for the reader.</summary>
    Remark,

    /// <summary>Something happens.</summary>
    Event,

    /// <summary>Everything begins anew, with other classes.</summary>
    Act,

    /// <summary>A judge, who looks on and takes no part, has found a rule broken.</summary>
    Violation,
}

/// <summary>One line of a story.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">What it says.</param>
/// <param name="Happens">What happens; only of an event.</param>
/// <param name="At">At which processes, by place in <see cref="Story.Lanes"/>; only of a violation.</param>
public readonly record struct StoryLine(
    StoryLineKind Kind, string Text, WorldEvent? Happens = null, MemberSet At = default)
{
    /// <summary>A remark.</summary>
    public static StoryLine Remark(string text) => new(StoryLineKind.Remark, text);

    /// <summary>An event.</summary>
    public static StoryLine Event(WorldEvent what) => new(StoryLineKind.Event, what.Text, what);

    /// <summary>The title of what follows.</summary>
    public static StoryLine Act(string title) => new(StoryLineKind.Act, title);

    /// <summary>A broken rule.</summary>
    public static StoryLine Violation(string text, MemberSet at) => new(StoryLineKind.Violation, text, null, at);
}

/// <summary>
/// A short run of the real classes with remarks. What the messages say and how it ends comes out of the classes; only
/// who hears whom, and when, is made up. A story about a bug has two acts: the same with a wrong class, and with the
/// right one.
/// </summary>
/// <param name="Title">In one line.</param>
/// <param name="Lanes">The names of the processes.</param>
/// <param name="Lines">What happens, and what is said about it.</param>
/// <param name="Closing">How it ended.</param>
public sealed record Story(
    string Title, IReadOnlyList<string> Lanes, IReadOnlyList<StoryLine> Lines, string Closing);

/// <summary>A story that can be told.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Title">What it is about, in one line.</param>
/// <param name="Play">Runs it; the title is the entry's.</param>
public sealed record StoryEntry(string Name, string Title, Func<string, Story> Play)
{
    /// <summary>Runs it.</summary>
    public Story Tell() => Play(Title);
}
