using Microsoft.Extensions.Logging;
using Synod.Server.CommandLine;
using Synod.Server.Serving;

namespace Synod.Server.Running;

/// <summary>The composition root: the one place that puts disks, sockets, threads and clocks around a node.</summary>
internal sealed class NodeRuntime : IAsyncDisposable
{
    private readonly TaskCompletionSource<string> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the node has faulted, with the reason.</summary>
    public Task<string> Faulted => _faulted.Task;

    /// <summary>Starts a node.</summary>
    /// <exception cref="UserErrorException">It cannot start for a reason that the user can remove.</exception>
    public static Task<NodeRuntime> StartAsync(ServeOptions options, ILoggerFactory loggers) =>
        throw new UserErrorException("this build has no node yet", SynodCommandLine.ExitCodeFailure);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
