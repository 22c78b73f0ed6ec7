namespace Synod.Simulation;

/// <summary>Everything that clients asked and were told, in real time.</summary>
internal sealed class History
{
    private readonly List<Operation> _operations = [];
    private long _moment;

    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>The number of the next operation.</summary>
    public ulong NextNumber => (ulong)_operations.Count + 1;

    public void Call(Operation operation)
    {
        operation.Called = ++_moment;
        _operations.Add(operation);
    }

    public void Answer(Operation operation, Ending ending)
    {
        operation.Answered = ending == Ending.Unknown ? long.MaxValue : ++_moment;
        operation.Ending = ending;
    }

    public int Count(Ending ending) => _operations.Count(o => o.Ending == ending);
}
