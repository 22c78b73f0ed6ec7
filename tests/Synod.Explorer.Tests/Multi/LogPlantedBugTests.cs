using Synod.Explorer.Multi;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Tests.Multi;

/// <summary>
/// Tests of the tester: the log's world with one rule of the replica broken, found by a shortest trace. Each world is clean,
/// as far as the trace is long, with the real replica.
/// </summary>
public class LogPlantedBugTests
{
    private static readonly Configuration TwoNodes =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 1, phase2Size: 2));

    private static readonly Dictionary<string, LogWorldOptions> RightWorlds = new()
    {
        ["three nodes"] = new(),
        ["three nodes, a crash"] = new() { CrashesMax = 1 },
        ["two nodes, late syncs, a crash"] = new() { Configuration = TwoNodes, SyncIsAStep = true, CrashesMax = 1 },
        ["two nodes, a second life"] = new()
        {
            Configuration = TwoNodes, SyncIsAStep = true, CrashesMax = 1, Campaigns = [0, 2], Commands = [0, 2], ChosenArrives = false,
        },
    };

    private static LogWorldOptions Wrong(string world, Func<NodeId, Configuration, ReplicaOptions, ReplicaRole> make) =>
        RightWorlds[world] with { MakeReplica = make };

    private static readonly Dictionary<string, LogWorldOptions> WrongWorlds = new()
    {
        ["P1 ballot reuse after restart"] =
            Wrong("two nodes, a second life", (self, c, options) => new BallotReusingReplica(self, c, options)),
        ["P3 nothing waits for the disk"] =
            Wrong("two nodes, late syncs, a crash", (self, c, options) => new UnsyncedReplica(self, c, options)),
        ["ignores what was accepted"] = Wrong("three nodes", (self, c, options) => new StubbornReplica(self, c, options)),
        ["forgets on restart"] = Wrong("three nodes, a crash", (self, c, options) => new ForgetfulReplica(self, c, options)),
        ["forgets acceptances"] = Wrong("three nodes, a crash", (self, c, options) => new PromisesOnlyReplica(self, c, options)),
        ["phase-1 quorum minus one"] = Wrong("three nodes", (self, c, options) => new ReplicaRole(
            self, new Configuration(1, c.Voters, QuorumSystem.Flexible(3, 1, 3)), options)),
        ["phase-2 quorum minus one"] = Wrong("three nodes", (self, c, options) => new ReplicaRole(
            self, new Configuration(1, c.Voters, QuorumSystem.Flexible(3, 3, 1)), options)),
    };

    [Theory]
    [InlineData("ignores what was accepted", 6)]
    [InlineData("phase-1 quorum minus one", 4)]
    [InlineData("forgets acceptances", 7)]
    public void Two_decrees_are_chosen_in_a_slot_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, LogProperties.Agreement, steps);

    [Fact]
    public void A_ballot_gets_two_decrees_when_it_is_used_again_after_a_restart() =>
        AssertFound("P1 ballot reuse after restart", LogProperties.OneDecreePerBallotAndSlot, 7);

    [Fact]
    public void An_answer_is_not_on_disk_when_nothing_waits_for_it() =>
        AssertFound("P3 nothing waits for the disk", LogProperties.AnswersAreDurable, 2);

    [Theory]
    [InlineData("P3 nothing waits for the disk", 4)]
    [InlineData("phase-2 quorum minus one", 1)]
    public void What_is_not_chosen_is_handed_out_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, LogProperties.OnlyChosenIsHandedOut, steps);

    [Fact]
    public void A_promise_is_lowered_by_who_forgets_on_restart() =>
        AssertFound("forgets on restart", LogProperties.PromiseIsNeverLowered, 1);

    public static TheoryData<string> Worlds => [.. RightWorlds.Keys];

    [Theory]
    [MemberData(nameof(Worlds))]
    public void The_real_replica_is_clean_as_far_as_any_of_these_traces_in_the_world_of(string name)
    {
        var limits = new ExplorationLimits { DepthMax = 8 };
        var result = Exploration.Explore(new LogWorld(RightWorlds[name]), limits, LogProperties.All);
        Assert.DoesNotContain(result.Properties, property => property.Verdict == PropertyVerdict.Violated);
    }

    private static void AssertFound(string bug, Property<LogWorld> property, int steps)
    {
        var result = Exploration.Explore(
            new LogWorld(WrongWorlds[bug]), new ExplorationLimits { StatesMax = 400_000 }, property);
        var found = result[property.Name];
        Assert.True(found.Verdict == PropertyVerdict.Violated, result.ToString());
        Assert.True(steps == found.Trace!.Steps.Count, $"{found.Trace.Steps.Count} steps\n{result}");
    }
}
