using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Synod.Transport.Handshakes;

/// <summary>How the sockets of peers are set.</summary>
internal static class SocketSetup
{
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveProbes = 3;
    private const int LinuxTcpLevel = 6;
    private const int LinuxTcpUserTimeout = 18;

    public static void Prepare(Socket socket, TcpPeersOptions options, ILogger log)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        try
        {
            int seconds = Math.Max(1, (int)options.KeepAliveTime.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, seconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
            if (OperatingSystem.IsLinux() && options.UserTimeout > TimeSpan.Zero)
            {
                socket.SetRawSocketOption(
                    LinuxTcpLevel, LinuxTcpUserTimeout, BitConverter.GetBytes((int)options.UserTimeout.TotalMilliseconds));
            }
        }
        catch (SocketException problem)
        {
            // Finer keep-alive is a help, not a need: heartbeats find a dead peer first.
            log.KeepAliveUnavailable(problem.Message);
        }
    }
}
