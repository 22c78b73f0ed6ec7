using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Synod.Transport.Links;

namespace Synod.Transport.Handshakes;

/// <summary>
/// The ports where peers call. What has not shown who it is costs little and is bounded: past
/// <see cref="TcpPeersOptions.HandshakesInFlightMax"/> the oldest is closed, so that a flood cannot keep members out by
/// sitting on all places.
/// </summary>
internal sealed class Listener(TcpPeersOptions options, Receptionist receptionist, EventQueue events, ILogger log)
    : IDisposable
{
    private const int Backlog = 128;

    /// <summary>The wait after the machine would not give a socket, lest the loop spins.</summary>
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly LinkedList<Visit> _visits = new();
    private readonly LineLimiter _acceptFailures = new(options.Clock, options.RepeatedLineInterval);
    private readonly LineLimiter _evictions = new(options.Clock, options.RepeatedLineInterval);
    private readonly List<Socket> _sockets = [];

    /// <summary>Where it listens, with real port numbers.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>Takes the ports; throws <see cref="PortUnavailableException"/> when one cannot be had.</summary>
    public void Bind()
    {
        foreach (IPEndPoint endPoint in options.Listen)
        {
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(socket);
            try
            {
                if (endPoint.Address.Equals(IPAddress.IPv6Any))
                {
                    socket.DualMode = true;
                }
                socket.Bind(endPoint);
                socket.Listen(Backlog);
            }
            catch (SocketException problem)
            {
                Dispose();
                throw new PortUnavailableException(endPoint, problem);
            }
        }
        EndPoints = [.. _sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!)];
    }

    /// <summary>Takes callers until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (IPEndPoint endPoint in EndPoints)
        {
            log.Listening(endPoint);
        }
        try
        {
            await Task.WhenAll(_sockets.Select(socket => AcceptAsync(socket, stop))).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            events.Fault(fault);
            throw;
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
        lock (_gate)
        {
            foreach (Visit visit in _visits)
            {
                visit.Socket.Dispose();
            }
        }
    }

    private async Task AcceptAsync(Socket listening, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket caller = await listening.AcceptAsync(stop).ConfigureAwait(false);
                _ = ReceiveCallerAsync(caller, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException problem)
            {
                if (_acceptFailures.MayWrite(out long leftOut))
                {
                    log.AcceptFailed(problem.Message, leftOut);
                }
                await Task.Delay(AcceptRetryDelay, options.Clock, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One caller, from the accepted socket to a lane or to nothing.</summary>
    private async Task ReceiveCallerAsync(Socket caller, CancellationToken stop)
    {
        LinkedListNode<Visit> visit = Enter(caller);
        bool isHandedOver = false;
        try
        {
            isHandedOver = await receptionist.ReceiveAsync(caller, stop).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is SocketException or ObjectDisposedException)
        {
            // It went away before it had shown who it is, or was closed to make room: nothing is lost.
            log.CallerLeft(problem.Message);
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
        finally
        {
            Leave(visit);
            if (!isHandedOver)
            {
                caller.Dispose();
            }
        }
    }

    private LinkedListNode<Visit> Enter(Socket caller)
    {
        Socket? evicted = null;
        LinkedListNode<Visit> entered;
        lock (_gate)
        {
            if (_visits.Count >= options.HandshakesInFlightMax)
            {
                evicted = _visits.First!.Value.Socket;
                _visits.RemoveFirst();
            }
            entered = _visits.AddLast(new Visit(caller));
        }
        if (evicted is not null)
        {
            if (_evictions.MayWrite(out long leftOut))
            {
                log.HandshakeEvicted(options.HandshakesInFlightMax, leftOut);
            }
            evicted.Dispose();
        }
        return entered;
    }

    private void Leave(LinkedListNode<Visit> visit)
    {
        lock (_gate)
        {
            if (visit.List is not null)
            {
                _visits.Remove(visit);
            }
        }
    }

    private sealed record Visit(Socket Socket);
}
