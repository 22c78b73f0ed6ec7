using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Store;

namespace Synod.Simulation;

/// <summary>
/// A client that asks one thing after another, of whichever node it likes at the moment, and writes down what it asked
/// and what it was told.
/// </summary>
internal sealed class SimulatedClient(World world, int number, Chance chance)
{
    private int _machine = chance.Below(world.Options.Nodes);
    private Operation? _pending;
    private Instant _calledAt;
    private ulong _lastSeen;
    private int _lastKey;

    /// <summary>What it waits for.</summary>
    public Operation? Pending => _pending;

    /// <summary>When it asked.</summary>
    public Instant CalledAt => _calledAt;

    /// <summary>Operations that were done.</summary>
    public int Done { get; private set; }

    public void Start() => world.Scheduler.After(chance.Between(TimeSpan.Zero, world.Options.ThinkMost), Act);

    /// <summary>The node of a pending operation died.</summary>
    public void NodeDied(Life life)
    {
        if (_pending is { } pending && pending.Life == life)
        {
            End(pending, Ending.Unknown);
        }
    }

    private void Act()
    {
        if (_pending is not null || world.ClientsRest)
        {
            return;
        }
        if (chance.OneIn(8))
        {
            _machine = chance.Below(world.Options.Nodes);
        }
        var life = world.Machines[_machine].Life;
        if (life is not { IsRunning: true })
        {
            _machine = chance.Below(world.Options.Nodes);
            world.Scheduler.After(chance.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50)), Act);
            return;
        }
        var operation = Draw(life);
        _pending = operation;
        _calledAt = world.Scheduler.Now;
        world.History.Call(operation);
        world.Scheduler.Note(TraceKind.Invoked, (ulong)number, operation.Number);
        Submit(operation);
    }

    private Operation Draw(Life life)
    {
        var key = chance.Below(world.Options.Keys);
        var kind = chance.Below(20) switch
        {
            < 7 => OperationKind.Put,
            < 12 => OperationKind.Get,
            < 14 => OperationKind.GetSerializable,
            < 15 => OperationKind.Delete,
            < 18 => OperationKind.Swap,
            _ => OperationKind.PutTwo,
        };
        return new Operation
        {
            Number = world.History.NextNumber,
            Client = number,
            Kind = kind,
            Key = kind == OperationKind.Swap ? _lastKey : key,
            SecondKey = kind == OperationKind.PutTwo ? (key + 1) % world.Options.Keys : -1,
            Expected = kind == OperationKind.Swap ? _lastSeen : 0,
            ExpectedBytes = _lastSeen > 0 ? world.History.Operations[(int)_lastSeen - 1].ValueBytes : 0,
            Life = life,
            ValueBytes = chance.Between(8, world.Options.ValueBytesMost),
        };
    }

    private void Submit(Operation operation)
    {
        var node = operation.Life.Node!;
        if (operation.IsRead)
        {
            var linearizable = operation.Kind == OperationKind.Get && !world.Options.Doors.ReadsLocally;
            node.Submit(new ClientRead(operation, linearizable, EndRead));
            return;
        }
        node.Submit(new ClientWrite(operation, EndWrite));
        if (world.Options.Doors.RetriesUnasked && chance.OneIn(4))
        {
            var again = operation;
            world.Scheduler.After(chance.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(200)), () =>
            {
                if (again.Life.IsRunning)
                {
                    again.Life.Node!.Submit(new ClientWrite(again, static (_, _, _) => { }));
                }
            });
        }
    }

    private void EndRead(Operation operation, Failure? failure)
    {
        operation.Endings++;
        if (operation.Endings == 1)
        {
            End(operation, failure is null ? Ending.Done : Ending.NotDone);
        }
    }

    private void EndWrite(Operation operation, StoreOutcome? outcome, Failure failure)
    {
        operation.Endings++;
        if (operation.Endings > 1)
        {
            return; // The judge of endings counts them.
        }
        if (outcome is null)
        {
            var unknown = failure is Failure.TimedOut or Failure.Stopped;
            var ending = unknown ? Ending.Unknown : Ending.NotDone;
            if (unknown && world.Options.Doors.GuessesNotDone)
            {
                ending = Ending.NotDone;
            }
            if (unknown && world.Options.Doors.GuessesDone && operation.Kind == OperationKind.Put)
            {
                ending = Ending.Done;
                operation.Changed = true;
            }
            End(operation, ending);
            return;
        }
        TakeOutcome(operation, outcome);
        End(operation, Ending.Done);
    }

    private static void TakeOutcome(Operation operation, StoreOutcome outcome)
    {
        operation.Revision = outcome.Revision;
        switch (outcome)
        {
            case PutOutcome put:
                operation.Changed = true;
                Found(operation, put.Previous);
                break;
            case DeleteOutcome delete:
                operation.Changed = delete.Deleted > 0;
                Found(operation, delete.Previous.Count > 0 ? delete.Previous[0] : null);
                break;
            case TxnOutcome txn when operation.Kind == OperationKind.PutTwo || txn.Succeeded:
                operation.Changed = true;
                operation.Found = operation.Expected;
                break;
            case TxnOutcome txn:
                var read = (RangeOutcome)txn.Responses[0];
                Found(operation, read.KeyValues.Count > 0 ? read.KeyValues[0] : null);
                break;
            default:
                Check.Fail($"outcome {outcome.GetType().Name} of {operation}");
                break;
        }
    }

    private static void Found(Operation operation, KeyValue? what)
    {
        if (what is not null)
        {
            operation.Found = ClientWrite.ValueOf(what.Value.Span);
            operation.FoundRevision = what.ModRevision;
        }
    }

    private void End(Operation operation, Ending ending)
    {
        world.History.Answer(operation, ending);
        world.Scheduler.Note(TraceKind.Ended, (ulong)number, operation.Number ^ ((ulong)ending << 60));
        if (world.Scheduler.IsRead)
        {
            world.Scheduler.Say($"client {operation}");
        }
        if (ending == Ending.Done)
        {
            Done++;
            _lastKey = operation.Key;
            _lastSeen = operation.Changed && operation.Kind != OperationKind.Delete ? operation.Number : operation.Found;
            world.Judges.Answered(operation);
        }
        _pending = null;
        if (ending != Ending.Done)
        {
            _machine = chance.Below(world.Options.Nodes);
        }
        world.Scheduler.After(
            chance.OneIn(50)
                ? chance.Between(world.Options.ThinkMost, world.Options.ThinkMost * 20)
                : chance.Between(TimeSpan.Zero, world.Options.ThinkMost),
            Act);
    }

}
