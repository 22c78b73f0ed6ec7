using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>One <c>synod dev</c> with its nodes, on ports of its own.</summary>
internal sealed class DevUnderTest : IAsyncDisposable
{
    private const int PortStep = 10_000;
    private readonly ITestOutputHelper _output;
    private readonly StringBuilder _said = new();
    private readonly Process _process;

    private DevUnderTest(ITestOutputHelper output, string executable, string directory, int firstPort, string[] more)
    {
        _output = output;
        Directory = directory;
        FirstPort = firstPort;
        var start = new ProcessStartInfo(executable)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])
            ["dev", "--data-dir", directory, "--first-client-port", $"{firstPort}", .. more])
        {
            start.ArgumentList.Add(argument);
        }
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Directory { get; }

    public int FirstPort { get; }

    /// <summary>What it printed.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Starts one.</summary>
    public static async Task<DevUnderTest> StartAsync(
        ITestOutputHelper output, string directory, int firstPort, params string[] more) =>
        new(output, await SynodExecutable.PathAsync(), directory, firstPort, more);

    /// <summary>A first port such that the ports of five nodes are free.</summary>
    public static int FreeFirstPort()
    {
        for (var port = 3000; port < 5000; port += 2)
        {
            if (Enumerable.Range(0, 6).Where(i => i != 1).All(i => IsFree(port + i * PortStep) && IsFree(port + i * PortStep + 1)))
            {
                return port;
            }
        }
        throw new InvalidOperationException("No free ports.");
    }

    /// <summary>The client address of a node.</summary>
    public string ClientUrl(int node) => string.Create(
        CultureInfo.InvariantCulture, $"http://127.0.0.1:{(node == 1 ? FirstPort : FirstPort + node * PortStep)}");

    /// <summary>Waits for a text in what it prints.</summary>
    public Task WaitForAsync(string text) => TestCluster.WaitAsync($"synod dev says \"{text}\"; so far: {Said}", () =>
    {
        var said = Said.Contains(text, StringComparison.Ordinal);
        Assert.True(said || !_process.HasExited, $"it ended without \"{text}\": {Said}");
        return Task.FromResult(said);
    });

    /// <summary>The process that runs a node, found by its command line; null while there is none.</summary>
    public int? ProcessIdOf(string node)
    {
        foreach (var directory in System.IO.Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && CommandLineOf(directory).Contains(Path.Combine(Directory, node, "data"), StringComparison.Ordinal))
            {
                return id;
            }
        }
        return null;
    }

    /// <summary>Sends a signal to the supervisor.</summary>
    public void Signal(int signal) => Signals.Send(_process.Id, signal);

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TestCluster.Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(Signals.Kill);
            await ExitAsync();
        }
        _process.Dispose();
        // The nodes notice by themselves that it is gone; a directory that they still write to cannot be removed. One that
        // was refused has none: those of its directory are another's.
        if (Said.Contains("Starting", StringComparison.Ordinal))
        {
            await TestCluster.WaitAsync("the nodes end", () => Task.FromResult(
                !Enumerable.Range(1, 5).Any(i => ProcessIdOf($"n{i}") is not null)));
        }
        _output.WriteLine("===== synod dev\n" + Said);
    }

    private void Append(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }

    private static string CommandLineOf(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // It ended while it was looked at.
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
