using System.Text;
using Synod.Paxos;
using Synod.Ports;
using Synod.Transport.Tests.World;
using Synod.Wire;

namespace Synod.Transport.Tests;

public sealed class RefusedHandshakeTests
{
    [Fact]
    public async Task Another_cluster_is_refused_with_the_reason_at_both_ends()
    {
        await using var world = new PeerWorld();
        PeerNode called = world.Start(2, 2);
        PeerNode caller = world.Start(1, 2, options => options with { ClusterId = 0xBAD });
        world.Until("both ends know", () => called.Log.CountOf("wrong cluster") > 0
            && caller.Of(PeerEventKind.LinkDown, 2).Any(e => e.Lane == PeerLane.Control));
        PeerEvent down = caller.Of(PeerEventKind.LinkDown, 2).First();
        Assert.Contains(
            "n2 is of cluster 00000000000000c1 and n1 of 0000000000000bad", down.Reason, StringComparison.Ordinal);
        Assert.True(caller.Log.CountOf("n2 at 127.0.0.1") > 0);
        Assert.DoesNotContain(called.Events.Concat(caller.Events), e => e.Kind == PeerEventKind.LinkUp);
    }

    [Fact]
    public async Task The_same_refusal_is_reported_once_however_often_it_is_dialled()
    {
        await using var world = new PeerWorld();
        PeerNode called = world.Start(2, 2, options => options with { RepeatedLineInterval = TimeSpan.Zero });
        PeerNode caller = world.Start(1, 2, options => options with
        {
            ClusterId = 0xBAD,
            RedialLeast = TimeSpan.FromMilliseconds(1),
            RedialMost = TimeSpan.FromMilliseconds(2),
        });
        world.Until("it was dialled often", () => called.Log.CountOf("wrong cluster") > 30);
        Assert.Equal(3, caller.Of(PeerEventKind.LinkDown, 2).Count());
        Assert.Equal(1, caller.Log.CountOf("refuses this node"));
    }

    [Fact]
    public async Task Unwelcome_callers_cost_one_line_each_kind_in_an_interval()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2);
        for (int round = 0; round < 20; round++)
        {
            using var stranger = new RawPeer(node.Port);
            stranger.Write(HandshakeCodec.Write(RawPeer.HelloOf(1, 2) with { ClusterId = 7 }));
            Assert.Contains("wrong cluster", stranger.ReadRefusal(), StringComparison.Ordinal);
            using var browser = new RawPeer(node.Port);
            browser.Write(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
            Assert.Empty(browser.ReadToEnd());
        }
        Assert.Equal(1, node.Log.CountOf("wrong cluster"));
        Assert.Equal(1, node.Log.CountOf("an HTTP request"));
    }

    [Theory]
    [InlineData(2, 2, "this is n2 itself")]
    [InlineData(1, 3, "this is n2, not n3")]
    [InlineData(9, 2, "n9 is not a member here")]
    [InlineData(3, 2, "n3 must not dial n2")]
    public async Task Who_is_not_meant_or_not_known_is_refused(uint from, uint to, string reason)
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 3);
        using var caller = new RawPeer(node.Port);
        caller.Write(HandshakeCodec.Write(RawPeer.HelloOf(from, to)));
        Assert.Contains(reason, caller.ReadRefusal(), StringComparison.Ordinal);
        Assert.Empty(caller.ReadToEnd());
        world.Until("it is logged", () => node.Log.CountOf(reason) == 1);
        Assert.Empty(node.Events);
    }

    [Fact]
    public async Task A_node_that_dials_itself_is_told_so()
    {
        await using var world = new PeerWorld();
        PeerNode probe = world.Start(2, 2);
        int port = probe.Port;
        await probe.StopAsync();
        PeerNode node = world.Start(1, 2, listen: new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
        world.Until("it knows", () => node.Of(PeerEventKind.LinkDown, 2).Any());
        Assert.Contains(
            "this is n1 itself", node.Of(PeerEventKind.LinkDown, 2).First().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_node_behind_the_address_is_refused_by_the_one_who_dialled()
    {
        await using var world = new PeerWorld();
        PeerNode third = world.Start(3, 3);
        PeerNode first = world.Start(1, 3, options => options with
        {
            Members = new SortedDictionary<NodeId, PeerAddress>
            {
                [new NodeId(1)] = new("127.0.0.1", 1),
                [new NodeId(2)] = new("127.0.0.1", third.Port),
                [new NodeId(3)] = new("127.0.0.1", third.Port),
            },
        });
        world.Until("n1 knows", () => first.Of(PeerEventKind.LinkDown, 2).Any());
        Assert.Contains(
            "this is n3, not n2", first.Of(PeerEventKind.LinkDown, 2).First().Reason, StringComparison.Ordinal);
        world.Until("the right one is up", () => first.Count(PeerEventKind.LinkUp, 3, PeerLane.Control) == 1);
    }

    [Fact]
    public async Task An_unknown_version_or_lane_is_refused_with_what_to_do()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2);
        byte[] hello = HandshakeCodec.Write(RawPeer.HelloOf(1, 2));
        hello[8] = 77;
        using var newer = new RawPeer(node.Port);
        newer.Write(hello);
        Assert.Contains("protocol version 77 is not spoken here", newer.ReadRefusal(), StringComparison.Ordinal);

        using var stranger = new RawPeer(node.Port);
        stranger.Write(HandshakeCodec.Write(RawPeer.HelloOf(1, 2) with { Lane = 3 }));
        Assert.Contains("there is no lane 3", stranger.ReadRefusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handshake_that_is_not_finished_in_time_is_refused(bool saysHello)
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(
            2, 2, options => options with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        using var slow = new RawPeer(node.Port);
        byte[] hello = HandshakeCodec.Write(RawPeer.HelloOf(1, 2));
        slow.Write(saysHello ? hello : hello[..10]);
        if (saysHello)
        {
            Assert.Equal(HandshakeKind.Hello, slow.ReadHandshake().Kind);
        }
        Assert.Contains("not finished within 0.2 s", slow.ReadRefusal(), StringComparison.Ordinal);
        Assert.Empty(slow.ReadToEnd());
        world.Until("it is logged", () => node.Log.CountOf("not finished within") == 1);
        Assert.Empty(node.Events);
    }

    [Fact]
    public async Task A_caller_that_says_no_itself_is_heard()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2);
        using var caller = new RawPeer(node.Port);
        caller.Write(HandshakeCodec.Write(RawPeer.HelloOf(1, 2)));
        Assert.Equal(HandshakeKind.Hello, caller.ReadHandshake().Kind);
        caller.Write(HandshakeCodec.WriteRefusal("I meant\nanother"));
        world.Until("it is logged", () => node.Log.CountOf("I meant?another") == 1);
        Assert.Empty(node.Events);
    }

    [Theory]
    [InlineData("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "an HTTP request")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000", "a TLS hello")]
    [InlineData("\u0000\u0001\u0002\u0003\u0004", "bytes of no protocol")]
    public async Task Garbage_on_the_port_leaves_the_others_undisturbed(string garbage, string guess)
    {
        await using PeerWorld world = PeerWorld.Connected(2);
        for (int round = 0; round < 5; round++)
        {
            using var stranger = new RawPeer(world[2].Port);
            stranger.Write(Encoding.Latin1.GetBytes(garbage));
            Assert.Empty(stranger.ReadToEnd());
        }
        Assert.Equal(1, world[2].Log.CountOf(guess));
        Assert.True(world[1].Send(2, PeerLane.Data, "still here"));
        world.Until("it is there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == 1);
        Assert.DoesNotContain(world[2].Events, e => e.Kind == PeerEventKind.LinkDown);
    }

    [Fact]
    public async Task Mutated_handshakes_and_frames_on_the_port_leave_the_others_undisturbed()
    {
        const int Callers = 300;
        await using PeerWorld world = PeerWorld.Connected(3);
        var random = new Random(20_260_703);
        int port = world[3].Port;
        for (int round = 0; round < Callers; round++)
        {
            byte[] said = [
                .. HandshakeCodec.Write(RawPeer.HelloOf(1, 3, PeerLane.Bulk)),
                .. HandshakeCodec.WriteWelcome(),
                .. RawPeer.Framed(new byte[random.Next(200)]),
            ];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                said[random.Next(said.Length)] = (byte)random.Next(256);
            }
            using var caller = new RawPeer(port);
            caller.Write(said[..random.Next(1, said.Length)]);
        }
        for (int round = 0; round < 10; round++)
        {
            Assert.True(world[2].Send(3, PeerLane.Data, "undisturbed"));
            Assert.True(world[1].Send(3, PeerLane.Control, "undisturbed"));
        }
        world.Until("all are there", () => world[3].Count(PeerEventKind.Frame, 2, PeerLane.Data) == 10
            && world[3].Count(PeerEventKind.Frame, 1, PeerLane.Control) == 10);
        Assert.DoesNotContain(
            world[3].Events, e => e.Kind == PeerEventKind.LinkDown && (e.From.Number == 2 || e.Lane != PeerLane.Bulk));
        Assert.DoesNotContain(world[2].Events, e => e.Kind == PeerEventKind.LinkDown);
    }

    [Fact]
    public async Task A_flood_of_silent_callers_is_bounded_and_keeps_no_member_out()
    {
        const int Max = 4;
        await using var world = new PeerWorld();
        PeerNode called = world.Start(2, 2, options => options with { HandshakesInFlightMax = Max });
        List<RawPeer> silent = [.. Enumerable.Range(0, Max).Select(_ => new RawPeer(called.Port))];
        using var oneMore = new RawPeer(called.Port);
        Assert.Empty(silent[0].ReadToEnd());
        Assert.Equal(1, called.Log.CountOf($"More than {Max} connections"));
        PeerNode caller = world.Start(1, 2);
        world.Until("the member is in", () => caller.IsUpToAll() && called.IsUpToAll());
        silent.ForEach(peer => peer.Dispose());
    }
}
