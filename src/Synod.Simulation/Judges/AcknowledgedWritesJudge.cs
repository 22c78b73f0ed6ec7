using Synod.Store;

namespace Synod.Simulation;

/// <summary>
/// No acknowledged write is lost: in the end the history of every node that has caught up holds each of them at the
/// revision that its client was told.
/// </summary>
internal static class AcknowledgedWritesJudge
{
    public static void Judge(Verdicts verdicts, World world)
    {
        foreach (var operation in world.History.Operations)
        {
            if (operation.Ending == Ending.Done && operation.Changed)
            {
                Judge(verdicts, world.Judges.Chronicle, operation);
            }
        }
        foreach (var machine in world.Machines.Where(m => m.IsWell && world.Core.Contains(m.Index)))
        {
            var store = machine.Life!.Node!.State.Store;
            foreach (var operation in world.History.Operations)
            {
                // What is forgotten was looked up where it cannot be.
                if (operation.Ending == Ending.Done && operation.Changed && operation.Revision >= store.CompactedRevision)
                {
                    Judge(verdicts, machine, store, operation);
                }
            }
        }
    }

    private static void Judge(Verdicts verdicts, Chronicle chronicle, Operation operation)
    {
        var key = KeyCode.Of(ClientWrite.KeyOf(operation.Key));
        var chosen = chronicle.At(key, operation.Revision);
        var isThere = operation.Kind == OperationKind.Delete
            ? chosen.Revision == 0 && operation.Revision <= chronicle.Revision
            : chosen.Number == operation.Number && chosen.Revision == operation.Revision;
        if (!isThere)
        {
            verdicts.Add("acknowledged writes", $"never chosen, up to revision {chronicle.Revision}: {operation}");
        }
    }

    private static void Judge(Verdicts verdicts, Machine machine, OrderedStore store, Operation operation)
    {
        var one = default(ClientRead.OneKey);
        var result = store.Range(
            new RangeQuery { Key = ClientWrite.KeyOf(operation.Key), Revision = operation.Revision }, ref one);
        var isThere = operation.Kind == OperationKind.Delete
            ? result.Error == StoreError.None && one.Revision == 0
            : one.Value == operation.Number && one.Revision == operation.Revision;
        if (!isThere)
        {
            verdicts.Add("acknowledged writes", $"lost on {machine.Name}, whose revision is {store.CurrentRevision}: {operation}");
        }
    }
}
