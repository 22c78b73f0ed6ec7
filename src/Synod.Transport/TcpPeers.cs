using System.Net;
using Microsoft.Extensions.Logging;
using Synod.Paxos;
using Synod.Ports;
using Synod.Transport.Handshakes;
using Synod.Transport.Links;
using Synod.Transport.Metering;

namespace Synod.Transport;

/// <summary>
/// Links to all other members over TCP, three connections each. Of two members the one with the lower number dials.
/// Frames may be sent from any thread; events are taken, and Hold and Flush called, by one owner thread.
/// </summary>
public sealed class TcpPeers : IPeers, IAsyncDisposable
{
    /// <summary>The name of the meter with the links' counters.</summary>
    public const string MeterName = "Synod.Transport";

    private readonly TcpPeersOptions _options;
    private readonly ILogger _log;
    private readonly EventQueue _events;
    private readonly Peer[] _peers;
    private readonly Admission _admission;
    private readonly Listener _listener;
    private readonly TransportMeter _meter;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private volatile bool _isHeld;
    private bool _isStarted;
    private bool _isDisposed;

    /// <summary>Makes the links; nothing is opened before <see cref="Start"/>.</summary>
    /// <param name="options">Who this node is, who the others are, limits.</param>
    /// <param name="wake">
    /// Called from any thread when there are events to take; must only signal, and not throw.
    /// </param>
    /// <param name="logs">Where to log.</param>
    /// <exception cref="ArgumentException">The options contradict themselves; the message says how.</exception>
    public TcpPeers(TcpPeersOptions options, Action wake, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(wake);
        ArgumentNullException.ThrowIfNull(logs);
        if (options.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }
        _options = options;
        _log = logs.CreateLogger<TcpPeers>();
        _events = new EventQueue(wake);
        var environment = new LinkEnvironment(options, _events, _log);
        _peers = [.. options.Members
            .Where(member => member.Key != options.Self)
            .OrderBy(member => member.Key)
            .Select(member => new Peer(member.Key, member.Value, environment))];
        _admission = new Admission(options, _peers);
        _listener = new Listener(options, new Receptionist(options, _admission, _log), _events, _log);
        _meter = new TransportMeter(this, options.Self.ToString(), _peers.SelectMany(peer => peer.Lanes.ToArray()));
    }

    /// <summary>Where this node listens, with real port numbers; empty before <see cref="Start"/>.</summary>
    public IReadOnlyList<IPEndPoint> ListensOn => _listener.EndPoints;

    /// <summary>Takes the ports, then begins to dial.</summary>
    /// <exception cref="PortUnavailableException">
    /// A port cannot be had; its message is one line for the user.
    /// </exception>
    public void Start()
    {
        Check.That(!_isStarted);
        _listener.Bind();
        _isStarted = true;
        _running.Add(_listener.RunAsync(_stop.Token));
        foreach (Peer peer in _peers.Where(peer => peer.Id > _options.Self))
        {
            foreach (Lane lane in peer.Lanes)
            {
                _running.Add(new Dialer(lane, _admission, _options, _events, _log).RunAsync(_stop.Token));
            }
        }
    }

    /// <inheritdoc/>
    public bool TrySend(NodeId to, PeerLane lane, ReadOnlySpan<byte> frame)
    {
        if (Find(to)?.LaneOf(lane) is not { } found)
        {
            return false;
        }
        if (frame.Length > _options.FrameBytesMax)
        {
            found.Meter.CountDrop();
            _log.FrameTooLong(frame.Length, to, lane, _options.FrameBytesMax);
            return false;
        }
        Connection? connection = found.Current;
        if (connection is not null && connection.TrySend(frame, mayWait: _isHeld))
        {
            return true;
        }
        found.Meter.CountDrop();
        if (connection is not null && connection.IsOpen && found.DropLines.MayWrite(out long leftOut))
        {
            _log.QueueFull(lane, to, leftOut);
        }
        return false;
    }

    /// <inheritdoc/>
    public void Hold() => _isHeld = true;

    /// <inheritdoc/>
    public void Flush()
    {
        // The flag goes down first: what another thread queued under it is seen below, or that thread starts it.
        _isHeld = false;
        foreach (Peer peer in _peers)
        {
            foreach (Lane lane in peer.Lanes)
            {
                lane.Current?.Flush();
            }
        }
    }

    /// <inheritdoc/>
    public bool TryTakeEvent(out PeerEvent e, PeerLane upTo = PeerLane.Bulk)
    {
        if (!_events.TryTake(upTo, out Lane? lane, out e))
        {
            return false;
        }
        lane.Taken(e);
        return true;
    }

    /// <inheritdoc/>
    public void Refuse(NodeId peer, string reason)
    {
        Check.That(Find(peer) is not null);
        Find(peer)!.Refuse(reason);
    }

    /// <summary>Whether a lane is connected now; it may be lost a moment later.</summary>
    public bool IsUp(NodeId peer, PeerLane lane) => Find(peer)?.LaneOf(lane).Current is not null;

    /// <summary>
    /// Closes all ports and connections. Frames that are still queued are lost, as a network may lose them.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        foreach (Peer peer in _peers)
        {
            foreach (Lane lane in peer.Lanes)
            {
                lane.Stop();
            }
        }
        await Task.WhenAll(_running).ConfigureAwait(false);
        _meter.Dispose();
        _stop.Dispose();
    }

    /// <summary>Members are few: looking along an array beats a table.</summary>
    private Peer? Find(NodeId id)
    {
        foreach (Peer peer in _peers)
        {
            if (peer.Id == id)
            {
                return peer;
            }
        }
        return null;
    }
}
