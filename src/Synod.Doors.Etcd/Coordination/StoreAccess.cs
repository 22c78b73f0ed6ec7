using System.Buffers;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Ports;
using Synod.Store;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>Writes a command's operation.</summary>
internal delegate void WriteOperation(CommandWriter writer);

/// <summary>
/// The node as calls that take several steps see it: each step is awaited. A refusal by the store is passed on with its
/// words and the code "unknown", as etcd's own lock and election services do; a failure of the node keeps its code.
/// </summary>
internal sealed class StoreAccess(INode node)
{
    /// <summary>Has a command chosen and applied. Not to be cancelled: who gives up must know what became of it.</summary>
    public async Task<TOutcome> WriteAsync<TOutcome>(WriteOperation operation)
        where TOutcome : StoreOutcome
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CommandWriter(output);
        writer.Begin();
        operation(writer);
        var command = output.WrittenSpan.ToArray();
        var error = CommandValidation.Validate(command, CommandLimits.Default);
        if (error != StoreError.None)
        {
            throw PassedOn(error);
        }
        var write = new Write(command);
        node.Submit(write);
        var outcome = await write.Outcome.ConfigureAwait(false);
        return outcome switch
        {
            TOutcome wanted => wanted,
            ErrorOutcome refused => throw PassedOn(refused.Error),
            _ => throw new InvalidOperationException($"Not the outcome of this command: {outcome.GetType().Name}."),
        };
    }

    /// <summary>Reads what every write acknowledged before has left.</summary>
    public async Task<T> ReadAsync<T>(Func<OrderedStore, T> read, CancellationToken cancelled)
    {
        var request = new Read<T>(read);
        node.Submit(request);
        return await request.Result.WaitAsync(cancelled).ConfigureAwait(false);
    }

    /// <summary>Waits for a change of keys.</summary>
    /// <param name="ranges">Which keys.</param>
    /// <param name="fromRevision">Changes at this revision and after it count.</param>
    /// <param name="deletesOnly">Only deletions count.</param>
    /// <param name="cancelled">Ends the waiting.</param>
    public async Task ChangeAsync(
        IReadOnlyList<WatchRange> ranges, long fromRevision, bool deletesOnly, CancellationToken cancelled)
    {
        var wait = new ChangeWait(node, deletesOnly);
        wait.Begin(ranges, fromRevision);
        try
        {
            await wait.Changed.WaitAsync(cancelled).ConfigureAwait(false);
        }
        finally
        {
            wait.End();
        }
    }

    private static CallRefusedException PassedOn(StoreError error) =>
        new(new GrpcStatus(GrpcCode.Unknown, StoreErrors.StatusOf(error).Message));

    private sealed class Write(byte[] command) : WriteRequest(command)
    {
        private readonly TaskCompletionSource<StoreOutcome> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<StoreOutcome> Outcome => _end.Task;

        public override void Applied(Outcome outcome, OrderedStore store) => _end.SetResult((StoreOutcome)outcome);

        public override void Fail(Failure failure) => _end.SetException(new CallRefusedException(EtcdErrors.Of(failure)));
    }

    private sealed class Read<T>(Func<OrderedStore, T> read) : ReadRequest(linearizable: true)
    {
        private readonly TaskCompletionSource<T> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _end.Task;

        public override void Run(OrderedStore store) => _end.SetResult(read(store));

        public override void Fail(Failure failure) => _end.SetException(new CallRefusedException(EtcdErrors.Of(failure)));
    }
}
