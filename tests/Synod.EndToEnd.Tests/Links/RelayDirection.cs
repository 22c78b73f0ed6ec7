using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Synod.EndToEnd.Tests.Links;

/// <summary>One direction of a relayed connection: pieces in order, each when its time has come.</summary>
internal sealed class RelayDirection(Socket from, Socket to, LinkWeather weather)
{
    private const int PieceBytesMax = 16 << 10;

    /// <summary>So many pieces are on their way; past that the sender's own buffers fill, as on a real link.</summary>
    private const int PiecesMax = 64;

    private readonly Channel<(byte[] Bytes, long ReadAt)> _way =
        Channel.CreateBounded<(byte[], long)>(new BoundedChannelOptions(PiecesMax) { SingleReader = true, SingleWriter = true });

    /// <summary>Carries until the end. An end in good order closes this direction alone, any other all that is given.</summary>
    public async Task RunAsync(CancellationTokenSource all)
    {
        try
        {
            await Task.WhenAll(ReadAsync(all), WriteAsync(all));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Lost, here or on the other side: both members see a connection end.
        }
    }

    private async Task ReadAsync(CancellationTokenSource all)
    {
        try
        {
            var buffer = new byte[PieceBytesMax];
            while (await from.ReceiveAsync(buffer, all.Token) is var count and > 0)
            {
                var piece = buffer[..count];
                weather.Corrupt(piece);
                await _way.Writer.WriteAsync((piece, Stopwatch.GetTimestamp()), all.Token);
            }
            _way.Writer.Complete();
        }
        catch (SocketException)
        {
            await all.CancelAsync();
            throw;
        }
    }

    private async Task WriteAsync(CancellationTokenSource all)
    {
        try
        {
            await foreach (var (piece, readAt) in _way.Reader.ReadAllAsync(all.Token))
            {
                await WaitAsync(weather.Delay - Stopwatch.GetElapsedTime(readAt), all.Token);
                for (var sent = 0; sent < piece.Length;)
                {
                    sent += await to.SendAsync(piece.AsMemory(sent), all.Token);
                }
                await WaitAsync(TimeSpan.FromSeconds((double)piece.Length / weather.BytesPerSecond), all.Token);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            await all.CancelAsync();
            throw;
        }
    }

    private static Task WaitAsync(TimeSpan time, CancellationToken cancellation) =>
        time >= TimeSpan.FromMilliseconds(1) ? Task.Delay(time, cancellation) : Task.CompletedTask;
}
