using Synod.Explorer.Stories;
using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Server.Learning.Stories;
using Synod.Server.Learning.Stories.Wrong;

namespace Synod.Server.Tests;

/// <summary>The story of the store that overwrites its only good copy, by the wrong store and by the real one.</summary>
public sealed class OnlyGoodCopyStoryTests
{
    [Fact]
    public void With_the_wrong_store_what_was_chosen_is_lost_and_another_value_is_chosen()
    {
        var stage = LearnStories.OnlyGoodCopy.Play(LearnStories.OnlyGoodCopy.Wrong);
        Assert.Equal(["red", "blue"], stage.Chosen);
        Assert.Equal(["red", "blue"], stage.Learned);
        Assert.Contains(stage.Lines, line => line.Kind == StoryLineKind.Violation);
        Assert.Contains(stage.Lines, line => line.Text.EndsWith("promised 1.p1 (file a: whole, file b: torn)", StringComparison.Ordinal));
    }

    [Fact]
    public void With_the_real_store_the_same_script_keeps_what_was_chosen()
    {
        var stage = LearnStories.OnlyGoodCopy.Play(LearnStories.OnlyGoodCopy.Right);
        Assert.Equal(["red"], stage.Chosen);
        Assert.Equal(["red", "red"], stage.Learned);
        Assert.DoesNotContain(stage.Lines, line => line.Kind == StoryLineKind.Violation);
    }

    [Fact]
    public void There_are_five_bugs_in_their_order()
    {
        var titles = LearnStories.All.Where(entry => entry.Name.StartsWith("bug-", StringComparison.Ordinal))
            .Select(entry => entry.Title[..6]);
        Assert.Equal(["Bug 1:", "Bug 2:", "Bug 3:", "Bug 4:", "Bug 5:"], titles);
        Assert.Equal(LearnStories.All.Count, LearnStories.All.Select(entry => entry.Name).Distinct().Count());
    }

    [Fact]
    public void A_power_failure_tears_a_file_that_is_written_in_place_and_never_one_that_is_replaced_whole()
    {
        var state = new AcceptorState(Ballot.None.NextFor(new NodeId(11), 1), Ballot.None, null);
        var inPlace = new TogglesFirstDisk(new StoryFiles(WriteFate.PowerFails));
        Assert.False(inPlace.Save(state, out var told));
        Assert.Equal("the power fails while it writes file a", told);
        Assert.Equal(default, inPlace.Restart(out told));
        Assert.Equal("file a: torn, file b: empty", told);

        var replaced = new StoreDisk(new StoryFiles(WriteFate.Done, WriteFate.PowerFails));
        Assert.True(replaced.Save(state, out _));
        Assert.False(replaced.Save(state with { Promised = state.Promised.NextFor(new NodeId(12), 1) }, out _));
        Assert.Equal(state, replaced.Restart(out _));
    }
}
