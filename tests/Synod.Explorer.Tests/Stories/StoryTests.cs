using Synod.Explorer.Stories;

namespace Synod.Explorer.Tests.Stories;

public class StoryTests
{
    public static TheoryData<string> Names => [.. StoryBook.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_story_comes_out_as_it_was_meant_to(string name)
    {
        var entry = StoryBook.Find(name)!;
        // The script checks how it ends; an alarm of the real classes would end it too.
        var story = entry.Tell();
        Assert.Equal(entry.Title, story.Title);
        Assert.Contains("for ever", story.Closing, StringComparison.Ordinal);
        Assert.All(story.Lines, line => Assert.Equal(line.Kind == StoryLineKind.Event, line.Happens is not null));
        Assert.All(story.Lines, line => Assert.NotEmpty(line.Text));
        Assert.True(story.Lines.Count(line => line.Kind == StoryLineKind.Event) >= 8);
        Assert.Equal(story.Lines, entry.Tell().Lines);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_stories_about_bugs_have_violations_and_only_in_their_first_act(string name)
    {
        var lines = StoryBook.Find(name)!.Tell().Lines;
        var isBug = name == "forgotten-promise" || name.StartsWith("bug-", StringComparison.Ordinal);
        Assert.Equal(isBug ? 2 : 0, lines.Count(line => line.Kind == StoryLineKind.Act));
        Assert.Equal(isBug, lines.Any(line => line.Kind == StoryLineKind.Violation));
        var second = lines.ToList().FindLastIndex(line => line.Kind == StoryLineKind.Act);
        Assert.DoesNotContain(lines.Skip(second + 1), line => line.Kind == StoryLineKind.Violation);
    }

    [Fact]
    public void There_are_a_dozen_stories_and_each_has_its_own_name()
    {
        Assert.True(StoryBook.All.Count >= 12);
        Assert.Equal(4, StoryBook.All.Count(entry => entry.Name.StartsWith("bug-", StringComparison.Ordinal)));
        Assert.Equal(StoryBook.All.Count, StoryBook.All.Select(entry => entry.Name).Distinct().Count());
        Assert.DoesNotContain(StoryBook.All, entry => entry.Name == StoryBook.Random);
        Assert.Null(StoryBook.Find("no such story"));
    }

    [Fact]
    public void The_first_story_has_two_proposers_a_refusal_a_crash_and_an_adopted_value()
    {
        var events = StoryBook.Find(StoryBook.First)!.Tell().Lines
            .Where(line => line.Happens is not null).Select(line => line.Happens!.Value).ToList();
        Assert.Contains(events, what => what.Mark == EventMark.Crashes && what.Text.Contains("promised 1.p2", StringComparison.Ordinal));
        Assert.Contains(events, what => what.Text == "Accept 1.p1 red: silence, it promised 1.p2");
        Assert.Contains(events, what => what.Text == "Promise 2.p1, accepted blue at 1.p2: enough, will propose blue");
    }

    [Fact]
    public void The_same_seed_tells_the_same_story_and_another_seed_another()
    {
        Assert.Equal(StoryBook.PlayRandom(7).Lines, StoryBook.PlayRandom(7).Lines);
        Assert.NotEqual(StoryBook.PlayRandom(7).Lines, StoryBook.PlayRandom(8).Lines);
        var closings = Enumerable.Range(0, 50).Select(seed => StoryBook.PlayRandom((ulong)seed).Closing).ToList();
        Assert.Contains("a is chosen, for ever", closings);
        Assert.Contains("b is chosen, for ever", closings);
    }
}
