namespace Synod.Explorer.Decision;

/// <summary>A world in which one value is decided, as its properties see it.</summary>
internal interface IDecisionWorld : IWorld
{
    /// <summary>The messages.</summary>
    DecisionNetwork Network { get; }

    /// <summary>What real learners have learned: values, a bit each.</summary>
    ulong LearnedBits { get; }

    /// <summary>
    /// Whether with the last step something came back that was over: a memory fell behind its disk, a ballot was begun
    /// again; or promises count that are of an earlier one, too late, or of who is counted; or requests below a promise.
    /// </summary>
    bool WentBack { get; }

    /// <summary>The messages, with a note beside them of how processes stand.</summary>
    DecisionNetwork NoteStandings();
}

/// <summary>What must hold of every way to decide one value, whatever the roles are.</summary>
internal static class DecisionProperties
{
    public static Property<TWorld> Agreement<TWorld>()
        where TWorld : IDecisionWorld => Property.Always<TWorld>(
            "agreement: one value is chosen", world => world.Network.AgreesOn(world.LearnedBits));

    public static Property<TWorld> Validity<TWorld>()
        where TWorld : IDecisionWorld => Property.Always<TWorld>(
            "validity: only wished-for values are sent", world => world.Network.OnlyWishesAreSent());

    public static Property<TWorld> OnlyChosenIsLearned<TWorld>()
        where TWorld : IDecisionWorld => Property.Always<TWorld>(
            "only what is chosen is learned", world => world.Network.HasChosen(world.LearnedBits));

    public static Property<TWorld> NothingOnDiskIsLowered<TWorld>()
        where TWorld : IDecisionWorld => Property.AlwaysStep<TWorld, (ulong, ulong)>(
            "a promise or mark on disk is never lowered",
            world => world.NoteStandings().OnDisk(),
            (before, world) => DecisionNetwork.NoneIsLower(before, world.NoteStandings().OnDisk()));

    public static Property<TWorld> WordsAreDurable<TWorld>()
        where TWorld : IDecisionWorld => Property.Always<TWorld>(
            "what was said is on disk", world => world.NoteStandings().WordsAreOnDisk());

    public static Property<TWorld> OneValuePerBallot<TWorld>()
        where TWorld : IDecisionWorld => Property.Always<TWorld>(
            "one value per ballot", world => world.Network.BallotsHaveOneValue());

    public static Property<TWorld> NothingComesBack<TWorld>()
        where TWorld : IDecisionWorld => Property.AlwaysStep<TWorld, bool>(
            "what is over stays over", static _ => false, (_, world) => !world.WentBack);

    public static Property<TWorld> SomeValueIsChosen<TWorld>()
        where TWorld : IDecisionWorld => Property.Sometimes<TWorld>(
            "a value is chosen", world => world.Network.ChosenBits() != 0);

    public static Property<TWorld> SomebodyAdopts<TWorld>()
        where TWorld : IDecisionWorld => Property.Sometimes<TWorld>(
            "a proposer adopts another's value", world => world.Network.SomebodyAdopted());
}
