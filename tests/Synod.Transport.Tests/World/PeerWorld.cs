using System.Diagnostics;
using System.Net;
using Synod.Paxos;
using Synod.Ports;

namespace Synod.Transport.Tests.World;

/// <summary>
/// Some nodes on loopback, driven by the test's own thread: it takes their events until a condition holds. A condition
/// that does not come to hold within <see cref="Deadline"/> fails the test by its name.
/// </summary>
internal sealed class PeerWorld : IAsyncDisposable
{
    public const ulong Cluster = 0xC1;

    /// <summary>How long a condition may take on a busy machine before it counts as never.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>What sets no signal (a counter, a property) is looked at this often.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly AutoResetEvent _signal = new(false);
    private readonly List<PeerNode> _nodes = [];

    /// <summary>Nodes n1 to n(count), connected; the higher ones first, since the lower ones dial.</summary>
    public static PeerWorld Connected(int count, Func<TcpPeersOptions, TcpPeersOptions>? change = null)
    {
        var world = new PeerWorld();
        for (uint number = (uint)count; number >= 1; number--)
        {
            world.Start(number, count, change);
        }
        world.Until("all lanes are up", () => world._nodes.All(node => node.IsUpToAll()));
        return world;
    }

    public PeerNode this[uint number] => _nodes.Single(node => node.Number == number && !node.IsStopped);

    /// <summary>
    /// Starts a node of a cluster of <paramref name="count"/>; it dials those higher ones that are started.
    /// </summary>
    public PeerNode Start(
        uint number, int count, Func<TcpPeersOptions, TcpPeersOptions>? change = null, IPEndPoint? listen = null)
    {
        var members = new SortedDictionary<NodeId, PeerAddress>();
        for (uint member = 1; member <= count; member++)
        {
            PeerNode? running = _nodes.LastOrDefault(node => node.Number == member);
            members[new NodeId(member)] = new PeerAddress("127.0.0.1", running?.Port ?? 1);
        }
        var options = new TcpPeersOptions
        {
            Self = new NodeId(number),
            ClusterId = Cluster,
            Incarnation = 40 + number,
            Identity = IdentityOf(number),
            Members = members,
            Listen = [listen ?? new IPEndPoint(IPAddress.Loopback, 0)],
            RedialMost = TimeSpan.FromMilliseconds(200),
        };
        var node = new PeerNode(change is null ? options : change(options), _signal);
        _nodes.Add(node);
        return node;
    }

    public static DataIdentity IdentityOf(uint number) => new(1_000 + number);

    /// <summary>Takes events of all nodes that drain until the condition holds.</summary>
    public void Until(string what, Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            foreach (PeerNode node in _nodes)
            {
                node.Drain();
            }
            if (condition())
            {
                return;
            }
            if (Stopwatch.GetElapsedTime(start) > Deadline)
            {
                string lines = string.Join("\n", _nodes.SelectMany(node => node.Log.Lines));
                Assert.Fail($"Not within {Deadline}: {what}\n{lines}");
            }
            _signal.WaitOne(Glance);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PeerNode node in _nodes)
        {
            await node.Peers.DisposeAsync();
        }
    }
}
