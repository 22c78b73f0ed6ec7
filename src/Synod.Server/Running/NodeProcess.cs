using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Synod.Server.CommandLine;
using Synod.Server.Logging;
using Synod.Server.Serving;

namespace Synod.Server.Running;

/// <summary>One node as a process: started, kept until a signal or a fault, and ended with the exit code that fits.</summary>
internal static class NodeProcess
{
    /// <summary>Runs the node to its end.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="unknownVariables">SYNOD_* variables that mean nothing.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ServeOptions options, IReadOnlyList<string> unknownVariables)
    {
        using var writer = new LogWriter(Console.Error);
        using var loggers = NodeLoggerProvider.CreateFactory(options, writer);
        var log = loggers.CreateLogger("Synod.Server");
        foreach (var variable in unknownVariables)
        {
            log.UnknownVariable(variable);
        }
        var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var metrics = new ProcessMetrics();
        using var terminated = OnSignal(PosixSignal.SIGTERM, stop);
        using var interrupted = OnSignal(PosixSignal.SIGINT, stop);
        if (options.StopsWithStandardInput)
        {
            WatchStandardInput(stop);
        }
        NodeRuntime runtime;
        try
        {
            runtime = await NodeRuntime.StartAsync(options, loggers).ConfigureAwait(false);
        }
        catch (UserErrorException e)
        {
            foreach (var line in e.Lines)
            {
                log.StartRefused(line);
            }
            return e.ExitCode;
        }
#pragma warning disable CA1031 // Whatever it is, an operator reads it as a line of the log, and the process ends.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            log.StartFailed(broken.ToString());
            return SynodCommandLine.ExitCodeFailure;
        }
        await using (runtime.ConfigureAwait(false))
        {
            var ended = await Task.WhenAny(stop.Task, runtime.Faulted).ConfigureAwait(false);
            if (ended == runtime.Faulted)
            {
                var fault = await runtime.Faulted.ConfigureAwait(false);
                log.Ending(fault);
                return SynodCommandLine.ExitCodeFailure;
            }
            var reason = await stop.Task.ConfigureAwait(false);
            log.Stopping(reason);
        }
        log.Stopped();
        return SynodCommandLine.ExitCodeDone;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, TaskCompletionSource<string> stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The second signal of the same kind is not held back: it ends a node that hangs while stopping.
            context.Cancel = stop.TrySetResult(signal.ToString());
        });

    private static void WatchStandardInput(TaskCompletionSource<string> stop)
    {
        var thread = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            var buffer = new byte[256];
            while (input.Read(buffer) > 0)
            {
                // Whatever the parent writes says only that it lives.
            }
            stop.TrySetResult("end of standard input: the starting process is gone");
        })
        { Name = "parent", IsBackground = true };
        thread.Start();
    }
}
