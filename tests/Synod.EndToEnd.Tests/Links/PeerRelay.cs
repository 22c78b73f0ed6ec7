using System.Net;
using System.Net.Sockets;

namespace Synod.EndToEnd.Tests.Links;

/// <summary>
/// Stands where the other members look for one of them, and carries what they say to where it really listens: as bad as
/// the network may be. Of two members the lower number dials, so the relay of the highest one carries all it says and hears.
/// </summary>
internal sealed class PeerRelay : IAsyncDisposable
{
    private const int SocketBufferBytes = 256 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly List<Task> _carrying = [];
    private readonly TaskCompletionSource<IPEndPoint> _target = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PeerRelay(LinkWeather weather)
    {
        Weather = weather;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What the link does to bytes, now.</summary>
    public LinkWeather Weather { get; }

    /// <summary>Where the other members look.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Says where the member really listens.</summary>
    public void LeadTo(int port) => _target.SetResult(new IPEndPoint(IPAddress.Loopback, port));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_carrying);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptSocketAsync(_end.Token);
                _carrying.RemoveAll(static task => task.IsCompletedSuccessfully);
                _carrying.Add(CarryAsync(caller));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(Socket caller)
    {
        using var called = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (caller)
        {
            try
            {
                (caller.NoDelay, called.NoDelay) = (true, true);
                // What is on its way is what the weather says, not what the system likes to buffer.
                (caller.ReceiveBufferSize, called.ReceiveBufferSize) = (SocketBufferBytes, SocketBufferBytes);
                await called.ConnectAsync(await _target.Task.WaitAsync(_end.Token), _end.Token);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                await Task.WhenAll(
                    new RelayDirection(caller, called, Weather).RunAsync(ended),
                    new RelayDirection(called, caller, Weather).RunAsync(ended));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The member does not listen, or the test is over: to the caller this is a lost connection.
            }
        }
    }
}
