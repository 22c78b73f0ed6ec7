using Synod.Explorer.Essential;
using Synod.Explorer.Practical;
using Synod.Explorer.Tests.Practical;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Decision;

/// <summary>
/// That to forget the dead is right: state by state against searches that forget nothing. What is said about verdicts
/// stands with the planted bugs.
/// </summary>
public class ForgettingTests
{
    private static readonly Configuration TwoAcceptors =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 1, phase2Size: 2));

    private static readonly Dictionary<string, PaxosWorldOptions> Essential = new()
    {
        ["duel"] = new(),
        ["two acceptors, a crash of each"] =
            new() { Configuration = TwoAcceptors, AcceptorCrashesMax = 1, ProposerCrashesMax = 1 },
        ["two acceptors, late syncs"] = new() { Configuration = TwoAcceptors, SyncIsAStep = true },
        ["one proposer, two ballots, late syncs, a crash"] =
            new() { Proposers = 1, BallotsPerProposer = 2, ProposerCrashesMax = 1, SyncIsAStep = true },
        ["one proposer, late syncs, two crashes"] =
            new() { Proposers = 1, AcceptorCrashesMax = 2, SyncIsAStep = true },
    };

    private static readonly Dictionary<string, PracticalWorldOptions> Practical = new()
    {
        ["refusals"] = new() { Configuration = TwoAcceptors, SyncIsAStep = false },
        ["late writes"] = new() { Configuration = TwoAcceptors, Nacks = false },
        ["one proposer, two ballots, a crash"] =
            new() { Configuration = TwoAcceptors, Proposers = 1, BallotsPerProposer = 2, CrashesMax = 1, SyncIsAStep = false },
        ["one proposer, late writes, a crash"] =
            new() { Configuration = TwoAcceptors, Proposers = 1, CrashesMax = 1 },
    };

    public static TheoryData<string> EssentialWorlds => [.. Essential.Keys];

    public static TheoryData<string> PracticalWorlds => [.. Practical.Keys];

    [Theory]
    [MemberData(nameof(EssentialWorlds))]
    public void Essential_forgets_only_what_would_not_have_led_anywhere_else(string name) => AssertSameStates(
        new PaxosWorld(Essential[name]),
        new PaxosWorld(Essential[name] with { ForgetsTheDead = true }));

    [Theory]
    [MemberData(nameof(PracticalWorlds))]
    public void Practical_forgets_only_what_would_not_have_led_anywhere_else(string name) => AssertSameStates(
        new PracticalWorld(Practical[name]),
        new PracticalWorld(Practical[name] with { ForgetsTheDead = true }));

    /// <summary>
    /// Wherever a step leads without forgetting, the same step with forgetting leads to a state that the forgetting
    /// search reaches by itself; and it reaches no others.
    /// </summary>
    private static void AssertSameStates(IWorld whole, IWorld forgetful)
    {
        var reached = NaiveSearch.Explore(forgetful).States.Select(Convert.ToHexString).ToHashSet();
        var led = new HashSet<string>();
        var transitions = NaiveSearch.Explore(whole, (state, action) =>
        {
            NaiveSearch.Load(forgetful, state);
            var what = forgetful.Describe(action);
            if (forgetful.Apply(action))
            {
                var to = Convert.ToHexString(NaiveSearch.Bytes(forgetful.Write));
                Assert.True(reached.Contains(to), $"{what} in {Convert.ToHexString(state)} leads to {to}");
                led.Add(to);
            }
        }).Transitions;
        // All but the first state are led to.
        Assert.Equal(reached.Count - 1, led.Count);
        Assert.True(transitions > 10 * led.Count, $"{transitions} steps, {led.Count} states");
    }
}
