using Synod.Explorer.Decision;
using Synod.Paxos;

namespace Synod.Explorer.Essential;

/// <summary>
/// What must hold of single-decree Paxos, counted by the properties themselves and not by the code they judge.
/// </summary>
public static class PaxosProperties
{
    /// <summary>
    /// "Only a single value is chosen" (Lamport 2001, §2.1), by whatever quorum, whether or not anybody knows.
    /// </summary>
    public static Property<PaxosWorld> Agreement { get; } = DecisionProperties.Agreement<PaxosWorld>();

    /// <summary>"Only a value that has been proposed may be chosen" (§2.1); here not even sent.</summary>
    public static Property<PaxosWorld> Validity { get; } = DecisionProperties.Validity<PaxosWorld>();

    /// <summary>"A process never learns that a value has been chosen unless it actually has been" (§2.1).</summary>
    public static Property<PaxosWorld> OnlyChosenIsLearned { get; } =
        DecisionProperties.OnlyChosenIsLearned<PaxosWorld>();

    /// <summary>What a disk promises never goes down, nor does the mark on it.</summary>
    public static Property<PaxosWorld> PromiseIsNeverLowered { get; } =
        DecisionProperties.NothingOnDiskIsLowered<PaxosWorld>();

    /// <summary>Whatever was said, the disk of who said it upholds: a crash would take back nothing.</summary>
    public static Property<PaxosWorld> WordsAreDurable { get; } = DecisionProperties.WordsAreDurable<PaxosWorld>();

    /// <summary>A ballot is bound to at most one value (Lamport 1998, §2.1, B1).</summary>
    public static Property<PaxosWorld> OneValuePerBallot { get; } = DecisionProperties.OneValuePerBallot<PaxosWorld>();

    /// <summary>
    /// No memory falls behind its disk, no ballot is begun twice; promises of an earlier ballot or life, that come after the
    /// Accept, or from who is counted do not count, nor do requests below a promise.
    /// Also what <see cref="PaxosWorldOptions.ForgetsTheDead"/> leans on.
    /// </summary>
    public static Property<PaxosWorld> NothingComesBack { get; } = DecisionProperties.NothingComesBack<PaxosWorld>();

    /// <summary>The world is not so small that nothing is ever chosen.</summary>
    public static Property<PaxosWorld> SomeValueIsChosen { get; } = DecisionProperties.SomeValueIsChosen<PaxosWorld>();

    /// <summary>
    /// The heart of it: a proposer proposes what another one wished for, because it may have been chosen (P2c).
    /// </summary>
    public static Property<PaxosWorld> SomebodyAdopts { get; } = DecisionProperties.SomebodyAdopts<PaxosWorld>();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Property<PaxosWorld>> All { get; } =
    [
        Agreement, Validity, OnlyChosenIsLearned, PromiseIsNeverLowered, WordsAreDurable, OneValuePerBallot,
        NothingComesBack, SomeValueIsChosen, SomebodyAdopts,
    ];
}

