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
        // The script checks how it ends; a promise or an acceptance that does not come is a failed check too.
        var story = entry.Play();
        Assert.Equal(entry.Title, story.Title);
        Assert.Contains("for ever", story.Closing, StringComparison.Ordinal);
        Assert.All(story.Lines, line => Assert.True(line.Note is null != line.Event is null));
        Assert.True(story.Lines.Count(line => line.Event is not null) >= 8);
        Assert.Equal(story.Lines, entry.Play().Lines);
    }

    [Fact]
    public void There_are_a_dozen_stories_and_each_has_its_own_name()
    {
        Assert.True(StoryBook.All.Count >= 12);
        Assert.Equal(StoryBook.All.Count, StoryBook.All.Select(entry => entry.Name).Distinct().Count());
        Assert.DoesNotContain(StoryBook.All, entry => entry.Name == StoryBook.Random);
        Assert.Null(StoryBook.Find("no such story"));
    }

    [Fact]
    public void The_first_story_has_two_proposers_a_refusal_a_crash_and_an_adopted_value()
    {
        var events = StoryBook.Find(StoryBook.First)!.Play().Lines.Where(line => line.Event is not null)
            .Select(line => line.Event!.Value).ToList();
        Assert.Contains(events, what => what.Mark == EventMark.Crashes && what.Text.Contains("promised 1.p2", StringComparison.Ordinal));
        Assert.Contains(events, what => what.Text == "Accept 1.p1 red: silence, it promised 1.p2");
        Assert.Contains(events, what => what.Text == "Promise 2.p1, accepted blue at 1.p2: enough, will propose blue");
    }

    [Fact]
    public void A_repeated_answer_before_the_disk_is_not_given()
    {
        var story = StoryBook.Find("bug-answer-before-disk")!.Play();
        var texts = story.Lines.Where(line => line.Event is not null).Select(line => line.Event!.Value.Text).ToList();
        var synced = texts.FindIndex(text => text.StartsWith("on disk", StringComparison.Ordinal));
        var answered = texts.FindIndex(text => text.StartsWith("Promise", StringComparison.Ordinal));
        Assert.True(synced >= 0 && synced < answered);
        Assert.Equal(3, texts.Count(text => text.Contains("the answer waits", StringComparison.Ordinal)));
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
