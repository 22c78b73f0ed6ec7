using Synod.Paxos;

namespace Synod.Explorer;

/// <summary>
/// Breadth-first search through every state that a world can reach, so that the first violation that is found has a
/// shortest trace. Only hashes of visited states are kept, and the bytes of the states of two depths.
/// </summary>
/// <example>
/// A world of your own implements <see cref="IWorld"/>; then
/// <code>
/// var result = Exploration.Explore(new TrafficLights(), new ExplorationLimits(),
///     Property.Always&lt;TrafficLights&gt;("never both green", world =&gt; !world.BothGreen),
///     Property.Sometimes&lt;TrafficLights&gt;("north gets green", world =&gt; world.NorthIsGreen));
/// Console.Write(result); // counts, verdicts, and the shortest way to a violation as a diagram
/// </code>
/// </example>
public static class Exploration
{
    /// <summary>Explores.</summary>
    /// <typeparam name="TWorld">The world's type.</typeparam>
    /// <param name="world">The world; it is used up: afterwards it is in any state.</param>
    /// <param name="limits">Where to end.</param>
    /// <param name="properties">What to judge; <see cref="Property.NoCheckFails"/> is judged always.</param>
    public static ExplorationResult Explore<TWorld>(
        TWorld world, ExplorationLimits limits, params IReadOnlyList<Property<TWorld>> properties)
        where TWorld : IWorld => new Search<TWorld>(world, limits, properties).Run();
}

internal sealed class Search<TWorld>
    where TWorld : IWorld
{
    private readonly TWorld _world;
    private readonly ISymmetricWorld? _symmetric;
    private readonly ExplorationLimits _limits;
    private readonly Property<TWorld>[] _properties;
    private readonly Judge<TWorld>[] _judges;
    private readonly Finding?[] _findings;
    private readonly StateTable _seen = new();
    private readonly TraceIndex _index = new();
    private readonly StateWriter _writer = new();
    private readonly ActionList _actions = new();
    private StateArena _next = new();
    private StateHash _digest;
    private long _transitions;
    private int _terminal;
    private bool _violated;

    private readonly record struct Finding(int State, int OneMoreChoice, string? Detail);

    public Search(TWorld world, ExplorationLimits limits, IReadOnlyList<Property<TWorld>> properties)
    {
        _world = world;
        _symmetric = world is ISymmetricWorld { IsSymmetric: true } symmetric ? symmetric : null;
        _limits = limits;
        _properties = [.. properties];
        _judges = [.. properties.Select(property => property.NewJudge())];
        // One more, the last, for failed checks.
        _findings = new Finding?[_properties.Length + 1];
    }

    private bool IsFull => _seen.Count >= _limits.StatesMax;

    private bool IsOver => IsFull || (_violated && _limits.StopAtFirstViolation);

    public ExplorationResult Run()
    {
        for (var initial = 0; initial < _world.InitialStateCount && !IsOver; initial++)
        {
            _world.Reset(initial);
            Arrive(TraceIndex.NoParent, initial);
        }
        var depth = 0;
        var firstOfDepth = 0;
        while (_next.Count > 0 && depth < _limits.DepthMax && !IsOver)
        {
            var current = _next;
            _next = new StateArena();
            for (var i = 0; i < current.Count && !IsOver; i++)
            {
                Expand(current[i], firstOfDepth + i);
            }
            firstOfDepth += current.Count;
            depth += _next.Count > 0 ? 1 : 0;
        }
        return Conclude(depth);
    }

    private void Expand(ReadOnlyMemory<byte> state, int number)
    {
        Load(state);
        _actions.Clear();
        _world.ListActions(_actions);
        _terminal += _actions.Count == 0 ? 1 : 0;
        foreach (var judge in _judges)
        {
            judge.BeforeSteps(_world);
        }
        for (var choice = 0; choice < _actions.Count && !IsOver; choice++)
        {
            _transitions++;
            bool changed;
            try
            {
                changed = _world.Apply(_actions[choice]);
            }
            catch (InvariantViolatedException fault)
            {
                // A replica that faults stops: nothing comes after, and the fault is what we are looking for.
                Found(_properties.Length, new Finding(number, choice, fault.Message), isViolation: true);
                Load(state);
                continue;
            }
            if (changed)
            {
                JudgeStep(number, choice);
                Arrive(number, choice);
                Load(state);
            }
        }
    }

    private void Load(ReadOnlyMemory<byte> state)
    {
        var reader = new StateReader(state);
        _world.Read(ref reader);
        Check.That(reader.IsAtEnd);
    }

    private void Arrive(int parent, int choice)
    {
        _writer.Clear();
        if (_symmetric is null)
        {
            _world.Write(_writer);
        }
        else
        {
            _symmetric.WriteSymmetric(_writer);
        }
        var hash = StateHash.Of(_writer.Written);
        if (!_seen.TryAdd(hash))
        {
            return;
        }
        if (_symmetric is not null)
        {
            // What is kept is the state itself, so that traces need no renaming.
            _writer.Clear();
            _world.Write(_writer);
        }
        _digest = _digest.Then(hash);
        _index.Add(parent, choice);
        _next.Add(_writer.Written);
        for (var i = 0; i < _properties.Length; i++)
        {
            if (!_findings[i].HasValue && _judges[i].JudgeState(_world) is { } holds
                && holds != _properties[i].IsAlways)
            {
                Found(i, new Finding(_seen.Count - 1, -1, null), _properties[i].IsAlways);
            }
        }
    }

    private void JudgeStep(int number, int choice)
    {
        for (var i = 0; i < _properties.Length; i++)
        {
            if (!_findings[i].HasValue && _judges[i].JudgeStep(_world) == false)
            {
                Found(i, new Finding(number, choice, null), isViolation: true);
            }
        }
    }

    private void Found(int property, Finding finding, bool isViolation)
    {
        _findings[property] ??= finding;
        _violated |= isViolation;
    }

    private ExplorationResult Conclude(int depth)
    {
        var end = _violated && _limits.StopAtFirstViolation ? ExplorationEnd.FirstViolation
            : IsFull ? ExplorationEnd.StatesMaxReached
            : _next.Count > 0 ? ExplorationEnd.DepthMaxReached
            : ExplorationEnd.Complete;
        var results = new List<PropertyResult>();
        for (var i = 0; i < _findings.Length; i++)
        {
            var isAlways = i == _properties.Length || _properties[i].IsAlways;
            var name = i == _properties.Length ? Property.NoCheckFails : _properties[i].Name;
            var finding = _findings[i];
            var verdict = (isAlways, finding.HasValue) switch
            {
                (true, true) => PropertyVerdict.Violated,
                (false, true) => PropertyVerdict.Holds,
                (true, false) when end == ExplorationEnd.Complete => PropertyVerdict.Holds,
                (false, false) when end == ExplorationEnd.Complete => PropertyVerdict.Violated,
                _ => PropertyVerdict.Undecided,
            };
            var trace = finding is { } found ? _index.Replay(_world, found.State, found.OneMoreChoice) : null;
            results.Add(new PropertyResult(name, isAlways, verdict, trace, finding?.Detail));
        }
        return new ExplorationResult(end, _seen.Count, _transitions, depth, _terminal, _digest, results);
    }
}
