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
            SocketOptionLevel tcp = SocketOptionLevel.Tcp;
            int seconds = Math.Max(1, (int)options.KeepAliveTime.TotalSeconds);
            socket.SetSocketOption(tcp, SocketOptionName.TcpKeepAliveTime, seconds);
            socket.SetSocketOption(tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
            socket.SetSocketOption(tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
            if (OperatingSystem.IsLinux() && options.UserTimeout > TimeSpan.Zero)
            {
                byte[] limit = BitConverter.GetBytes((int)options.UserTimeout.TotalMilliseconds);
                socket.SetRawSocketOption(LinuxTcpLevel, LinuxTcpUserTimeout, limit);
            }
        }
        catch (SocketException problem)
        {
            // Finer keep-alive is a help, not a need: heartbeats find a dead peer first.
            log.KeepAliveUnavailable(problem.Message);
        }
    }
}
