using System.Net.Sockets;
using Synod.Ports;
using Synod.Transport.Handshakes;
using Synod.Transport.Metering;
using Synod.Wire;

namespace Synod.Transport.Links;

/// <summary>One lane to one peer, over all connections that carry it one after another.</summary>
internal sealed class Lane(Peer peer, PeerLane which, LinkEnvironment environment)
{
    private readonly Lock _gate = new();
    private volatile Connection? _current;
    private int _linkUpsWaiting;
    private bool _isStopped;

    public Peer Peer => peer;

    public PeerLane Which => which;

    public LaneMeter Meter { get; } = new();

    public Intake Intake { get; } = new(environment.Options.ReceiveFramesMax, environment.Options.ReceiveBytesMax);

    /// <summary>Tells of frames that are dropped because the queue is full; not of each.</summary>
    public LineLimiter DropLines { get; } =
        new(environment.Options.Clock, environment.Options.RepeatedLineInterval);

    public Connection? Current => _current;

    /// <summary>Why no connection can be taken now; null when one can.</summary>
    public HandshakeRefusal? Obstacle()
    {
        if (peer.HoldReason() is { } reason)
        {
            return new HandshakeRefusal(RefusalKind.HeldOff, $"not admitted for a while after a refusal: {reason}");
        }
        return Volatile.Read(ref _linkUpsWaiting) >= environment.Options.LinkEventsMax
            ? new HandshakeRefusal(
                RefusalKind.Busy, "this node has not yet taken note of earlier connections; try later")
            : null;
    }

    /// <summary>
    /// Makes a connection whose handshake is complete the lane's own, in place of the one that was; null, and the
    /// socket is closed, when an obstacle has come up meanwhile.
    /// </summary>
    public Connection? Attach(Socket socket, in Hello hello)
    {
        Connection connection;
        lock (_gate)
        {
            if (_isStopped || Obstacle() is not null)
            {
                socket.Dispose();
                return null;
            }
            _current?.Close(Reasons.Replaced);
            connection = new Connection(this, environment, socket);
            Interlocked.Increment(ref _linkUpsWaiting);
            Meter.Connections++;
            environment.Log.LinkUp(peer.Id, which, connection.Remote, hello.Incarnation, hello.FeatureLevel);
            environment.Events.Post(this, new PeerEvent(
                PeerEventKind.LinkUp, peer.Id, which, default, new DataIdentity(hello.Identity), null,
                hello.Incarnation));
            _current = connection;
        }
        environment.Events.Wake();
        connection.StartReceiving();
        return connection;
    }

    /// <summary>
    /// Refuses the connection that there is. The caller has set the hold-off: none can slip in behind this.
    /// </summary>
    public void Refuse(string reason)
    {
        Connection? refused;
        lock (_gate)
        {
            refused = _current;
        }
        refused?.Refuse(reason);
    }

    /// <summary>Forgets the connection, if it is still the lane's.</summary>
    public void Detach(Connection connection)
    {
        lock (_gate)
        {
            if (_current == connection)
            {
                _current = null;
            }
        }
    }

    /// <summary>The owner took an event of this lane.</summary>
    public void Taken(in PeerEvent taken)
    {
        if (taken.Kind == PeerEventKind.Frame)
        {
            Intake.Remove(taken.Frame.Length);
        }
        else if (taken.Kind == PeerEventKind.LinkUp)
        {
            Interlocked.Decrement(ref _linkUpsWaiting);
        }
    }

    /// <summary>Posts that the peer refused a connection before it was up.</summary>
    public void PostRefused(string reason)
    {
        environment.Events.Post(
            this, new PeerEvent(PeerEventKind.LinkDown, peer.Id, which, default, DataIdentity.None, reason));
        environment.Events.Wake();
    }

    /// <summary>Closes the lane for good.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }
        _current?.SayGoodbye();
    }
}
