namespace Synod.Simulation;

/// <summary>
/// Serializable reads may be old, but within one life of a node they never go backwards. (A restart may forget that a
/// slot is chosen; it never forgets the slot.)
/// </summary>
internal sealed class LocalReadJudge(Verdicts verdicts)
{
    private readonly Dictionary<Life, Operation> _last = [];

    public void Answered(Operation operation)
    {
        if (!operation.IsRead)
        {
            return;
        }
        if (_last.TryGetValue(operation.Life, out var before) && operation.Revision < before.Revision)
        {
            verdicts.Add("local reads", $"went backwards: {before}, then {operation}");
        }
        _last[operation.Life] = operation;
    }
}
