using Synod.Explorer.Commit;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Commit;

/// <summary>
/// Canonical worlds with their number of unique states, and worlds with one rule broken. A number that changes means
/// that a role behaves differently: find out why before pinning the new one.
/// </summary>
public class CommitWorldTests
{
    private static readonly CommitWorldOptions OneRecovery = new();

    private static readonly CommitWorldOptions LateWrites = new()
    {
        Participants = 1, MayVoteAborted = false, AcceptorCrashesMax = 1, AcceptorSyncIsAStep = true,
    };

    private static readonly Dictionary<string, CommitWorldOptions> Canonical = new()
    {
        ["two participants, a recovery"] = OneRecovery,
        ["two participants, one crashes, a recovery"] = OneRecovery with { ParticipantCrashesMax = 1 },
        ["a participant, a recovery that crashes"] = OneRecovery with { Participants = 1, RecoveryCrashesMax = 1 },
        ["two prepared participants, rival recoveries"] =
            OneRecovery with { Recoveries = 2, MayVoteAborted = false },
        ["two participants, a recovery, what is over is forgotten"] = OneRecovery with { OutcomeIsTold = true },
        ["two participants, a recovery, an acceptor crashes"] = OneRecovery with { AcceptorCrashesMax = 1 },
        ["the same, what is over is forgotten"] = OneRecovery with { AcceptorCrashesMax = 1, OutcomeIsTold = true },
        ["a participant, a recovery, acceptors with late writes, one crashes"] = LateWrites,
        ["the same, and the participant crashes"] = LateWrites with { ParticipantCrashesMax = 1 },
        ["three participants of which two are needed"] =
            OneRecovery with { Participants = 3, PreparedNeeded = 2, Recoveries = 0 },
    };

    private static readonly Dictionary<string, CommitWorldOptions> Wrong = new()
    {
        ["proposes Prepared for another"] = OneRecovery with
        {
            MakeRecovery = (self, configuration, transaction) => new PresumptuousRecovery(self, configuration, transaction),
        },
        ["aborts without listening to phase 1"] = OneRecovery with
        {
            MakeRecovery = (self, configuration, transaction) => new ImpatientRecovery(self, configuration, transaction),
        },
        ["phase 1 of one acceptor"] = OneRecovery with
        {
            MakeRecovery = (self, configuration, transaction) => new RealRecovery(
                self, new Configuration(1, configuration.Voters, QuorumSystem.Flexible(3, 1, 3)), transaction),
        },
        ["forgets its vote"] = OneRecovery with
        {
            ParticipantCrashesMax = 1,
            Recoveries = 0,
            MakeParticipant = (self, transaction) => new FickleParticipant(self, transaction),
        },
        ["forgets that it is over"] = OneRecovery with
        {
            OutcomeIsTold = true,
            MakeAcceptor = self => new ForgetfulCommitAcceptor(self),
        },
        ["an acceptor forgets on restart"] = OneRecovery with
        {
            AcceptorCrashesMax = 1,
            MakeAcceptor = self => new WipedCommitAcceptor(self),
        },
        ["an acceptor forgets on restart that it is over"] = OneRecovery with
        {
            AcceptorCrashesMax = 1,
            OutcomeIsTold = true,
            MakeAcceptor = self => new MarklessCommitAcceptor(self),
        },
        ["an acceptor answers before the disk"] = LateWrites with
        {
            MakeAcceptor = self => new HastyCommitAcceptor(self),
        },
    };

    [Theory]
    [InlineData("two participants, a recovery", 12_572, 22)]
    [InlineData("two participants, one crashes, a recovery", 72_536, 24)]
    [InlineData("a participant, a recovery that crashes", 73_589, 30)]
    [InlineData("two prepared participants, rival recoveries", 569_448, 34)]
    [InlineData("two participants, a recovery, what is over is forgotten", 77_334, 25)]
    [InlineData("two participants, a recovery, an acceptor crashes", 25_144, 23)]
    [InlineData("the same, what is over is forgotten", 154_668, 26)]
    [InlineData("a participant, a recovery, acceptors with late writes, one crashes", 19_261, 30)]
    [InlineData("the same, and the participant crashes", 74_326, 32)]
    [InlineData("three participants of which two are needed", 1_923, 15)]
    public void Every_state_is_right_in(string world, int states, int depth)
    {
        var options = Canonical[world];
        var properties = CommitProperties.All.Where(
            property => options.Recoveries > 0 || property != CommitProperties.RecoveryCommits);
        var result = Exploration.Explore(new CommitWorld(options), new ExplorationLimits(), [.. properties]);
        Assert.True(result.IsClean, result.ToString());
        Assert.Equal((states, depth), (result.UniqueStates, result.Depth));
    }

    [Theory]
    [InlineData("aborts without listening to phase 1", 15)]
    [InlineData("phase 1 of one acceptor", 12)]
    [InlineData("forgets that it is over", 15)]
    [InlineData("an acceptor forgets on restart", 15)]
    [InlineData("an acceptor forgets on restart that it is over", 16)]
    [InlineData("an acceptor answers before the disk", 12)]
    public void Both_outcomes_are_reached_by_a_shortest_trace_of(string bug, int steps) =>
        AssertFound(bug, CommitProperties.NeverBoth, steps);

    [Fact]
    public void A_commit_past_who_has_not_voted_is_found_where_a_recovery_proposes_prepared_for_another() =>
        AssertFound("proposes Prepared for another", CommitProperties.CommitOnlyIfPrepared, 7);

    [Fact]
    public void A_participant_that_forgets_its_vote_is_stopped_by_the_acceptors_check()
    {
        var result = Exploration.Explore(new CommitWorld(Wrong["forgets its vote"]), new ExplorationLimits());
        var found = result[Property.NoCheckFails];
        Assert.True(found.Verdict == PropertyVerdict.Violated, result.ToString());
        var steps = found.Trace!.Steps.Count;
        Assert.True(steps == 7, $"{steps} steps\n{result}");
    }

    private static void AssertFound(string bug, Property<CommitWorld> property, int steps)
    {
        var result = Exploration.Explore(new CommitWorld(Wrong[bug]), new ExplorationLimits(), property);
        var found = result[property.Name];
        Assert.True(found.Verdict == PropertyVerdict.Violated, result.ToString());
        Assert.True(steps == found.Trace!.Steps.Count, $"{found.Trace.Steps.Count} steps\n{result}");
    }
}
