using System.Net;
using System.Net.Sockets;
using Synod.Client.Http2;

namespace Synod.Client.Load;

/// <summary>
/// Puts a closed loop of requests on etcd v3 endpoints from one thread: every client sends its next request when its
/// last one is answered. Speaks HTTP/2 itself, so that on a shared machine the servers and not the generator are
/// measured.
/// </summary>
public static class LoadGenerator
{
    private const int PollMicroseconds = 50_000;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Carries the plan out and blocks until it is through. A broken connection or a request without an answer ends it
    /// early: <see cref="LoadReport.Failure"/> then says why, and the numbers are those until then.
    /// </summary>
    /// <exception cref="ArgumentException">The plan has a <see cref="LoadPlan.Problem"/>.</exception>
    public static LoadReport Run(LoadPlan plan, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(plan));
        }
        var run = new LoadRun(plan);
        var connections = new List<LoadConnection>();
        string? failure = null;
        try
        {
            Open(plan, run, connections);
            Drive(plan, run, connections, cancellation);
        }
        catch (LoadFailure exception)
        {
            failure = exception.Message;
        }
        finally
        {
            run.End(run.Now());
            foreach (LoadConnection connection in connections)
            {
                connection.Dispose();
            }
        }
        if (failure is null && cancellation.IsCancellationRequested)
        {
            failure = "interrupted";
        }
        return LoadReport.From(plan, run, failure);
    }

    private static void Open(LoadPlan plan, LoadRun run, List<LoadConnection> connections)
    {
        int count = plan.ConnectionCount;
        for (int number = 0; number < count; number++)
        {
            Uri endpoint = plan.Endpoints[number % plan.Endpoints.Count];
            int clients = (plan.Clients / count) + (number < plan.Clients % count ? 1 : 0);
            connections.Add(new LoadConnection(Connect(endpoint), endpoint, clients, run));
        }
    }

    // Never by an asynchronous call: from then on the runtime's own event loop would wake for every packet of the
    // socket, beside this one, and cost three times as much as the whole generator.
    private static Socket Connect(Uri endpoint)
    {
        string reason = "no address";
        foreach (IPAddress address in Addresses(endpoint))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                Blocking = false,
            };
            try
            {
                socket.Connect(address, endpoint.Port);
                return socket;
            }
            catch (SocketException exception) when (IsUnderWay(exception.SocketErrorCode))
            {
                if (!socket.Poll(ConnectTimeout, SelectMode.SelectWrite)
                    && !socket.Poll(TimeSpan.Zero, SelectMode.SelectError))
                {
                    reason = "no answer";
                }
                else if ((int)socket.GetSocketOption(SocketOptionLevel.Socket,
                    SocketOptionName.Error)! is int code and not 0)
                {
                    reason = new SocketException(code).Message;
                }
                else
                {
                    return socket;
                }
            }
            catch (SocketException exception)
            {
                reason = exception.Message;
            }
            socket.Dispose();
        }
        throw new LoadFailure($"cannot connect to {endpoint.Authority}: {reason}");
    }

    private static bool IsUnderWay(SocketError error) => error is SocketError.WouldBlock or SocketError.InProgress;

    private static IPAddress[] Addresses(Uri endpoint)
    {
        try
        {
            return Dns.GetHostAddresses(endpoint.IdnHost);
        }
        catch (SocketException exception)
        {
            throw new LoadFailure($"cannot find {endpoint.Authority}: {exception.Message}");
        }
    }

    private static void Drive(
        LoadPlan plan, LoadRun run, List<LoadConnection> connections, CancellationToken cancellation)
    {
        var readable = new List<Socket>(connections.Count);
        var writable = new List<Socket>(connections.Count);
        var bySocket = connections.ToDictionary(connection => connection.Socket);
        bool begun = false;
        long start = run.Now();
        long checkedAt = start;
        while (!cancellation.IsCancellationRequested)
        {
            readable.Clear();
            writable.Clear();
            foreach (LoadConnection connection in connections)
            {
                Guarded(connection, static connection => connection.Flush());
                readable.Add(connection.Socket);
                if (connection.WantsToWrite)
                {
                    writable.Add(connection.Socket);
                }
            }
            Socket.Select(readable, writable, null, PollMicroseconds);
            foreach (Socket socket in readable)
            {
                Guarded(bySocket[socket], static connection => connection.Receive());
            }
            long now = run.Now();
            if (!begun && connections.TrueForAll(connection => connection.IsReady))
            {
                begun = true;
                run.Begin(now);
                connections.ForEach(connection => connection.Fill(now));
            }
            run.CheckTime(now);
            if (run.IsOver && connections.TrueForAll(connection => connection.InFlight == 0))
            {
                return;
            }
            if (LoadRun.Elapsed(checkedAt, now).TotalMicroseconds >= PollMicroseconds)
            {
                checkedAt = now;
                CheckProgress(plan, run, connections, start, now);
            }
        }
    }

    private static void CheckProgress(
        LoadPlan plan, LoadRun run, List<LoadConnection> connections, long start, long now)
    {
        foreach (LoadConnection connection in connections)
        {
            if (!connection.IsReady && LoadRun.Elapsed(start, now) > ConnectTimeout)
            {
                throw new LoadFailure($"{connection.Endpoint.Authority} does not speak HTTP/2: no SETTINGS came");
            }
            long oldest = connection.OldestStart();
            if (oldest == long.MaxValue)
            {
                continue;
            }
            TimeSpan limit = run.IsOver && plan.RequestTimeout > DrainTimeout ? DrainTimeout : plan.RequestTimeout;
            if (LoadRun.Elapsed(oldest, now) > limit)
            {
                throw new LoadFailure(
                    $"{connection.Endpoint.Authority} did not answer a request for {limit.TotalSeconds:0.#} s");
            }
        }
    }

    private static void Guarded(LoadConnection connection, Action<LoadConnection> action)
    {
        try
        {
            action(connection);
        }
        catch (SocketException exception)
        {
            throw new LoadFailure($"the connection to {connection.Endpoint.Authority} broke: {exception.Message}");
        }
        catch (Http2ProtocolException exception)
        {
            throw new LoadFailure($"{connection.Endpoint.Authority} broke HTTP/2: {exception.Message}");
        }
    }
}
