using Synod.Explorer.Essential;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Essential;

/// <summary>
/// Tests of the tester: a world in which the real classes are clean, one role in it exchanged for a wrong twin, and the
/// explorer finds out with a shortest trace.
/// </summary>
public class PlantedBugTests
{
    private static readonly Configuration TwoAcceptors =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 1, phase2Size: 2));

    private static readonly PaxosWorldOptions Duel = new();
    private static readonly PaxosWorldOptions AcceptorCrash = new() { AcceptorCrashesMax = 1 };
    private static readonly PaxosWorldOptions ProposerCrash =
        new() { Proposers = 1, BallotsPerProposer = 2, ProposerCrashesMax = 1 };
    private static readonly PaxosWorldOptions TwoBallots = new() { Proposers = 1, BallotsPerProposer = 2 };
    private static readonly PaxosWorldOptions ProposerCrashLateSync = ProposerCrash with { SyncIsAStep = true };
    private static readonly PaxosWorldOptions TwoLateSync =
        new() { Configuration = TwoAcceptors, AcceptorCrashesMax = 1, SyncIsAStep = true };
    private static readonly PaxosWorldOptions ThreeProposers =
        new() { Configuration = TwoAcceptors, Proposers = 3, AcceptorCrashesMax = 1 };
    private static readonly PaxosWorldOptions Learning = new() { Configuration = TwoAcceptors, Learners = 1 };

    private static readonly Dictionary<string, PaxosWorldOptions> RightWorlds = new()
    {
        ["duel"] = Duel,
        ["acceptor crash"] = AcceptorCrash,
        ["proposer crash"] = ProposerCrash,
        ["proposer crash, late sync"] = ProposerCrashLateSync,
        ["two acceptors, late sync"] = TwoLateSync,
        ["two ballots"] = TwoBallots,
        ["three proposers"] = ThreeProposers,
        ["learning"] = Learning,
    };

    private static readonly Dictionary<string, PaxosWorldOptions> WrongWorlds = new()
    {
        ["P1 ballot reuse after restart"] = ProposerCrash with
        {
            MakeProposer = (self, configuration) => new BallotReusingProposer(self, configuration),
        },
        ["P1 without any check"] = ProposerCrash with
        {
            MakeProposer = (self, configuration) => new UncheckedProposer(self, configuration, keepsMark: false),
            MakeAcceptor = self => new OverwritingAcceptor(self),
        },
        ["P2 ballot of a timed-out accept used again"] = TwoBallots with
        {
            MakeProposer = (self, configuration) => new UncheckedProposer(
                self, configuration, keepsMark: true, keepsBallot: true),
        },
        ["P2 without any check"] = TwoBallots with
        {
            MakeProposer = (self, configuration) => new UncheckedProposer(
                self, configuration, keepsMark: true, keepsBallot: true),
            MakeAcceptor = self => new OverwritingAcceptor(self),
        },
        ["goes on with a forgotten ballot"] = ProposerCrash with
        {
            MakeProposer = (self, configuration) => new ResumingProposer(self, configuration),
        },
        ["Prepare before its mark is on disk"] = ProposerCrashLateSync with
        {
            MakeProposer = (self, configuration) => new HastyProposer(self, configuration),
        },
        ["own value whatever was accepted"] = Duel with
        {
            MakeProposer = (self, configuration) => new StubbornProposer(self, configuration),
        },
        ["counts answers, not voters"] = Duel with
        {
            MakeProposer = (self, configuration) => new CountingProposer(self, configuration),
        },
        ["phase-1 quorum minus one"] = Duel with
        {
            MakeProposer = (self, configuration) => new EssentialProposer(
                self, new Configuration(1, configuration.Voters, QuorumSystem.Flexible(3, 1, 3))),
        },
        ["learner's quorum minus one"] = Learning with
        {
            MakeLearner = configuration => new(
                new Configuration(1, configuration.Voters, QuorumSystem.Flexible(2, 2, 1))),
        },
        ["P3 never synced"] = AcceptorCrash with { MakeAcceptor = self => new UnsyncedAcceptor(self) },
        ["P3 duplicate answered at once"] = TwoLateSync with
        {
            MakeAcceptor = self => new HastyDuplicateAcceptor(self),
        },
        ["P3 newer than what was written"] = TwoLateSync with
        {
            MakeAcceptor = self => new NewerThanWrittenAcceptor(self),
        },
        ["P4 promise regression"] = ThreeProposers with
        {
            MakeProposer = (self, configuration) => new UncheckedProposer(self, configuration, keepsMark: true),
            MakeAcceptor = self => new PromiseRegressingAcceptor(self),
        },
        ["forgets on restart"] = AcceptorCrash with { MakeAcceptor = self => new ForgetfulAcceptor(self) },
        ["accepts a lower ballot"] = Duel with { MakeAcceptor = self => new ObligingAcceptor(self) },
    };

    public static TheoryData<string> Worlds => [.. RightWorlds.Keys];

    [Theory]
    [MemberData(nameof(Worlds))]
    public void The_real_roles_are_clean_in_the_world_of(string name)
    {
        var options = RightWorlds[name];
        // One proposer alone has nobody to adopt from.
        var properties = PaxosProperties.All.Where(
            property => options.Proposers > 1 || property != PaxosProperties.SomebodyAdopts);
        var result = Exploration.Explore(new PaxosWorld(options), new ExplorationLimits(), [.. properties]);
        Assert.True(result.IsClean, result.ToString());
    }

    [Theory]
    [InlineData("P1 without any check", 13)]
    [InlineData("P2 without any check", 11)]
    [InlineData("own value whatever was accepted", 14)]
    [InlineData("counts answers, not voters", 12)]
    [InlineData("phase-1 quorum minus one", 10)]
    [InlineData("P3 never synced", 15)]
    [InlineData("P3 duplicate answered at once", 19)]
    [InlineData("P3 newer than what was written", 16)]
    [InlineData("P4 promise regression", 15)]
    [InlineData("forgets on restart", 15)]
    [InlineData("accepts a lower ballot", 14)]
    public void Two_values_are_chosen_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, PaxosProperties.Agreement, steps);

    [Theory]
    [InlineData("P1 ballot reuse after restart", 9)]
    [InlineData("P2 ballot of a timed-out accept used again", 7)]
    [InlineData("goes on with a forgotten ballot", 8)]
    [InlineData("Prepare before its mark is on disk", 11)]
    public void A_ballot_gets_two_values_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, PaxosProperties.OneValuePerBallot, steps);

    [Theory]
    [InlineData("P3 never synced", 2)]
    [InlineData("P3 duplicate answered at once", 4)]
    [InlineData("P3 newer than what was written", 6)]
    [InlineData("P4 promise regression", 4)]
    public void An_answer_is_not_on_disk_after_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, PaxosProperties.WordsAreDurable, steps);

    [Theory]
    [InlineData("forgets on restart", 9)]
    [InlineData("accepts a lower ballot", 8)]
    public void A_promise_is_lowered_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, PaxosProperties.PromiseIsNeverLowered, steps);

    [Fact]
    public void What_is_not_chosen_is_learned_with_a_quorum_minus_one() =>
        AssertFound("learner's quorum minus one", PaxosProperties.OnlyChosenIsLearned, 5);

    [Theory]
    [InlineData("P1 ballot reuse after restart")]
    [InlineData("P2 ballot of a timed-out accept used again")]
    [InlineData("goes on with a forgotten ballot")]
    [InlineData("Prepare before its mark is on disk")]
    public void The_checks_of_the_real_roles_stop_it_before_two_values_are_chosen(string bug)
    {
        var result = Exploration.Explore(
            new PaxosWorld(WrongWorlds[bug]), new ExplorationLimits { StopAtFirstViolation = false },
            PaxosProperties.Agreement);
        Assert.Equal(ExplorationEnd.Complete, result.End);
        Assert.Equal(PropertyVerdict.Holds, result[PaxosProperties.Agreement.Name].Verdict);
        Assert.Equal(PropertyVerdict.Violated, result[Property.NoCheckFails].Verdict);
    }

    public static TheoryData<string> Bugs => [.. WrongWorlds.Keys.Where(name => WrongWorlds[name].Learners == 0)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void What_forgets_the_dead_finds_as_soon(string bug)
    {
        var options = WrongWorlds[bug];
        var whole = Exploration.Explore(new PaxosWorld(options), new ExplorationLimits(), PaxosProperties.All);
        var forgetful = Exploration.Explore(
            new PaxosWorld(options with { ForgetsTheDead = true }), new ExplorationLimits(), PaxosProperties.All);
        Assert.Equal(ExplorationEnd.FirstViolation, whole.End);
        Assert.Equal(ExplorationEnd.FirstViolation, forgetful.End);
        Assert.Equal(StepsToViolation(whole), StepsToViolation(forgetful));
    }

    private static int StepsToViolation(ExplorationResult result) => result.Properties
        .Where(property => property.Verdict == PropertyVerdict.Violated).Min(property => property.Trace!.Steps.Count);

    private static void AssertFound(string bug, Property<PaxosWorld> property, int steps)
    {
        var result = Exploration.Explore(new PaxosWorld(WrongWorlds[bug]), new ExplorationLimits(), property);
        var found = result[property.Name];
        Assert.True(found.Verdict == PropertyVerdict.Violated, result.ToString());
        Assert.True(steps == found.Trace!.Steps.Count, $"{found.Trace.Steps.Count} steps\n{result}");
    }
}
