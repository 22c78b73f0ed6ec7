namespace Synod.Explorer;

/// <summary>Makes properties.</summary>
public static class Property
{
    /// <summary>The property that every exploration has: no always-on check of the explored code fails.</summary>
    public const string NoCheckFails = "no check of the code fails";

    /// <summary>Must hold in every state that can be reached.</summary>
    public static Property<TWorld> Always<TWorld>(string name, Func<TWorld, bool> holds)
        where TWorld : IWorld => new StateProperty<TWorld>(name, isAlways: true, holds);

    /// <summary>
    /// Must hold in at least one state that can be reached: shows that the world is not empty of what it is for.
    /// </summary>
    public static Property<TWorld> Sometimes<TWorld>(string name, Func<TWorld, bool> holds)
        where TWorld : IWorld => new StateProperty<TWorld>(name, isAlways: false, holds);

    /// <summary>
    /// Must hold across every single step: compares what was seen before the step with the state after it.
    /// </summary>
    /// <typeparam name="TWorld">The world.</typeparam>
    /// <typeparam name="TBefore">
    /// What is remembered of the state before; it must not share memory with the world.
    /// </typeparam>
    /// <param name="name">Its name in results.</param>
    /// <param name="remember">Taken in the state before the step.</param>
    /// <param name="holds">Asked in the state after the step.</param>
    public static Property<TWorld> AlwaysStep<TWorld, TBefore>(
        string name, Func<TWorld, TBefore> remember, Func<TBefore, TWorld, bool> holds)
        where TWorld : IWorld => new StepProperty<TWorld, TBefore>(name, remember, holds);
}

/// <summary>
/// Something that is said of a world and judged by exploring it; made by <see cref="Property"/>. It keeps nothing
/// between explorations and can be used in several at the same time.
/// </summary>
/// <typeparam name="TWorld">The world.</typeparam>
public abstract class Property<TWorld>
    where TWorld : IWorld
{
    private protected Property(string name, bool isAlways)
    {
        Name = name;
        IsAlways = isAlways;
    }

    /// <summary>Its name in results.</summary>
    public string Name { get; }

    /// <summary>True if it must hold everywhere, false if it must hold somewhere.</summary>
    public bool IsAlways { get; }

    internal abstract Judge<TWorld> NewJudge();
}

/// <summary>
/// Judges one property during one exploration; what it remembers of a state belongs to that exploration.
/// </summary>
internal abstract class Judge<TWorld>
    where TWorld : IWorld
{
    public virtual void BeforeSteps(TWorld world)
    {
    }

    /// <summary>Null: nothing to judge here.</summary>
    public virtual bool? JudgeState(TWorld world) => null;

    public virtual bool? JudgeStep(TWorld world) => null;
}

internal sealed class StateProperty<TWorld>(string name, bool isAlways, Func<TWorld, bool> holds)
    : Property<TWorld>(name, isAlways)
    where TWorld : IWorld
{
    internal override Judge<TWorld> NewJudge() => new StateJudge(holds);

    private sealed class StateJudge(Func<TWorld, bool> holds) : Judge<TWorld>
    {
        public override bool? JudgeState(TWorld world) => holds(world);
    }
}

internal sealed class StepProperty<TWorld, TBefore>(
    string name, Func<TWorld, TBefore> remember, Func<TBefore, TWorld, bool> holds)
    : Property<TWorld>(name, isAlways: true)
    where TWorld : IWorld
{
    internal override Judge<TWorld> NewJudge() => new StepJudge(remember, holds);

    private sealed class StepJudge(Func<TWorld, TBefore> remember, Func<TBefore, TWorld, bool> holds) : Judge<TWorld>
    {
        private TBefore? _before;

        public override void BeforeSteps(TWorld world) => _before = remember(world);

        public override bool? JudgeStep(TWorld world) => holds(_before!, world);
    }
}
