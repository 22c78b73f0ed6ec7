namespace Synod.Explorer.Stories;

/// <summary>One line of a story: a remark, or something that happens.</summary>
/// <param name="Note">A remark for the reader; null for an event.</param>
/// <param name="Event">What happens; null for a remark.</param>
public readonly record struct StoryLine(string? Note, WorldEvent? Event);

/// <summary>
/// A short run of the real classes with remarks. What the messages say and how it ends comes out of the classes; only
/// who hears whom, and when, is made up.
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
/// <param name="Play">Runs it.</param>
public sealed record StoryEntry(string Name, string Title, Func<Story> Play);
