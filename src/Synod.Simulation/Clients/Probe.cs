using Synod.Store;

namespace Synod.Simulation;

/// <summary>One operation asked of one node, outside of all clients; it goes into the history like any other.</summary>
internal static class Probe
{
    public static Operation Put(World world, Machine machine, int key = 0)
    {
        var operation = New(world, machine, OperationKind.Put, key);
        world.History.Call(operation);
        machine.Life!.Node!.Submit(new ClientWrite(operation, (o, outcome, failure) =>
        {
            o.Endings++;
            if (outcome is PutOutcome put)
            {
                o.Changed = true;
                o.Revision = put.Revision;
                o.Found = put.Previous is null ? 0 : ClientWrite.ValueOf(put.Previous.Value.Span);
                o.FoundRevision = put.Previous?.ModRevision ?? 0;
            }
            var unknown = failure is Node.Failure.TimedOut or Node.Failure.Stopped;
            world.History.Answer(o, outcome is not null ? Ending.Done : unknown ? Ending.Unknown : Ending.NotDone);
        }));
        return operation;
    }

    public static Operation Get(World world, Machine machine, int key = 0, bool linearizable = true)
    {
        var kind = linearizable ? OperationKind.Get : OperationKind.GetSerializable;
        var operation = New(world, machine, kind, key);
        world.History.Call(operation);
        machine.Life!.Node!.Submit(new ClientRead(operation, linearizable, (o, failure) =>
        {
            o.Endings++;
            world.History.Answer(o, failure is null ? Ending.Done : Ending.NotDone);
        }));
        return operation;
    }

    private static Operation New(World world, Machine machine, OperationKind kind, int key) => new()
    {
        Number = world.History.NextNumber,
        Client = -1,
        Kind = kind,
        Key = key,
        Life = machine.Life!,
    };
}
