using Synod.Explorer.Decision;

namespace Synod.Explorer.Leadership;

/// <summary>What must hold however members come to believe in a leader: that is never needed for safety.</summary>
public static class LeadershipProperties
{
    /// <inheritdoc cref="Essential.PaxosProperties.Agreement"/>
    public static Property<LeadershipWorld> Agreement { get; } = DecisionProperties.Agreement<LeadershipWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.Validity"/>
    public static Property<LeadershipWorld> Validity { get; } = DecisionProperties.Validity<LeadershipWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.PromiseIsNeverLowered"/>
    public static Property<LeadershipWorld> PromiseIsNeverLowered { get; } =
        DecisionProperties.NothingOnDiskIsLowered<LeadershipWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.WordsAreDurable"/>
    public static Property<LeadershipWorld> WordsAreDurable { get; } =
        DecisionProperties.WordsAreDurable<LeadershipWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.OneValuePerBallot"/>
    public static Property<LeadershipWorld> OneValuePerBallot { get; } =
        DecisionProperties.OneValuePerBallot<LeadershipWorld>();

    /// <summary>Who gives a sign of life as a leader was promised its ballot by a phase-1 quorum.</summary>
    public static Property<LeadershipWorld> LeadersAreElected { get; } = Property.Always<LeadershipWorld>(
        "who says that it leads has a quorum of promises", world => world.LeadersAreElected());

    /// <inheritdoc cref="Essential.PaxosProperties.SomeValueIsChosen"/>
    public static Property<LeadershipWorld> SomeValueIsChosen { get; } =
        DecisionProperties.SomeValueIsChosen<LeadershipWorld>();

    /// <inheritdoc cref="Essential.PaxosProperties.SomebodyAdopts"/>
    public static Property<LeadershipWorld> SomebodyAdopts { get; } =
        DecisionProperties.SomebodyAdopts<LeadershipWorld>();

    /// <summary>A member leads after another one did, and the one before knows.</summary>
    public static Property<LeadershipWorld> LeadershipPasses { get; } = Property.Sometimes<LeadershipWorld>(
        "leadership passes to another member", world => world.LeadershipHasPassed());

    /// <summary>Two members believe at the same time that they lead: a belief, not a fact.</summary>
    public static Property<LeadershipWorld> TwoBelieve { get; } = Property.Sometimes<LeadershipWorld>(
        "two members believe that they lead", world => world.TwoBelieve());

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Property<LeadershipWorld>> All { get; } =
    [
        Agreement, Validity, PromiseIsNeverLowered, WordsAreDurable, OneValuePerBallot, LeadersAreElected,
        SomeValueIsChosen, SomebodyAdopts, LeadershipPasses, TwoBelieve,
    ];
}
