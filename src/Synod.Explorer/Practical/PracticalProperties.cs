using Synod.Explorer.Decision;

namespace Synod.Explorer.Practical;

/// <summary>
/// What must hold of practical Paxos, counted by the properties themselves and not by the code they judge.
/// </summary>
public static class PracticalProperties
{
    /// <inheritdoc cref="Essential.PaxosProperties.Agreement"/>
    public static Property<PracticalWorld> Agreement { get; } = DecisionProperties.Agreement<PracticalWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.Validity"/>
    public static Property<PracticalWorld> Validity { get; } = DecisionProperties.Validity<PracticalWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.OnlyChosenIsLearned"/>
    public static Property<PracticalWorld> OnlyChosenIsLearned { get; } =
        DecisionProperties.OnlyChosenIsLearned<PracticalWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.PromiseIsNeverLowered"/>
    public static Property<PracticalWorld> PromiseIsNeverLowered { get; } =
        DecisionProperties.NothingOnDiskIsLowered<PracticalWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.WordsAreDurable"/>
    public static Property<PracticalWorld> WordsAreDurable { get; } =
        DecisionProperties.WordsAreDurable<PracticalWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.OneValuePerBallot"/>
    public static Property<PracticalWorld> OneValuePerBallot { get; } =
        DecisionProperties.OneValuePerBallot<PracticalWorld>();

    /// <summary>
    /// No memory falls behind its disk, no ballot is begun twice, and nothing counts that is over. Also what
    /// <see cref="PracticalWorldOptions.ForgetsTheDead"/> leans on.
    /// </summary>
    public static Property<PracticalWorld> NothingComesBack { get; } =
        DecisionProperties.NothingComesBack<PracticalWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.SomeValueIsChosen"/>
    public static Property<PracticalWorld> SomeValueIsChosen { get; } =
        DecisionProperties.SomeValueIsChosen<PracticalWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.SomebodyAdopts"/>
    public static Property<PracticalWorld> SomebodyAdopts { get; } =
        DecisionProperties.SomebodyAdopts<PracticalWorld>();

    /// <summary>Refusals end a lead or an attempt at it.</summary>
    public static Property<PracticalWorld> SomebodyGivesUp { get; } =
        Property.Sometimes<PracticalWorld>("a proposer gives its ballot up", world => world.SomebodyGaveUp());

    /// <summary>All that hold whatever the options are, but <see cref="SomebodyAdopts"/> wants two proposers.</summary>
    public static IReadOnlyList<Property<PracticalWorld>> All { get; } =
    [
        Agreement, Validity, OnlyChosenIsLearned, PromiseIsNeverLowered, WordsAreDurable, OneValuePerBallot,
        NothingComesBack, SomeValueIsChosen, SomebodyAdopts, SomebodyGivesUp,
    ];
}
