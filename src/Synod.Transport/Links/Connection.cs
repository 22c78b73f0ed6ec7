using System.Net;
using System.Net.Sockets;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Transport.Links;

/// <summary>How a connection ended, for the one who dials.</summary>
internal enum ConnectionEnd
{
    Lost,
    Refused,
}

/// <summary>
/// One connection after its handshake. Open, then perhaps lingering (the reason is on its way to the other side), then
/// closed. Frames and the final LinkDown are posted under one gate: no frame comes behind the LinkDown.
/// </summary>
internal sealed class Connection : IDisposable
{
    private enum State
    {
        Open,
        Lingering,
        Closed,
    }

    private readonly Lock _gate = new();
    private readonly Lane _lane;
    private readonly LinkEnvironment _environment;
    private readonly Socket _socket;
    private readonly Sender _sender;
    private readonly Receiver _receiver;
    private readonly TaskCompletionSource<ConnectionEnd> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private State _state = State.Open;
    private ITimer? _linger;

    public Connection(Lane lane, LinkEnvironment environment, Socket socket)
    {
        _lane = lane;
        _environment = environment;
        _socket = socket;
        Remote = socket.RemoteEndPoint;
        TcpPeersOptions options = environment.Options;
        socket.Blocking = false;
        _sender = new Sender(this, socket, lane.Meter, options.SendBytesMax(lane.Which), options.HoldBytesMax);
        _receiver = new Receiver(this, socket, options.ReceiveBufferBytes, options.FrameBytesMax);
    }

    public EndPoint? Remote { get; }

    /// <summary>Completes when the connection is no longer open.</summary>
    public Task<ConnectionEnd> Ended => _ended.Task;

    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _state == State.Open;
            }
        }
    }

    public void StartReceiving() => _receiver.Execute();

    public bool TrySend(ReadOnlySpan<byte> frame, bool mayWait) => _sender.TryQueue(frame, mayWait);

    public void Flush() => _sender.Flush();

    /// <summary>Whether the receiver is parked because the owner has not taken what came before.</summary>
    public bool Parks(Receiver receiver)
    {
        lock (_gate)
        {
            return _state == State.Open && _lane.Intake.Parks(receiver);
        }
    }

    /// <summary>Posts the whole frames that the receiver has; false when the connection has ended.</summary>
    public bool Take(Receiver receiver, int bytesRead)
    {
        int frames = 0;
        long frameBytes = 0;
        string? end = null;
        var how = ConnectionEnd.Lost;
        lock (_gate)
        {
            if (_state != State.Open)
            {
                return _state == State.Lingering;
            }
            while (end is null)
            {
                FrameDecoding answer = receiver.TryCut(out FrameKind kind, out ReadOnlyMemory<byte> payload);
                if (answer == FrameDecoding.Incomplete)
                {
                    break;
                }
                if (answer != FrameDecoding.Whole)
                {
                    end = Explain(answer);
                }
                else if (kind == FrameKind.Payload)
                {
                    frames++;
                    frameBytes += payload.Length;
                    _environment.Events.Post(_lane, new PeerEvent(
                        PeerEventKind.Frame, _lane.Peer.Id, _lane.Which, payload, DataIdentity.None, null));
                }
                else if (kind == FrameKind.Refusal)
                {
                    (end, how) = (RefusalText.Read(payload.Span), ConnectionEnd.Refused);
                }
                else if (kind == FrameKind.Goodbye)
                {
                    end = Reasons.Goodbye;
                }
            }
            _lane.Intake.Add(frames, frameBytes);
            _lane.Meter.CountIn(frames, bytesRead);
        }
        if (frames > 0)
        {
            _environment.Events.Wake();
        }
        if (end is not null)
        {
            Close(end, how);
        }
        return end is null;
    }

    /// <summary>Tells the peer why, and ends the connection once the peer has had time to read it.</summary>
    public void Refuse(string reason)
    {
        lock (_gate)
        {
            if (_state != State.Open)
            {
                return;
            }
            _state = State.Lingering;
            _receiver.Discard();
            if (_lane.Peer.IsNews(reason))
            {
                _environment.Log.RefusedCalled(_lane.Peer.Id, _lane.Peer.Address, reason);
            }
            PostDown($"refused by this node: {reason}");
            _linger = _environment.Options.Clock.CreateTimer(
                static connection => ((Connection)connection!).Close(Reasons.Stopping),
                this, _environment.Options.LingerTimeout, Timeout.InfiniteTimeSpan);
        }
        _lane.Intake.Unpark(_receiver);
        _sender.Finish(FrameKind.Refusal, RefusalText.Write(reason));
        Leave(ConnectionEnd.Refused);
    }

    /// <summary>
    /// This node stops: tells the peer, as far as its socket takes it at once, and ends the connection. A peer that does
    /// not hear it sees a lost connection, which is no worse.
    /// </summary>
    public void SayGoodbye()
    {
        lock (_gate)
        {
            if (_state == State.Open)
            {
                // From here on the peer may close first, and that is no loss.
                _state = State.Lingering;
                PostLinkDown(Reasons.Stopping);
            }
        }
        _sender.Finish(FrameKind.Goodbye, []);
        Close(Reasons.Stopping);
    }

    /// <summary>Ends the connection at once.</summary>
    public void Close(string reason, ConnectionEnd how = ConnectionEnd.Lost)
    {
        lock (_gate)
        {
            if (_state == State.Closed)
            {
                return;
            }
            if (_state == State.Open && how == ConnectionEnd.Refused)
            {
                if (_lane.Peer.IsNews(reason))
                {
                    _environment.Log.RefusedByPeer(_lane.Peer.Id, _lane.Peer.Address, reason);
                }
                PostDown($"refused by {_lane.Peer.Id}: {reason}");
            }
            else if (_state == State.Open)
            {
                _lane.Peer.ForgetRefusal();
                PostLinkDown(reason);
            }
            _state = State.Closed;
            _linger?.Dispose();
        }
        _socket.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
        Leave(how);
    }

    /// <inheritdoc/>
    public void Dispose() => Close(Reasons.Stopping);

    private void PostLinkDown(string reason)
    {
        // Neither this node's own end nor a peer's in good order is anything to warn of.
        if (reason is not (Reasons.Stopping or Reasons.Goodbye))
        {
            _environment.Log.LinkDown(_lane.Peer.Id, _lane.Which, Remote, reason);
        }
        PostDown(reason);
    }

    private void PostDown(string reason) => _environment.Events.Post(_lane, new PeerEvent(
        PeerEventKind.LinkDown, _lane.Peer.Id, _lane.Which, default, DataIdentity.None, reason));

    /// <summary>Outside the gate: the lane's gate comes before a connection's, never behind it.</summary>
    private void Leave(ConnectionEnd how)
    {
        _lane.Detach(this);
        _environment.Events.Wake();
        _ended.TrySetResult(how);
    }

    private string Explain(FrameDecoding answer) => answer == FrameDecoding.TooLong
        ? $"a frame over the limit of {_environment.Options.FrameBytesMax} bytes arrived; "
            + "check that all members have the same limit and version"
        : "a damaged frame arrived; if this repeats, check the network between the two";
}
