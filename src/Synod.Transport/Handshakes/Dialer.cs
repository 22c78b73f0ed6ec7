using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Synod.Transport.Links;
using Synod.Wire;

namespace Synod.Transport.Handshakes;

/// <summary>Keeps one lane to a higher-numbered member connected.</summary>
internal sealed class Dialer(Lane lane, Admission admission, TcpPeersOptions options, EventQueue events, ILogger log)
{
    private string? _lastRefusal;

    /// <summary>Dials, waits for the connection's end, and dials again, until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan wait = options.RedialLeast;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                ConnectionEnd? end = null;
                if (await DialAsync(stop).ConfigureAwait(false) is { } connection)
                {
                    _lastRefusal = null;
                    end = await connection.Ended.WaitAsync(stop).ConfigureAwait(false);
                }
                // A peer that was up is likely to be back soon; one that says no is not to be pestered.
                wait = end switch
                {
                    ConnectionEnd.Lost => options.RedialLeast,
                    ConnectionEnd.Refused => options.RedialMost,
                    _ => wait,
                };
                // Random, or the members would dial a returning one in step for ever.
                TimeSpan drawn = wait * (0.5 + (Random.Shared.NextDouble() / 2));
                TimeSpan held = lane.Peer.HoldLeft();
                await Task.Delay(drawn > held ? drawn : held, options.Clock, stop).ConfigureAwait(false);
                wait = wait * 2 < options.RedialMost ? wait * 2 : options.RedialMost;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // This node is stopping.
        }
        catch (Exception fault)
        {
            events.Fault(fault);
            throw;
        }
    }

    private async Task<Connection?> DialAsync(CancellationToken stop)
    {
        IPEndPoint[] endPoints;
        try
        {
            endPoints = await lane.Peer.Address.ResolveAsync(stop).ConfigureAwait(false);
        }
        catch (SocketException problem)
        {
            Failed(Reasons.Of(problem.SocketErrorCode));
            return null;
        }
        string failure = "the name has no usable address";
        foreach (IPEndPoint endPoint in endPoints)
        {
            (Connection? connection, failure) = await TryAsync(endPoint, stop).ConfigureAwait(false);
            if (connection is not null)
            {
                return connection;
            }
        }
        Failed(failure);
        return null;
    }

    private async Task<(Connection? Connection, string Failure)> TryAsync(IPEndPoint endPoint, CancellationToken stop)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        bool isHandedOver = false;
        string phase = "to connect";
        try
        {
            SocketSetup.Prepare(socket, options, log);
            using (var limit = new CancellationTokenSource(options.ConnectTimeout, options.Clock))
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop))
            {
                await socket.ConnectAsync(endPoint, either.Token).ConfigureAwait(false);
            }
            if (Equals(socket.LocalEndPoint, socket.RemoteEndPoint))
            {
                // TCP connects a socket to itself when nobody listens and the system happens to draw the same port.
                return (null, Reasons.Of(SocketError.ConnectionRefused));
            }
            phase = "for the handshake";
            using var handshakeLimit = new CancellationTokenSource(options.HandshakeTimeout, options.Clock);
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(handshakeLimit.Token, stop);
            Hello? hello = await AgreeAsync(socket, cancellation.Token).ConfigureAwait(false);
            if (hello is not { } agreed)
            {
                return (null, "");
            }
            isHandedOver = true;
            return (lane.Attach(socket, agreed), "");
        }
        catch (SocketException problem)
        {
            return (null, Reasons.Of(problem.SocketErrorCode));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, $"no answer in the time allowed {phase}");
        }
        finally
        {
            if (!isHandedOver)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>
    /// Says Hello, hears Hello, says Welcome; null when one of the two says no, which has then been logged.
    /// </summary>
    private async Task<Hello?> AgreeAsync(Socket socket, CancellationToken cancellation)
    {
        byte[] hello = HandshakeCodec.Write(admission.Introduce(lane.Peer.Id, (byte)lane.Which));
        await HandshakeStream.WriteAsync(socket, hello, cancellation).ConfigureAwait(false);
        HandshakeRead answer = await HandshakeStream.ReadAsync(socket, cancellation).ConfigureAwait(false);
        if (!answer.Is(HandshakeKind.Hello))
        {
            HandshakeRefusal refusal = answer.Refusal();
            if (refusal.Kind == RefusalKind.ByPeer)
            {
                RefusedByPeer(refusal.Reason);
            }
            else
            {
                Failed(refusal.Reason);
            }
            return null;
        }
        Hello theirs = answer.Message.Hello;
        if (admission.JudgeCalled(theirs, lane) is { } no)
        {
            RefusedHere(no.Reason);
            await HandshakeStream.RefuseAsync(socket, no.Reason, options).ConfigureAwait(false);
            return null;
        }
        await HandshakeStream.WriteAsync(socket, HandshakeCodec.WriteWelcome(), cancellation).ConfigureAwait(false);
        return theirs;
    }

    private void RefusedByPeer(string reason)
    {
        if (lane.Peer.IsNews(reason))
        {
            log.RefusedByPeer(lane.Peer.Id, lane.Peer.Address, reason);
        }
        Post($"refused by {lane.Peer.Id}: {reason}");
    }

    private void RefusedHere(string reason)
    {
        if (lane.Peer.IsNews(reason))
        {
            log.RefusedCalled(lane.Peer.Id, lane.Peer.Address, reason);
        }
        Post($"refused by this node: {reason}");
    }

    /// <summary>The same no comes at every dial: the owner hears it once.</summary>
    private void Post(string refusal)
    {
        if (refusal != _lastRefusal)
        {
            _lastRefusal = refusal;
            lane.PostRefused(refusal);
        }
    }

    private void Failed(string reason)
    {
        if (reason.Length > 0 && lane.Peer.DialFailureLines.MayWrite(out _))
        {
            log.DialFailed(lane.Peer.Id, lane.Peer.Address, reason);
        }
    }
}
