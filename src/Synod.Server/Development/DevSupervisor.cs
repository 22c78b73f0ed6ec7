using System.Globalization;
using System.Runtime.InteropServices;
using Synod.Server.CommandLine;

namespace Synod.Server.Development;

/// <summary>
/// Starts the nodes, tells how to use them, keeps them alive until Ctrl-C, and ends them. The nodes watch their standard
/// input, so that they end with this process even when it is killed.
/// </summary>
internal static class DevSupervisor
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs the cluster to its end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(DevOptions options, TextWriter output)
    {
        using var directory = DevDirectory.Open(options);
        DevPorts.Check(options.Plans);
        using var stopping = new CancellationTokenSource();
        using var terminated = OnSignal(PosixSignal.SIGTERM, stopping);
        using var interrupted = OnSignal(PosixSignal.SIGINT, stopping);
        using var hungUp = OnSignal(PosixSignal.SIGHUP, stopping);
        var synchronised = TextWriter.Synchronized(output);
        List<DevNode> nodes =
            [.. options.Plans.Select(plan => new DevNode(options, plan, synchronised.WriteLine, stopping.Token))];
        try
        {
            return await RunAsync(options, nodes, synchronised, stopping).ConfigureAwait(false);
        }
        finally
        {
            nodes.ForEach(node => node.Dispose());
        }
    }

    private static async Task<int> RunAsync(
        DevOptions options, List<DevNode> nodes, TextWriter output, CancellationTokenSource stopping)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"Starting {Nodes(options.Nodes)} with data in {options.DataDirectory} ...")).ConfigureAwait(false);
        List<Task> running = [.. nodes.Select(node => node.RunAsync())];
        try
        {
            var greeting = GreetAsync(options, nodes, output, stopping.Token);
            // A node's task that faults is a node that could not start: it ends the wait for the others.
            for (List<Task> waited = [greeting, .. running]; !greeting.IsCompleted;)
            {
                var ended = await Task.WhenAny(waited).ConfigureAwait(false);
                waited.Remove(ended);
                await ended.ConfigureAwait(false);
            }
            var watching = WatchAsync(options, await greeting.ConfigureAwait(false), output, stopping.Token);
            // Neither ends before the other but by a fault of its own, or when all nodes stay dead.
            await (await Task.WhenAny(Task.WhenAll(running), watching).ConfigureAwait(false)).ConfigureAwait(false);
            if (!stopping.IsCancellationRequested)
            {
                await output.WriteLineAsync("All nodes are dead.").ConfigureAwait(false);
                return SynodCommandLine.ExitCodeFailure;
            }
            await output.WriteLineAsync("Stopping ...").ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await output.WriteLineAsync("Stopping ...").ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"Stopped. The data is in {options.DataDirectory}, for the next start.")).ConfigureAwait(false);
        return SynodCommandLine.ExitCodeDone;
    }

    /// <summary>Tells when a node is back and when another leads, until the cluster stops.</summary>
    private static async Task WatchAsync(DevOptions options, DevWatch watch, TextWriter output, CancellationToken stopping)
    {
        using var client = DevProbe.ClientOf(options);
        while (true)
        {
            await Task.Delay(LookEvery, stopping).ConfigureAwait(false);
            var looks = await Task.WhenAll(options.Plans.Select(plan => DevProbe.LookAtAsync(client, plan, stopping))).ConfigureAwait(false);
            foreach (var line in watch.Take(looks))
            {
                await output.WriteLineAsync(line).ConfigureAwait(false);
            }
        }
    }

    private static async Task<DevWatch> GreetAsync(
        DevOptions options, List<DevNode> nodes, TextWriter output, CancellationToken stopping)
    {
        using var probe = new DevProbe();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(StartTimeout);
        try
        {
            await Task.WhenAll(nodes.Select(node => probe.WaitUntilServingAsync(node.Plan, deadline.Token)))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new UserErrorException(
                string.Create(CultureInfo.InvariantCulture,
                    $"the nodes did not serve within {StartTimeout.TotalSeconds:0} s; their logs: {options.DirectoryOf("n*")}/log"),
                SynodCommandLine.ExitCodeFailure);
        }
        nodes.ForEach(node => node.HasServed());
        await output.WriteLineAsync().ConfigureAwait(false);
        string? leader = null;
        using var client = DevProbe.ClientOf(options);
        foreach (var plan in options.Plans)
        {
            var look = await DevProbe.LookAtAsync(client, plan, stopping).ConfigureAwait(false);
            leader = look.Leads ? plan.Name : leader;
            await output.WriteLineAsync($"  {plan.Name}  {plan.ClientUrl,-22}  {look.Role}").ConfigureAwait(false);
        }
        await output.WriteLineAsync(DevAdvice.For(options)).ConfigureAwait(false);
        return new DevWatch(options.Plans.Select(plan => plan.Name), leader);
    }

    private static string Nodes(int count) =>
        count == 1 ? "one node" : string.Create(CultureInfo.InvariantCulture, $"{count} nodes");

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stopping) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The second Ctrl-C is not held back: it ends at once, and the nodes with it.
            context.Cancel = !stopping.IsCancellationRequested;
            stopping.Cancel();
        });
}
