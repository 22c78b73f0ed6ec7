using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Synod.Paxos;
using Synod.Ports;
using Synod.Transport.Tests.World;

namespace Synod.Transport.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1:2380", "127.0.0.1", 2380)]
    [InlineData("db-1.example.org:1", "db-1.example.org", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    public void Addresses_are_read_and_written_alike(string text, string host, int port)
    {
        Assert.True(PeerAddress.TryParse(text, out PeerAddress address));
        Assert.Equal(new PeerAddress(host, port), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("host")]
    [InlineData(":2380")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("::1:2380")]
    [InlineData("[::1:2380")]
    [InlineData("[host]:2380")]
    [InlineData("a b:2380")]
    [InlineData("http://host:2380")]
    public void What_is_no_address_is_not_read(string? text) => Assert.False(PeerAddress.TryParse(text, out _));

    [Fact]
    public void A_port_in_use_is_told_in_one_line()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var endPoint = (IPEndPoint)other.LocalEndPoint!;
        TcpPeers peers = NewPeers(endPoint);
        var refusal = Assert.Throws<PortUnavailableException>(peers.Start);
        Assert.StartsWith($"port {endPoint} is in use by another process", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(endPoint, refusal.EndPoint);
    }

    [Fact]
    public void An_address_of_another_machine_is_told_in_one_line()
    {
        TcpPeers peers = NewPeers(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0));
        var refusal = Assert.Throws<PortUnavailableException>(peers.Start);
        Assert.Contains("is not on this machine", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_resolved_and_IPv6_works()
    {
        await using var world = new PeerWorld();
        PeerNode second = world.Start(2, 3, listen: new IPEndPoint(IPAddress.IPv6Any, 0));
        PeerNode third = world.Start(3, 3, listen: new IPEndPoint(IPAddress.IPv6Loopback, 0));
        PeerNode first = world.Start(1, 3, options => options with
        {
            Members = new SortedDictionary<NodeId, PeerAddress>
            {
                [new NodeId(1)] = new("127.0.0.1", 1),
                [new NodeId(2)] = new("localhost", second.Port),
                [new NodeId(3)] = new("::1", third.Port),
            },
        });
        world.Until("both are up", () => first.IsUpToAll());
    }

    [Fact]
    public void Options_that_contradict_themselves_are_refused_in_one_line()
    {
        TcpPeersOptions good = Options(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Null(good.Problem());
        Assert.Contains("not be 0", (good with { Self = NodeId.None }).Problem(), StringComparison.Ordinal);
        Assert.Contains("not among", (good with { Self = new NodeId(7) }).Problem(), StringComparison.Ordinal);
        Assert.Contains("positive", (good with { ReceiveBufferBytes = 1 }).Problem(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TcpPeers(
            good with { FrameBytesMax = 0 }, () => { }, NullLoggerFactory.Instance));
    }

    private static TcpPeers NewPeers(IPEndPoint listen) => new(Options(listen), () => { }, NullLoggerFactory.Instance);

    private static TcpPeersOptions Options(IPEndPoint listen) => new()
    {
        Self = new NodeId(1),
        ClusterId = 1,
        Incarnation = 1,
        Identity = new DataIdentity(1),
        Members = new SortedDictionary<NodeId, PeerAddress> { [new NodeId(1)] = new("127.0.0.1", 1) },
        Listen = [listen],
    };
}
