using Synod.Paxos;

namespace Synod.Explorer;

/// <summary>A way through a world, step by step from an initial state.</summary>
/// <param name="Lanes">The names of the processes.</param>
/// <param name="Initial">Which initial state it starts in.</param>
/// <param name="Steps">What happened.</param>
public sealed record Trace(IReadOnlyList<string> Lanes, int Initial, IReadOnlyList<TraceStep> Steps);

/// <summary>One step of a trace.</summary>
/// <param name="Action">The action; applying these in order leads through the trace.</param>
/// <param name="Event">The same, told for a reader.</param>
public readonly record struct TraceStep(WorldAction Action, WorldEvent Event);

/// <summary>
/// Remembers how each state was first reached: its parent and the place of the action in the parent's list.
/// </summary>
internal sealed class TraceIndex
{
    public const int NoParent = -1;
    private readonly List<(int Parent, ushort Choice)> _ways = [];

    public void Add(int parent, int choice) => _ways.Add((parent, checked((ushort)choice)));

    /// <summary>
    /// Replays the way to <paramref name="state"/>, and one more choice from there unless it is negative.
    /// </summary>
    public Trace Replay(IWorld world, int state, int oneMoreChoice = -1)
    {
        var choices = new Stack<int>();
        if (oneMoreChoice >= 0)
        {
            choices.Push(oneMoreChoice);
        }
        while (_ways[state].Parent != NoParent)
        {
            choices.Push(_ways[state].Choice);
            state = _ways[state].Parent;
        }
        var initial = _ways[state].Choice;
        world.Reset(initial);
        var steps = new List<TraceStep>();
        var actions = new ActionList();
        while (choices.TryPop(out var choice))
        {
            actions.Clear();
            world.ListActions(actions);
            var action = actions[choice];
            steps.Add(new TraceStep(action, world.Describe(action)));
            // The last choice may be the one whose check fails: it is described, not taken.
            if (choices.Count > 0)
            {
                world.Apply(action);
                // As in the search: what a world does not write it does not know in the next state.
                Reload(world);
            }
        }
        return new Trace([.. world.Lanes], initial, steps);
    }

    private static void Reload(IWorld world)
    {
        var writer = new StateWriter();
        world.Write(writer);
        var reader = new StateReader(writer.Written.ToArray());
        world.Read(ref reader);
    }
}
