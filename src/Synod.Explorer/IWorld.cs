using Synod.Paxos;

namespace Synod.Explorer;

/// <summary>
/// A world to explore: a few processes, what is between them, and everything that can happen to them. One object stands
/// for all states: the explorer puts it into a state, asks what can happen there, lets one thing happen, and looks at
/// where that led.
/// </summary>
/// <remarks>
/// <see cref="Write"/> must give equal bytes for states that behave alike, and <see cref="Read"/> must bring back
/// exactly what was written. Everything must be deterministic: a coin toss is one action for each side of the coin.
/// An <see cref="InvariantViolatedException"/> out of <see cref="Apply"/> is reported as a violation with its trace.
/// </remarks>
public interface IWorld
{
    /// <summary>Names of the processes, for diagrams; events name them by place.</summary>
    IReadOnlyList<string> Lanes { get; }

    /// <summary>How many states the world can start in.</summary>
    int InitialStateCount => 1;

    /// <summary>Puts the world into one of its initial states.</summary>
    /// <param name="initial">0 up to <see cref="InitialStateCount"/>.</param>
    void Reset(int initial);

    /// <summary>Writes the current state as canonical bytes.</summary>
    void Write(StateWriter writer);

    /// <summary>Puts the world into the state that was written.</summary>
    void Read(ref StateReader reader);

    /// <summary>Lists what can happen in the current state, always in the same order.</summary>
    void ListActions(ActionList actions);

    /// <summary>
    /// Lets it happen. False only if the state is certainly the same as before, which saves the explorer the
    /// comparison; true is always right.
    /// </summary>
    bool Apply(WorldAction action);

    /// <summary>Tells what <paramref name="action"/> does in the current state, before it is applied.</summary>
    WorldEvent Describe(WorldAction action);
}

/// <summary>
/// A world some of whose processes are interchangeable. States that differ only in their names are explored once, which
/// divides the work by up to the number of permutations. Properties must not tell interchangeable processes apart.
/// </summary>
public interface ISymmetricWorld : IWorld
{
    /// <summary>Whether there is anything to interchange; without, states are compared as they are.</summary>
    bool IsSymmetric { get; }

    /// <summary>
    /// Writes bytes that are the same for the current state and all its renamings, and different for all other states.
    /// <see cref="Symmetry"/> helps.
    /// </summary>
    void WriteSymmetric(StateWriter writer);
}

/// <summary>One thing that can happen in a state; what the numbers mean is the world's own affair.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Process">To whom, by place in <see cref="IWorld.Lanes"/> or as the world likes.</param>
/// <param name="Argument">With what; for example a message.</param>
public readonly record struct WorldAction(int Kind, int Process, ulong Argument);

/// <summary>The list that a world fills with what can happen.</summary>
public sealed class ActionList
{
    private WorldAction[] _actions = new WorldAction[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>One of them.</summary>
    public WorldAction this[int index]
    {
        get
        {
            Check.That(index < Count);
            return _actions[index];
        }
    }

    /// <summary>Adds one.</summary>
    public void Add(WorldAction action)
    {
        if (Count == _actions.Length)
        {
            Array.Resize(ref _actions, _actions.Length * 2);
        }
        _actions[Count++] = action;
    }

    /// <summary>Empties the list.</summary>
    public void Clear() => Count = 0;
}

/// <summary>How an event is drawn.</summary>
public enum EventMark
{
    /// <summary>A process does something by itself.</summary>
    Acts,

    /// <summary>A process receives a message.</summary>
    Receives,

    /// <summary>A message is lost on its way.</summary>
    Loses,

    /// <summary>A process crashes (and starts again, if the world says so).</summary>
    Crashes,
}

/// <summary>One thing that happened, told for a reader.</summary>
/// <param name="Text">What happened.</param>
/// <param name="Lane">The process that it happened to, by place in <see cref="IWorld.Lanes"/>.</param>
/// <param name="Mark">How it is drawn.</param>
/// <param name="FromLane">For a message: who sent it; otherwise -1.</param>
public readonly record struct WorldEvent(string Text, int Lane, EventMark Mark = EventMark.Acts, int FromLane = -1);
