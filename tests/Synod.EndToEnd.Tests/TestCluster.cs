using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.EndToEnd.Tests.Links;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>
/// A cluster of real processes on free ports with its data in a temporary directory. Disposing ends every process that
/// it started, and puts the ends of the logs into the test's output, which is shown when the test fails.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private const int LogLinesShown = 60;

    /// <summary>How long a cluster may take until it does what a test waits for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long one request may take before its outcome counts as unknown.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(50);

    private readonly ITestOutputHelper _output;
    private readonly string _directory = Directory.CreateTempSubdirectory("synod-test-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = RequestTimeout };

    private TestCluster(
        ITestOutputHelper output, string executable, IReadOnlyList<NodePlace> places, IReadOnlyList<PeerRelay> relays)
    {
        _output = output;
        var count = places.Count;
        var ports = FreePorts(2 * count);
        var cluster = string.Join(',', Enumerable.Range(0, count).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"n{i + 1}=http://{places[i].PeerHost}:{(relays.Count > 0 ? relays[i].Port : ports[2 * i + 1])}")));
        InitialCluster = cluster;
        Nodes =
        [
            .. Enumerable.Range(0, count).Select(i => new NodeUnderTest(
                executable, string.Create(CultureInfo.InvariantCulture, $"n{i + 1}"), _directory,
                ports[2 * i], ports[2 * i + 1], cluster, places[i])),
        ];
    }

    public IReadOnlyList<NodeUnderTest> Nodes { get; }

    /// <summary>The members as the flag of that name lists them.</summary>
    public string InitialCluster { get; }

    /// <summary>All client addresses, with commas.</summary>
    public string Endpoints => string.Join(',', Nodes.Select(node => node.ClientUrl));

    /// <summary>A directory for whatever else a test needs.</summary>
    public string TemporaryDirectory => _directory;

    /// <summary>Makes a cluster, starts it, and waits until every node serves.</summary>
    public static Task<TestCluster> StartAsync(ITestOutputHelper output, int count, params string[] more) =>
        StartAsync(output, [.. Enumerable.Repeat(NodePlace.Here, count)], static _ => Task.CompletedTask, more);

    /// <summary>Makes a cluster at the given places, prepares what it needs, and starts it.</summary>
    public static Task<TestCluster> StartAsync(
        ITestOutputHelper output, IReadOnlyList<NodePlace> places, Func<TestCluster, Task> prepare, params string[] more) =>
        StartAsync(output, places, [], prepare, more);

    /// <summary>Makes a cluster whose members reach each other through the given relays, one for each, and starts it.</summary>
    public static Task<TestCluster> StartBehindAsync(ITestOutputHelper output, IReadOnlyList<PeerRelay> relays) =>
        StartAsync(
            output, [.. Enumerable.Repeat(NodePlace.Here, relays.Count)], relays,
            cluster =>
            {
                foreach (var (relay, node) in relays.Zip(cluster.Nodes))
                {
                    relay.LeadTo(node.PeerPort);
                }
                return Task.CompletedTask;
            });

    private static async Task<TestCluster> StartAsync(
        ITestOutputHelper output, IReadOnlyList<NodePlace> places, IReadOnlyList<PeerRelay> relays,
        Func<TestCluster, Task> prepare, params string[] more)
    {
        var cluster = new TestCluster(output, await SynodExecutable.PathAsync(), places, relays);
        try
        {
            await prepare(cluster);
            foreach (var node in cluster.Nodes)
            {
                node.Start(more);
            }
            await cluster.WaitUntilServingAsync([.. cluster.Nodes]);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ports that nobody listens on now.</summary>
    public static IReadOnlyList<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToList();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    /// <summary>Asks until the condition holds.</summary>
    /// <exception cref="TimeoutException">It does not within <see cref="Patience"/>; the message names it.</exception>
    public static async Task WaitAsync(string what, Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"Not within {Patience.TotalSeconds} s: {what}");
            }
            await Task.Delay(PollPause);
        }
    }

    /// <summary>Waits until each of the nodes says that it serves.</summary>
    public async Task WaitUntilServingAsync(params NodeUnderTest[] nodes)
    {
        foreach (var node in nodes)
        {
            await WaitAsync($"{node.Name} serves", async () =>
            {
                Assert.True(node.IsRunning, $"{node.Name} ended instead of serving");
                return await IsServingAsync(node);
            });
        }
    }

    /// <summary>Whether a node says that it serves.</summary>
    public async Task<bool> IsServingAsync(NodeUnderTest node)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(node.Endpoint, "/health"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>The text at a path of a node's client port.</summary>
    public Task<string> GetTextAsync(NodeUnderTest node, string path) => _http.GetStringAsync(new Uri(node.Endpoint, path));

    /// <summary>What a node's metric of that name shows.</summary>
    public async Task<double> MetricAsync(NodeUnderTest node, string name)
    {
        var page = await GetTextAsync(node, "/metrics");
        var line = Assert.Single(page.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>A client of the given nodes, or of all.</summary>
    public EtcdClient Client(params NodeUnderTest[] nodes) =>
        new([.. (nodes.Length == 0 ? Nodes : nodes).Select(node => node.Endpoint)], RequestTimeout);

    /// <summary>The running node that leads; waits for one.</summary>
    public async Task<NodeUnderTest> LeaderAsync()
    {
        NodeUnderTest? leader = null;
        await WaitAsync("a node leads", async () => (leader = await FindLeaderAsync()) is not null);
        return leader!;
    }

    /// <summary>Has a node lead that is well and caught up.</summary>
    public async Task MoveLeadAsync(NodeUnderTest target)
    {
        using var client = Client(target);
        var id = (await client.StatusAsync(target.Endpoint, CancellationToken.None)).Header.MemberId;
        await WaitAsync($"{target.Name} leads", async () =>
        {
            var leader = await LeaderAsync();
            if (leader != target)
            {
                // It may be refused while the target is behind; the lead may also move by itself meanwhile.
                await RunningCommand.EtcdctlAsync(leader.ClientUrl, "move-leader", id.ToString("x", CultureInfo.InvariantCulture));
            }
            return leader == target;
        });
    }

    /// <summary>Writes until it works: for tests which are about what comes after.</summary>
    public async Task PutEventuallyAsync(string key, string value, params NodeUnderTest[] nodes)
    {
        using var client = Client(nodes);
        await WaitAsync($"{key} can be written", async () =>
        {
            try
            {
                await client.PutAsync(Put(key, value), CancellationToken.None);
                return true;
            }
            catch (EtcdException)
            {
                return false;
            }
        });
    }

    /// <summary>The value that a node itself has of a key, without asking the others; null where it has none.</summary>
    public async Task<string?> LocalValueAsync(NodeUnderTest node, string key)
    {
        using var client = Client(node);
        var answer = await client.RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8(key), Serializable = true }, CancellationToken.None);
        return answer.Kvs.Count == 0 ? null : answer.Kvs[0].Value.ToStringUtf8();
    }

    /// <summary>A request to write.</summary>
    public static PutRequest Put(string key, string value) =>
        new() { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) };

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }
        foreach (var node in Nodes)
        {
            var lines = node.Log.Split('\n');
            _output.WriteLine($"===== the last lines of {node.Name}");
            _output.WriteLine(string.Join('\n', lines.Skip(Math.Max(0, lines.Length - LogLinesShown))));
        }
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>The running node that leads now; null if none says so.</summary>
    public async Task<NodeUnderTest?> FindLeaderAsync()
    {
        foreach (var node in Nodes.Where(node => node.IsRunning))
        {
            using var client = Client(node);
            try
            {
                var status = await client.StatusAsync(node.Endpoint, CancellationToken.None);
                if (status.Leader != 0 && status.Leader == status.Header.MemberId)
                {
                    return node;
                }
            }
            catch (EtcdException)
            {
                continue; // Just dying or just coming: the others are asked.
            }
        }
        return null;
    }
}
