using System.Diagnostics;
using System.Globalization;
using Synod.Server.CommandLine;
using Synod.Server.Serving;

namespace Synod.Server.Development;

/// <summary>One node as a child process, started again when it dies.</summary>
internal sealed class DevNode : IDisposable
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly DevOptions _options;
    private readonly Action<string> _say;
    private readonly CancellationToken _stopping;
    private readonly DevNodeLog _log;
    private volatile bool _hasServed;

    /// <summary>Makes a node; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="options">The cluster.</param>
    /// <param name="plan">This node.</param>
    /// <param name="say">Prints a line for the user.</param>
    /// <param name="stopping">Cancelled when the whole cluster shall end.</param>
    public DevNode(DevOptions options, DevNodePlan plan, Action<string> say, CancellationToken stopping)
    {
        _options = options;
        Plan = plan;
        _say = say;
        _stopping = stopping;
        _log = new DevNodeLog(options.DirectoryOf(plan.Name));
    }

    /// <summary>Its name and addresses.</summary>
    public DevNodePlan Plan { get; }

    /// <summary>From now on a death is worth a new start; before, it is a failed start.</summary>
    public void HasServed() => _hasServed = true;

    /// <summary>Runs the process, again and again, until the cluster stops.</summary>
    /// <returns>Ends early when the node stays dead and nothing waits for it.</returns>
    /// <exception cref="UserErrorException">It ended before it ever served.</exception>
    public async Task RunAsync()
    {
        while (true)
        {
            using var process = Start();
            await Task.WhenAll(
                CopyLogAsync(process.StandardError), CopyLogAsync(process.StandardOutput),
                WaitForExitAsync(process)).ConfigureAwait(false);
            // Ctrl-C reaches every process of the terminal at once: the child may be faster than this one's handler.
            if (!_hasServed && !await StopsWithinAsync(TimeSpan.FromMilliseconds(200)).ConfigureAwait(false))
            {
                throw new UserErrorException(
                    _log.LastError ?? $"{Plan.Name} did not start ({Ending(process)})", SynodCommandLine.ExitCodeFailure);
            }
            if (!_options.Restarts)
            {
                if (!await StopsWithinAsync(TimeSpan.FromMilliseconds(200)).ConfigureAwait(false))
                {
                    _say($"{Plan.Name} died ({Ending(process)}); it stays so, because of --no-restart");
                }
                return;
            }
            if (await StopsWithinAsync(RestartPause).ConfigureAwait(false))
            {
                return;
            }
            _say($"{Plan.Name} died ({Ending(process)}) and is started again");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();

    private async Task<bool> StopsWithinAsync(TimeSpan pause)
    {
        await Task.Delay(pause, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _stopping.IsCancellationRequested;
    }

    private Process Start()
    {
        var executable = Environment.ProcessPath
            ?? throw new InvalidOperationException("This process does not know its own executable.");
        var start = new ProcessStartInfo(executable)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(executable) == "dotnet")
        {
            start.ArgumentList.Add(typeof(DevNode).Assembly.Location);
        }
        foreach (var argument in Arguments())
        {
            start.ArgumentList.Add(argument);
        }
        // Settings meant for one node would be wrong for all but one; how to log is everybody's.
        foreach (var setting in ServeSettings.All.Append(ServeSettings.ConfigFile))
        {
            if (setting.Name != ServeSettings.Level)
            {
                start.Environment.Remove(setting.Variable);
            }
        }
        return Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
    }

    private IEnumerable<string> Arguments() =>
    [
        "serve",
        "--" + ServeSettings.Name, Plan.Name,
        // The whole path: by it a process can be found, whatever other clusters run on the machine.
        "--" + ServeSettings.DataDirectory, Path.GetFullPath(Path.Combine(_options.DirectoryOf(Plan.Name), "data")),
        "--" + ServeSettings.ListenClientUrls, Plan.ClientUrl.ToString(),
        "--" + ServeSettings.ListenPeerUrls, Plan.PeerUrl.ToString(),
        "--" + ServeSettings.InitialCluster,
        string.Join(',', _options.Plans.Select(plan => $"{plan.Name}={plan.PeerUrl}")),
        "--" + ServeSettings.InitialClusterToken, "synod-dev",
        "--stop-with-stdin",
    ];

    private async Task CopyLogAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            if (_log.Append(line) && _hasServed && !_stopping.IsCancellationRequested)
            {
                _say($"{Plan.Name} | {line}");
            }
        }
    }

    // The child ends when its standard input does; one that does not is ended.
    private async Task WaitForExitAsync(Process process)
    {
        await process.WaitForExitAsync(_stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (process.HasExited)
        {
            return;
        }
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(StopTimeout);
        await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited)
        {
            _say($"{Plan.Name} did not stop within {StopTimeout.TotalSeconds:0} s and is killed; its data is none the worse");
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    // .NET reports a signal as 128 and its number, as shells do.
    private static string Ending(Process process) => process.ExitCode > 128
        ? string.Create(CultureInfo.InvariantCulture, $"signal {process.ExitCode - 128}")
        : string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}");
}
