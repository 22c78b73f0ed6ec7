using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Synod.EndToEnd.Tests;

/// <summary>One <c>synod serve</c> process: started, killed, stopped, continued and started again, always by its id.</summary>
internal sealed class NodeUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan ExitDeadline = TimeSpan.FromSeconds(20);

    private readonly string _executable;
    private readonly NodePlace _place;
    private readonly IReadOnlyList<string> _arguments;
    private readonly StringBuilder _log = new();
    private Process? _process;

    public NodeUnderTest(
        string executable, string name, string directory, int clientPort, int peerPort, string cluster,
        NodePlace? place = null)
    {
        _executable = executable;
        _place = place ?? NodePlace.Here;
        Name = name;
        DataDirectory = Path.Combine(directory, name);
        ClientPort = clientPort;
        PeerPort = peerPort;
        ClientUrl = string.Create(CultureInfo.InvariantCulture, $"http://{_place.ClientHost}:{clientPort}");
        _arguments =
        [
            "serve", "--name", name, "--data-dir", DataDirectory, "--listen-client-urls", ClientUrl,
            "--listen-peer-urls", string.Create(CultureInfo.InvariantCulture, $"http://{_place.PeerHost}:{peerPort}"),
            "--initial-cluster", cluster, "--stop-with-stdin",
        ];
    }

    public string Name { get; }

    public string DataDirectory { get; }

    public int ClientPort { get; }

    public int PeerPort { get; }

    public string ClientUrl { get; }

    public Uri Endpoint => new(ClientUrl);

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException($"{Name} does not run.");

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What the node has said, over all its lives.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Whether it has said a line with all of these in it.</summary>
    public bool HasLine(params string[] parts) => Log.Split('\n').Any(
        line => parts.All(part => line.Contains(part, StringComparison.Ordinal)));

    /// <summary>Waits until it has said a line with all of these in it.</summary>
    public Task WaitForLineAsync(params string[] parts) => TestCluster.WaitAsync(
        $"{Name} says \"{string.Join("...", parts)}\"", () => Task.FromResult(HasLine(parts)));

    /// <summary>Starts it, with further flags after the usual ones.</summary>
    public void Start(params string[] more)
    {
        string[] command = [.. _place.Launcher, _executable, .. _arguments, .. more];
        StartProcess(command[0], command[1..]);
    }

    /// <summary>Starts it as the child of another program, which ends as it does.</summary>
    public void StartUnder(string program, params string[] arguments) =>
        StartProcess(program, [.. arguments, _executable, .. _arguments]);

    private void StartProcess(string program, IReadOnlyList<string> arguments)
    {
        Assert.False(IsRunning);
        _process?.Dispose();
        var start = new ProcessStartInfo(program)
        {
            // If this test run dies, its pipe closes, and the node ends.
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        Append($"--- {Name} started as process {_process.Id}");
    }

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Signal(Signals.Kill);
        await ExitAsync();
        Append($"--- {Name} killed");
    }

    /// <summary>SIGTERM, and waits for the end it makes itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        Signal(Signals.Terminate);
        return await ExitAsync();
    }

    /// <summary>SIGSTOP: it stands still and its connections stay open.</summary>
    public void Pause() => Signal(Signals.Stop);

    /// <summary>SIGCONT.</summary>
    public void Continue() => Signal(Signals.Continue);

    /// <summary>Waits for the process to end by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(ExitDeadline);
        try
        {
            await _process!.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{Name} did not end within {ExitDeadline.TotalSeconds} s.");
        }
        return _process.ExitCode;
    }

    /// <summary>Throws its data away.</summary>
    public void Wipe()
    {
        Assert.False(IsRunning);
        Directory.Delete(DataDirectory, recursive: true);
        Append($"--- {Name} wiped");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }
        if (!_process.HasExited)
        {
            Signal(Signals.Kill);
            await ExitAsync();
        }
        _process.Dispose();
        _process = null;
    }

    private void Signal(int signal) => Signals.Send(ProcessId, signal);

    private void Append(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
