using Synod.Explorer.Practical;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Practical;

/// <summary>
/// Tests of the tester: canonical worlds, in which the real member is clean, with a wrong twin, and the explorer finds
/// out with a shortest trace.
/// </summary>
public class PlantedBugTests
{
    private static readonly PracticalWorldOptions Three = CanonicalWorlds.ByName["three members, two proposers"];

    private static readonly PracticalWorldOptions Crash =
        CanonicalWorlds.ByName["two members, refusals, a crash"];

    private static readonly PracticalWorldOptions LateWrites =
        CanonicalWorlds.ByName["two members, a crash between write and reply"];

    private static readonly PracticalWorldOptions TwoBallots =
        CanonicalWorlds.ByName["one proposer, two ballots, a crash between write and reply"];

    private static readonly Dictionary<string, PracticalWorldOptions> WrongWorlds = new()
    {
        ["phase-1 quorum minus one"] = Three with
        {
            MakeMember = (self, configuration) => new PracticalMember(
                self, new Configuration(1, configuration.Voters, QuorumSystem.Flexible(3, 1, 3))),
        },
        ["P1 ballot reuse after restart"] = TwoBallots with
        {
            MakeMember = (self, configuration) => new BallotReusingMember(self, configuration),
        },
        ["Prepare before its mark is on disk"] = TwoBallots with
        {
            MakeMember = (self, configuration) => new HastyPreparer(self, configuration),
        },
        ["P3 reply before the write is durable"] = LateWrites with
        {
            MakeMember = (self, configuration) => new HastyMember(self, configuration),
        },
        ["P3 repeated request answered at once"] = LateWrites with
        {
            MakeMember = (self, configuration) => new HastyRepeater(self, configuration),
        },
        ["P3 never written"] = Crash with
        {
            MakeMember = (self, configuration) => new UnwrittenMember(self, configuration),
        },
        ["forgets on restart"] = Crash with
        {
            MakeMember = (self, configuration) => new ForgetfulMember(self, configuration),
        },
    };

    [Theory]
    [InlineData("phase-1 quorum minus one", 10)]
    [InlineData("P3 reply before the write is durable", 13)]
    [InlineData("P3 never written", 11)]
    [InlineData("forgets on restart", 11)]
    public void Two_values_are_chosen_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, PracticalProperties.Agreement, steps);

    [Theory]
    [InlineData("P1 ballot reuse after restart", 8)]
    [InlineData("Prepare before its mark is on disk", 7)]
    public void A_ballot_gets_two_values_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, PracticalProperties.OneValuePerBallot, steps);

    [Theory]
    [InlineData("P1 ballot reuse after restart", 3)]
    [InlineData("forgets on restart", 3)]
    public void A_promise_or_mark_is_lowered_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, PracticalProperties.PromiseIsNeverLowered, steps);

    [Theory]
    [InlineData("Prepare before its mark is on disk", 1)]
    [InlineData("P3 reply before the write is durable", 3)]
    [InlineData("P3 repeated request answered at once", 7)]
    [InlineData("P3 never written", 2)]
    public void What_was_said_is_not_on_disk_after_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, PracticalProperties.WordsAreDurable, steps);

    public static TheoryData<string> Bugs => [.. WrongWorlds.Keys];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void What_forgets_the_dead_finds_as_soon(string bug)
    {
        var options = WrongWorlds[bug];
        var whole = Exploration.Explore(new PracticalWorld(options), new ExplorationLimits(), PracticalProperties.All);
        var forgetful = Exploration.Explore(
            new PracticalWorld(options with { ForgetsTheDead = true }), new ExplorationLimits(), PracticalProperties.All);
        Assert.Equal(ExplorationEnd.FirstViolation, whole.End);
        Assert.Equal(ExplorationEnd.FirstViolation, forgetful.End);
        // Sooner only where an outbox that forgets nothing would still have hidden it.
        var sooner = bug == "P3 repeated request answered at once" ? 2 : 0;
        Assert.Equal(StepsToViolation(whole), StepsToViolation(forgetful) + sooner);
    }

    private static int StepsToViolation(ExplorationResult result) => result.Properties
        .Where(property => property.Verdict == PropertyVerdict.Violated).Min(property => property.Trace!.Steps.Count);

    private static void AssertFound(string bug, Property<PracticalWorld> property, int steps)
    {
        var result = Exploration.Explore(new PracticalWorld(WrongWorlds[bug]), new ExplorationLimits(), property);
        var found = result[property.Name];
        Assert.True(found.Verdict == PropertyVerdict.Violated, result.ToString());
        Assert.True(steps == found.Trace!.Steps.Count, $"{found.Trace.Steps.Count} steps\n{result}");
    }
}
