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
        foreach (var machine in world.Machines.Where(m => m.IsWell && world.Core.Contains(m.Index)))
        {
            var store = machine.Life!.Node!.State.Store;
            foreach (var operation in world.History.Operations)
            {
                if (operation.Ending == Ending.Done && operation.Changed)
                {
                    Judge(verdicts, machine, store, operation);
                }
            }
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
