using System.Text;
using Synod.Paxos;
using Synod.Ports;

namespace Synod.Transport.Tests.World;

/// <summary>One node's links and everything that came out of them.</summary>
internal sealed class PeerNode
{
    private readonly TcpPeersOptions _options;

    public PeerNode(TcpPeersOptions options, AutoResetEvent signal)
    {
        _options = options;
        Log = new CollectedLog(() => signal.Set());
        Peers = new TcpPeers(options, () => signal.Set(), Log);
        Peers.Start();
    }

    public TcpPeers Peers { get; }

    public CollectedLog Log { get; }

    public uint Number => _options.Self.Number;

    public int Port => Peers.ListensOn[0].Port;

    public List<PeerEvent> Events { get; } = [];

    /// <summary>A node that does not drain is an owner that is too slow.</summary>
    public bool Drains { get; set; } = true;

    public bool IsStopped { get; private set; }

    public void Drain()
    {
        while (Drains && Peers.TryTakeEvent(out PeerEvent taken))
        {
            Events.Add(taken);
        }
    }

    public async Task StopAsync()
    {
        IsStopped = true;
        await Peers.DisposeAsync();
    }

    public bool IsUpToAll() => _options.Members.Keys
        .Where(member => member != _options.Self)
        .All(member => Enum.GetValues<PeerLane>().All(lane => Count(PeerEventKind.LinkUp, member.Number, lane) > 0));

    public int Count(PeerEventKind kind, uint from, PeerLane lane) =>
        Events.Count(e => e.Kind == kind && e.From.Number == from && e.Lane == lane);

    public IEnumerable<PeerEvent> Of(PeerEventKind kind, uint from) =>
        Events.Where(e => e.Kind == kind && e.From.Number == from);

    public List<string> Frames(uint from, PeerLane lane) =>
        [.. Of(PeerEventKind.Frame, from)
            .Where(e => e.Lane == lane)
            .Select(e => Encoding.UTF8.GetString(e.Frame.Span))];

    public bool Send(uint to, PeerLane lane, string text) => Send(to, lane, Encoding.UTF8.GetBytes(text));

    public bool Send(uint to, PeerLane lane, byte[] frame) => Peers.TrySend(new NodeId(to), lane, frame);
}
