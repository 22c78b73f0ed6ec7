using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Transport.Handshakes;

namespace Synod.Transport.Tests;

public sealed class SocketSetupTests
{
    [Fact]
    public void Sockets_send_at_once_probe_the_silent_and_give_up_on_the_deaf()
    {
        var options = new TcpPeersOptions
        {
            Self = new NodeId(1),
            ClusterId = 1,
            Incarnation = 1,
            Identity = new DataIdentity(1),
            Members = new SortedDictionary<NodeId, PeerAddress>(),
            Listen = [],
        };
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        SocketSetup.Prepare(socket, options, NullLogger.Instance);
        Assert.True(socket.NoDelay);
        Assert.NotEqual(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal(15, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!);
        if (OperatingSystem.IsLinux())
        {
            // TCP_USER_TIMEOUT is option 18 of level 6 in linux/tcp.h.
            var value = new byte[sizeof(int)];
            socket.GetRawSocketOption(6, 18, value);
            Assert.Equal((int)options.UserTimeout.TotalMilliseconds, BitConverter.ToInt32(value));
        }
    }
}
