using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>
/// Something asked of one node outside of all clients, and asked again until it is done. Everything goes into the history.
/// </summary>
internal sealed class Probe
{
    private readonly World _world;
    private readonly Machine _machine;
    private readonly OperationKind _kind;
    private readonly int _key;
    private Instant _againAt;

    /// <summary>Asks for the first time.</summary>
    public Probe(World world, Machine machine, OperationKind kind, int key = 0)
    {
        Check.That(kind is OperationKind.Put or OperationKind.Get or OperationKind.GetSerializable);
        _world = world;
        _machine = machine;
        _kind = kind;
        _key = key;
        Last = Ask();
    }

    /// <summary>The operation that is under way, or was the last.</summary>
    public Operation Last { get; private set; }

    /// <summary>Whether it is done by now; otherwise, and after a while, it is asked again.</summary>
    public bool IsDone()
    {
        var failed = Last.Ending is Ending.NotDone or Ending.Unknown || Last.Life.IsDead;
        if (failed && _world.Scheduler.Now >= _againAt && _machine.Life is { IsRunning: true })
        {
            Last = Ask();
        }
        return Last.Ending == Ending.Done;
    }

    private Operation Ask()
    {
        _againAt = _world.Scheduler.Now + AskAgainAfter;
        var operation = new Operation
        {
            Number = _world.History.NextNumber,
            Client = -1,
            Kind = _kind,
            Key = _key,
            Life = _machine.Life!,
        };
        _world.History.Call(operation);
        var node = operation.Life.Node!;
        if (operation.IsRead)
        {
            node.Submit(new ClientRead(operation, _kind == OperationKind.Get, EndRead));
        }
        else
        {
            node.Submit(new ClientWrite(operation, EndWrite));
        }
        return operation;
    }

    private void EndRead(Operation operation, Failure? failure)
    {
        operation.Endings++;
        _world.History.Answer(operation, failure is null ? Ending.Done : Ending.NotDone);
    }

    private void EndWrite(Operation operation, StoreOutcome? outcome, Failure failure)
    {
        operation.Endings++;
        if (outcome is PutOutcome put)
        {
            operation.Changed = true;
            operation.Revision = put.Revision;
            operation.Found = put.Previous is null ? 0 : ClientWrite.ValueOf(put.Previous.Value.Span);
            operation.FoundRevision = put.Previous?.ModRevision ?? 0;
        }
        var unknown = failure is Failure.TimedOut or Failure.Stopped;
        _world.History.Answer(
            operation, outcome is not null ? Ending.Done : unknown ? Ending.Unknown : Ending.NotDone);
    }

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);
}
