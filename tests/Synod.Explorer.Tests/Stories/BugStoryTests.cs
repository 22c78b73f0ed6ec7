using Synod.Explorer.Essential;
using Synod.Explorer.Stories;
using Synod.Paxos;
using Synod.Paxos.Essential;

namespace Synod.Explorer.Tests.Stories;

/// <summary>
/// The scripts of the bug stories, played by the wrong class and by the real one: it is the class that makes the
/// difference, and a judge that finds it.
/// </summary>
public class BugStoryTests
{
    private static readonly Dictionary<string, TwoActs> Acts = new()
    {
        ["forgotten promise"] = BugStories.ForgottenPromise,
        ["ballot reuse"] = BugStories.BallotReuse,
        ["timed-out accept"] = BugStories.TimedOutAccept,
        ["answer before disk"] = BugStories.AnswerBeforeDisk,
        ["promise regression"] = BugStories.PromiseRegression,
    };

    public static TheoryData<string> Bugs => [.. Acts.Keys];

    [Theory]
    [InlineData("forgotten promise", "red", "blue")]
    [InlineData("ballot reuse", "green", "red")]
    [InlineData("timed-out accept", "blue", "red")]
    [InlineData("answer before disk", "red", "blue")]
    [InlineData("promise regression", "blue", "red")]
    public void With_the_wrong_class_one_learner_learns_one_value_and_another_learner_another(
        string bug, string first, string second)
    {
        var stage = Acts[bug].Play(Acts[bug].Wrong);
        Assert.Equal([first, second], stage.Chosen);
        Assert.Equal([first, second], stage.Learned);
        var found = Assert.Single(
            stage.Lines, line => line.Text.StartsWith("TWO VALUES ARE CHOSEN", StringComparison.Ordinal));
        Assert.Equal(StoryLineKind.Violation, found.Kind);
        // Both quorums, by their lanes: together they are all three acceptors.
        Assert.Equal(3, found.At.Count);
        Assert.All(
            Enumerable.Range(0, stage.Lanes.Count).Where(found.At.Contains),
            lane => Assert.StartsWith("a", stage.Lanes[lane], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("forgotten promise", "blue")]
    [InlineData("ballot reuse", "green")]
    [InlineData("timed-out accept", "red")]
    [InlineData("answer before disk", "red")]
    [InlineData("promise regression", "blue")]
    public void With_the_real_classes_the_same_script_chooses_one_value(string bug, string chosen)
    {
        var stage = Acts[bug].Play(Acts[bug].Right);
        Assert.Equal([chosen], stage.Chosen);
        Assert.Equal(chosen, stage.Learned[1]);
        Assert.True(stage.Learned[0] is null || stage.Learned[0] == chosen);
        Assert.DoesNotContain(stage.Lines, line => line.Kind == StoryLineKind.Violation);
    }

    [Theory]
    [InlineData("forgotten promise", false)]
    [InlineData("ballot reuse", true)]
    [InlineData("timed-out accept", true)]
    [InlineData("answer before disk", false)]
    [InlineData("promise regression", false)]
    public void Two_values_under_one_ballot_are_marked_where_the_bug_binds_them(string bug, bool isMarked) =>
        Assert.Equal(isMarked, Acts[bug].Play(Acts[bug].Wrong).Lines.Any(
            line => line.Text.StartsWith("ONE BALLOT, TWO VALUES", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_story_whose_wrong_class_does_no_harm_is_refused(string bug)
    {
        var harmless = Acts[bug] with { Wrong = Acts[bug].Right };
        Assert.Throws<InvariantViolatedException>(() => harmless.Tell("nothing happens"));
        var harmful = Acts[bug] with { Right = Acts[bug].Wrong };
        Assert.Throws<InvariantViolatedException>(() => harmful.Tell("twice"));
    }

    [Fact]
    public void A_real_proposer_in_a_world_that_is_already_wrong_stops_with_an_alarm()
    {
        // p1 begins at ballot 1 again, but p2 is a real one: it finds two values under 1.p1 and takes neither.
        var story = BugStories.BallotReuse;
        var mixed = story.Wrong with
        {
            MakeProposer = (self, all) => self.Number == 11
                ? story.Wrong.MakeProposer(self, all)
                : new EssentialProposer(self, all),
        };
        Assert.Throws<InvariantViolatedException>(() => story.Play(mixed));
    }

    [Fact]
    public void The_judge_counts_each_ballot_and_each_value_for_itself()
    {
        var judge = new AgreementJudge(Configuration.OfMajority(3));
        var (low, high) = (Ballot.None.NextFor(new NodeId(11), 1), Ballot.None.NextFor(new NodeId(12), 1));
        Assert.False(judge.Take(Accepted(1, low, "red"), out _));
        Assert.False(judge.Take(Accepted(1, low, "red"), out _)); // the same one again
        Assert.False(judge.Take(Accepted(2, high, "red"), out _)); // another ballot
        Assert.Empty(judge.Choices);
        Assert.False(judge.Take(Accepted(3, high, "red"), out _));
        Assert.Equal(["red"], judge.Choices.Select(choice => choice.Value.ToString()));
        Assert.True(judge.Agrees);
    }

    [Fact]
    public void The_judge_remembers_what_an_acceptor_has_forgotten()
    {
        var judge = new AgreementJudge(Configuration.OfMajority(3));
        var (low, high) = (Ballot.None.NextFor(new NodeId(11), 1), Ballot.None.NextFor(new NodeId(12), 1));
        judge.Take(Accepted(1, low, "red"), out _);
        judge.Take(Accepted(2, low, "red"), out _);
        // Again accepted by who had accepted before: what was chosen stays chosen.
        judge.Take(Accepted(2, high, "blue"), out var rival);
        Assert.Null(rival);
        Assert.True(judge.Take(Accepted(3, high, "blue"), out _));
        Assert.False(judge.Agrees);
        Assert.Equal(["red", "blue"], judge.Choices.Select(choice => choice.Value.ToString()));
    }

    [Fact]
    public void The_judge_names_the_rival_under_the_same_ballot_once()
    {
        var judge = new AgreementJudge(Configuration.OfMajority(3));
        var ballot = Ballot.None.NextFor(new NodeId(11), 1);
        judge.Take(Accepted(1, ballot, "red"), out var first);
        judge.Take(Accepted(2, ballot, "blue"), out var second);
        judge.Take(Accepted(3, ballot, "blue"), out var third);
        Assert.Null(first);
        Assert.Equal((0, Value.FromText("red")), second);
        Assert.Null(third);
    }

    private static Accepted Accepted(uint acceptor, Ballot ballot, string value) =>
        new(new NodeId(acceptor), ballot, Value.FromText(value));
}
