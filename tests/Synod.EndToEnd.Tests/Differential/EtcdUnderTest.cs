using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Synod.EndToEnd.Tests;

/// <summary>One real etcd, a cluster by itself, with its data in a temporary directory.</summary>
internal sealed class EtcdUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan ServesWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);

    private readonly string _directory = Directory.CreateTempSubdirectory("etcd-test-").FullName;
    private readonly StringBuilder _log = new();
    private readonly Process _process;

    private EtcdUnderTest(string program)
    {
        var ports = TestCluster.FreePorts(2);
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}");
        var peerUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[1]}");
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            "--name", "etcd", "--data-dir", Path.Combine(_directory, "data"),
            "--listen-client-urls", Url, "--advertise-client-urls", Url,
            "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster", "etcd=" + peerUrl,
            "--logger", "zap", "--log-level", "error",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public string Url { get; }

    /// <summary>What it said last.</summary>
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

    /// <summary>Starts one and waits until it serves.</summary>
    public static async Task<EtcdUnderTest> StartAsync()
    {
        var etcd = new EtcdUnderTest(Find());
        using var http = new HttpClient();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var health = await http.GetAsync(etcd.Url + "/health");
                if (health.IsSuccessStatusCode)
                {
                    return etcd;
                }
            }
            catch (HttpRequestException)
            {
                Assert.False(etcd._process.HasExited, etcd.Log);
            }
            Assert.True(watch.Elapsed < ServesWithin, "etcd does not serve: " + etcd.Log);
            await Task.Delay(PollPause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>An installed one, or the one that the test script unpacked.</summary>
    private static string Find()
    {
        var unpacked = Path.Combine(SynodExecutable.Root, "artifacts", "tools", "usr", "bin", "etcd");
        if (File.Exists(unpacked))
        {
            return unpacked;
        }
        RunningCommand.Need("etcd", "etcd-server (or let ./test.sh unpack it without installing its service)");
        return "etcd";
    }

    private void Append(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
