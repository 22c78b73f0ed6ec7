using Synod.Explorer.Practical;
using Synod.Paxos;

namespace Synod.Explorer.Tests.Practical;

/// <summary>Small worlds of Practical, clean with the real member and each wrong with some wrong twin.</summary>
internal static class CanonicalWorlds
{
    private static readonly Configuration WriteOneOfTwo =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 2, phase2Size: 1));

    private static readonly Configuration WriteAllOfTwo =
        new(1, [new NodeId(1), new NodeId(2)], QuorumSystem.Flexible(2, phase1Size: 1, phase2Size: 2));

    public static readonly Dictionary<string, PracticalWorldOptions> ByName = new()
    {
        ["three members, two proposers"] = new() { SyncIsAStep = false, Nacks = false },
        ["two members, refusals, a crash"] =
            new() { Configuration = WriteAllOfTwo, SyncIsAStep = false, CrashesMax = 1 },
        ["two members, a crash between write and reply"] =
            new() { Configuration = WriteAllOfTwo, Nacks = false, CrashesMax = 1 },
        ["two members, refusals, a crash between write and reply"] =
            new() { Configuration = WriteOneOfTwo, CrashesMax = 1 },
        ["two members, refusals, late writes, one learns"] =
            new() { Configuration = WriteOneOfTwo, Learners = 1 },
        ["one proposer, two ballots, a crash between write and reply"] =
            new() { Configuration = WriteAllOfTwo, Proposers = 1, BallotsPerProposer = 2, CrashesMax = 1 },
        ["three members, a crash"] =
            new() { SyncIsAStep = false, Nacks = false, CrashesMax = 1, ForgetsTheDead = true },
        ["three members, a crash between write and reply"] =
            new() { Nacks = false, CrashesMax = 1, ForgetsTheDead = true },
        ["three members, refusals"] = new() { SyncIsAStep = false, ForgetsTheDead = true },
    };

    /// <summary>All properties but those that a world is too small for.</summary>
    public static IReadOnlyList<Property<PracticalWorld>> PropertiesFor(PracticalWorldOptions options) =>
    [
        .. PracticalProperties.All.Where(property =>
            (options.Proposers > 1
                || (property != PracticalProperties.SomebodyAdopts && property != PracticalProperties.SomebodyGivesUp))
            && (options.Nacks || property != PracticalProperties.SomebodyGivesUp)),
    ];
}
