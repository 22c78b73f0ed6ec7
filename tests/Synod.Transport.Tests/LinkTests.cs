using System.Net;
using System.Text;
using Synod.Paxos;
using Synod.Ports;
using Synod.Transport.Tests.World;
using Synod.Wire;

namespace Synod.Transport.Tests;

public sealed class LinkTests
{
    private static readonly PeerLane[] Lanes = Enum.GetValues<PeerLane>();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_restart_of_one_end_is_a_link_down_and_then_a_link_up(uint restarted)
    {
        uint other = 3 - restarted;
        await using PeerWorld world = PeerWorld.Connected(2);
        IPEndPoint listen = world[restarted].Peers.ListensOn[0];
        await world[restarted].StopAsync();
        world.Until("all lanes are down", () => Lanes.All(
            lane => world[other].Count(PeerEventKind.LinkDown, restarted, lane) == 1));
        Assert.False(world[other].Send(restarted, PeerLane.Data, "nobody there"));
        PeerNode again = world.Start(restarted, 2, options => options with { Incarnation = 99 }, listen);
        world.Until("all lanes are up again", () => again.IsUpToAll() && Lanes.All(
            lane => world[other].Count(PeerEventKind.LinkUp, restarted, lane) == 2));
        Assert.Equal(
            [PeerEventKind.LinkUp, PeerEventKind.LinkDown, PeerEventKind.LinkUp],
            world[other].Events.Where(e => e.Lane == PeerLane.Control).Select(e => e.Kind));
        Assert.Equal(99u, world[other].Of(PeerEventKind.LinkUp, restarted).Last().Incarnation);
        Assert.True(world[other].Send(restarted, PeerLane.Bulk, "welcome back"));
        world.Until("a frame gets through", () => again.Count(PeerEventKind.Frame, other, PeerLane.Bulk) == 1);
    }

    [Fact]
    public async Task A_node_that_stops_says_goodbye_and_nobody_warns_of_lost_links()
    {
        await using PeerWorld world = PeerWorld.Connected(3);
        PeerNode stopping = world[3];
        await stopping.StopAsync();
        world.Until("all lanes are down", () => Lanes.All(
            lane => world[1].Count(PeerEventKind.LinkDown, 3, lane) == 1
                && world[2].Count(PeerEventKind.LinkDown, 3, lane) == 1));
        Assert.All(world[1].Of(PeerEventKind.LinkDown, 3), e => Assert.Contains("goodbye", e.Reason, StringComparison.Ordinal));
        Assert.Equal(0, world[1].Log.CountOf("Lost n3") + world[2].Log.CountOf("Lost n3"));
        Assert.Equal(0, stopping.Log.CountOf("Lost"));
    }

    [Fact]
    public async Task A_damaged_frame_closes_only_its_own_connection()
    {
        await using PeerWorld world = PeerWorld.Connected(3);
        PeerNode node = world[3];
        using RawPeer forger = RawPeer.Greeted(node.Port, 1, 3);
        world.Until("it took n1's place", () => node.Count(PeerEventKind.LinkUp, 1, PeerLane.Data) == 2);
        byte[] damaged = RawPeer.Framed("second"u8.ToArray());
        damaged[^1] ^= 1;
        forger.Write([.. RawPeer.Framed("first"u8.ToArray()), .. damaged, .. RawPeer.Framed("third"u8.ToArray())]);
        world.Until("it is down", () => node.Of(PeerEventKind.LinkDown, 1)
            .Any(e => e.Reason!.Contains("damaged frame", StringComparison.Ordinal)));
        forger.ReadToEnd();
        Assert.Equal(["first"], node.Frames(1, PeerLane.Data));
        Assert.True(node.Log.CountOf("a damaged frame arrived") == 1);
        Assert.DoesNotContain(node.Events, e => e.Kind == PeerEventKind.LinkDown
            && (e.Lane != PeerLane.Data || e.From.Number == 2));
        world.Until("the real n1 is back", () => node.Peers.IsUp(new NodeId(1), PeerLane.Data)
            && world[1].Send(3, PeerLane.Data, "real"));
        world.Until("it is heard", () => node.Frames(1, PeerLane.Data).Contains("real"));
    }

    [Fact]
    public async Task A_stretched_length_closes_the_connection_at_once_instead_of_making_the_lane_deaf()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2);
        using RawPeer peer = RawPeer.Greeted(node.Port, 1, 2, PeerLane.Control);
        byte[] stretched = RawPeer.Framed("a heartbeat"u8.ToArray());
        stretched[6] ^= 0x40; // four megabytes more, well within the limit
        peer.Write(stretched);
        world.Until("it is down", () => node.Of(PeerEventKind.LinkDown, 1)
            .Any(e => e.Reason!.Contains("damaged frame", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_frame_kind_of_the_future_is_skipped()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2);
        using RawPeer peer = RawPeer.Greeted(node.Port, 1, 2);
        peer.Write(RawPeer.Framed("from the future"u8.ToArray(), (FrameKind)77));
        peer.Write(RawPeer.Framed("from today"u8.ToArray()));
        world.Until("the frame is there", () => node.Count(PeerEventKind.Frame, 1, PeerLane.Data) == 1);
        Assert.Equal(["from today"], node.Frames(1, PeerLane.Data));
        Assert.DoesNotContain(node.Events, e => e.Kind == PeerEventKind.LinkDown);
    }

    [Fact]
    public async Task A_second_connection_replaces_the_first_only_after_its_handshake()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2);
        using RawPeer first = RawPeer.Greeted(node.Port, 1, 2);
        world.Until("the first is up", () => node.Count(PeerEventKind.LinkUp, 1, PeerLane.Data) == 1);

        using var second = new RawPeer(node.Port);
        second.Write(HandshakeCodec.Write(RawPeer.HelloOf(1, 2)));
        Assert.Equal(HandshakeKind.Hello, second.ReadHandshake().Kind);
        first.Write(RawPeer.Framed("still the first"u8.ToArray()));
        world.Until("the first still counts", () => node.Count(PeerEventKind.Frame, 1, PeerLane.Data) == 1);
        Assert.DoesNotContain(node.Events, e => e.Kind == PeerEventKind.LinkDown);

        second.Write(HandshakeCodec.WriteWelcome());
        second.Write(RawPeer.Framed("now the second"u8.ToArray()));
        world.Until("the second counts", () => node.Count(PeerEventKind.Frame, 1, PeerLane.Data) == 2);
        first.ReadToEnd();
        Assert.Equal(
            [
                PeerEventKind.LinkUp, PeerEventKind.Frame, PeerEventKind.LinkDown,
                PeerEventKind.LinkUp, PeerEventKind.Frame,
            ],
            node.Events.Select(e => e.Kind));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_refused_peer_reads_the_reason_on_all_lanes_and_is_held_off(uint refusing)
    {
        uint refused = 3 - refusing;
        await using PeerWorld world = PeerWorld.Connected(3);
        world[refusing].Peers.Refuse(new NodeId(refused), "its disk was wiped");
        world.Until("it is down at both ends", () => Lanes.All(
            lane => world[refused].Count(PeerEventKind.LinkDown, refusing, lane) > 0
                && world[refusing].Count(PeerEventKind.LinkDown, refused, lane) == 1));
        Assert.All(
            Lanes.Select(lane => world[refused].Of(PeerEventKind.LinkDown, refusing).First(e => e.Lane == lane)),
            down => Assert.Contains("its disk was wiped", down.Reason, StringComparison.Ordinal));
        Assert.False(world[refusing].Send(refused, PeerLane.Data, "no"));
        world.Until("it is admitted again", () => Lanes.All(
            lane => world[refused].Count(PeerEventKind.LinkUp, refusing, lane) == 2));
        Assert.DoesNotContain(world[3].Events, e => e.Kind == PeerEventKind.LinkDown);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_peer_that_is_refused_again_and_again_costs_one_line_at_either_end(uint refusing)
    {
        uint refused = 3 - refusing;
        await using PeerWorld world = PeerWorld.Connected(
            2, options => options with { RefuseHoldOff = TimeSpan.FromMilliseconds(20) });
        for (int round = 1; round <= 5; round++)
        {
            world.Until("it is back", () => Lanes.All(
                lane => world[refusing].Peers.IsUp(new NodeId(refused), lane)));
            world[refusing].Peers.Refuse(new NodeId(refused), "its disk was wiped");
            world.Until("it is gone", () => Lanes.All(
                lane => world[refused].Count(PeerEventKind.LinkDown, refusing, lane) >= round));
        }
        Assert.Equal(1, world[refusing].Log.CountOf($"Refused n{refused} at"));
        Assert.InRange(world[refusing].Log.CountOf("wiped"), 1, 2); // one more of a call within the hold-off
        Assert.Equal(1, world[refused].Log.CountOf("refuses this node"));
        Assert.InRange(world[refused].Log.CountOf("wiped"), 1, 2);
    }

    [Fact]
    public async Task A_caller_in_its_hold_off_is_told_so()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2, options => options with { RefuseHoldOff = TimeSpan.FromDays(1) });
        using RawPeer peer = RawPeer.Greeted(node.Port, 1, 2);
        world.Until("it is up", () => node.Count(PeerEventKind.LinkUp, 1, PeerLane.Data) == 1);
        node.Peers.Refuse(new NodeId(1), "another identity");
        byte[] told = peer.ReadToEnd();
        Assert.Equal(FrameDecoding.Whole, FrameCodec.Decode(told, 1_000, out var header, out var reason));
        Assert.Equal(FrameKind.Refusal, header.Kind);
        Assert.Equal("another identity", Encoding.UTF8.GetString(reason));

        using var again = new RawPeer(node.Port);
        again.Write(HandshakeCodec.Write(RawPeer.HelloOf(1, 2)));
        Assert.Contains("after a refusal: another identity", again.ReadRefusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_of_a_refusal_gets_through_although_much_is_on_its_way()
    {
        await using PeerWorld world = PeerWorld.Connected(2);
        for (int round = 0; round < 200; round++)
        {
            world[1].Send(2, PeerLane.Data, new byte[50_000]);
        }
        world[2].Peers.Refuse(new NodeId(1), "wrong identity");
        world.Until("n1 knows", () => world[1].Count(PeerEventKind.LinkDown, 2, PeerLane.Data) > 0);
        Assert.Contains(
            "wrong identity",
            world[1].Of(PeerEventKind.LinkDown, 2).First(e => e.Lane == PeerLane.Data).Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_are_turned_away_while_the_owner_takes_no_note_of_earlier_ones()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2, options => options with { LinkEventsMax = 2 });
        node.Drains = false;
        using RawPeer first = RawPeer.Greeted(node.Port, 1, 2);
        world.Until("the first is up", () => node.Log.CountOf("Connected to n1") == 1);
        using RawPeer second = RawPeer.Greeted(node.Port, 1, 2);
        world.Until("the second is up", () => node.Log.CountOf("Connected to n1") == 2);
        using var third = new RawPeer(node.Port);
        third.Write(HandshakeCodec.Write(RawPeer.HelloOf(1, 2)));
        Assert.Contains("has not yet taken note", third.ReadRefusal(), StringComparison.Ordinal);
        node.Drains = true;
        world.Until("it took note", () => node.Count(PeerEventKind.LinkUp, 1, PeerLane.Data) == 2);
        using RawPeer fourth = RawPeer.Greeted(node.Port, 1, 2);
        world.Until("the fourth is up", () => node.Count(PeerEventKind.LinkUp, 1, PeerLane.Data) == 3);
    }
}
