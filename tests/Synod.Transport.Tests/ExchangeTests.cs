using System.Globalization;
using Synod.Paxos;
using Synod.Ports;
using Synod.Transport.Tests.World;

namespace Synod.Transport.Tests;

public sealed class ExchangeTests
{
    private static readonly PeerLane[] Lanes = Enum.GetValues<PeerLane>();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Frames_arrive_whole_and_in_order_on_every_lane_in_both_directions(int count)
    {
        const int Frames = 500;
        await using PeerWorld world = PeerWorld.Connected(count);
        List<string> sent = [.. Enumerable.Range(0, Frames).Select(n => n.ToString(CultureInfo.InvariantCulture))];
        var pairs = (from one in Enumerable.Range(1, count)
                     from other in Enumerable.Range(1, count)
                     where one != other
                     from lane in Lanes
                     select (From: (uint)one, To: (uint)other, Lane: lane)).ToList();
        foreach (string text in sent)
        {
            Assert.All(pairs, pair => Assert.True(world[pair.From].Send(pair.To, pair.Lane, text)));
        }
        world.Until("all frames are there", () => pairs.All(
            pair => world[pair.To].Count(PeerEventKind.Frame, pair.From, pair.Lane) == Frames));
        Assert.All(pairs, pair => Assert.Equal(sent, world[pair.To].Frames(pair.From, pair.Lane)));
    }

    [Fact]
    public async Task A_link_up_tells_the_identity_and_the_incarnation_of_the_peer()
    {
        await using PeerWorld world = PeerWorld.Connected(2);
        foreach ((uint here, uint there) in new[] { (1u, 2u), (2u, 1u) })
        {
            List<PeerEvent> ups = [.. world[here].Of(PeerEventKind.LinkUp, there)];
            Assert.Equal(Lanes, ups.Select(up => up.Lane).Order());
            Assert.All(ups, up => Assert.Equal(PeerWorld.IdentityOf(there), up.Identity));
            Assert.All(ups, up => Assert.Equal(40 + there, up.Incarnation));
            Assert.All(Lanes, lane => Assert.True(world[here].Peers.IsUp(new NodeId(there), lane)));
        }
    }

    [Fact]
    public async Task Frames_of_every_size_up_to_the_limit_survive()
    {
        const int FrameBytesMax = 300_000;
        const int BufferBytes = 64 * 1024;
        int[] sizes = [0, 1, 11, 12, BufferBytes - 13, BufferBytes - 12, BufferBytes - 11, BufferBytes,
            FrameBytesMax, 3];
        await using PeerWorld world = PeerWorld.Connected(2, options => options with
        {
            FrameBytesMax = FrameBytesMax,
            ReceiveBufferBytes = BufferBytes,
        });
        List<byte[]> sent = [.. sizes.Select(size => Bytes(size))];
        foreach (byte[] frame in sent.Concat(sent))
        {
            Assert.True(world[1].Send(2, PeerLane.Bulk, frame));
        }
        world.Until("all are there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Bulk) == 2 * sizes.Length);
        Assert.Equal(
            sent.Concat(sent).Select(Convert.ToHexString),
            world[2].Of(PeerEventKind.Frame, 1).Select(e => Convert.ToHexString(e.Frame.Span)));
    }

    [Fact]
    public async Task A_received_frame_is_never_written_to_again()
    {
        const int BlockBytes = 1_000;
        await using PeerWorld world = PeerWorld.Connected(2, options => options with { ReceiveBufferBytes = BlockBytes });
        // Of every size beside that of a block, so that frames begin and end everywhere within blocks.
        List<byte[]> sent = [.. Enumerable.Range(0, 4_000).Select(round => Bytes(round * 7 % (BlockBytes + 200)))];
        foreach (byte[] frame in sent)
        {
            Assert.True(world[1].Send(2, PeerLane.Data, frame));
        }
        world.Until("all are there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == sent.Count);
        // What comes after a refusal is read to be thrown away.
        world[2].Peers.Refuse(new NodeId(1), "test");
        Assert.All(sent.Take(100), frame => world[1].Send(2, PeerLane.Data, frame));
        world.Until("it is refused", () => world[1].Count(PeerEventKind.LinkDown, 2, PeerLane.Data) > 0);
        Assert.Equal(
            sent.Select(Convert.ToHexString),
            world[2].Of(PeerEventKind.Frame, 1).Where(e => e.Lane == PeerLane.Data)
                .Select(e => Convert.ToHexString(e.Frame.Span)));
    }

    [Fact]
    public async Task Held_frames_wait_for_the_flush_and_then_all_arrive()
    {
        await using PeerWorld world = PeerWorld.Connected(3);
        world[1].Peers.Hold();
        for (int round = 0; round < 100; round++)
        {
            Assert.True(world[1].Send(2, PeerLane.Data, "to n2"));
            Assert.True(world[1].Send(3, PeerLane.Control, "to n3"));
        }
        // A frame of n2 comes back over the same connection: had n1 sent anything before, it would be there by now.
        world[2].Send(1, PeerLane.Data, "ping");
        world.Until("the ping is there", () => world[1].Count(PeerEventKind.Frame, 2, PeerLane.Data) == 1);
        Assert.Equal(0, world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data));
        world[1].Peers.Flush();
        world.Until("all are there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == 100
            && world[3].Count(PeerEventKind.Frame, 1, PeerLane.Control) == 100);
        Assert.True(world[1].Send(2, PeerLane.Data, "after"));
        world.Until("unheld frames leave by themselves", () => world[2].Frames(1, PeerLane.Data)[^1] == "after");
    }

    [Fact]
    public async Task A_hold_ends_by_itself_when_too_much_waits()
    {
        await using PeerWorld world = PeerWorld.Connected(2, options => options with { HoldBytesMax = 1_000 });
        world[1].Peers.Hold();
        Assert.True(world[1].Send(2, PeerLane.Data, new byte[2_000]));
        world.Until("it left without a flush", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == 1);
    }

    [Fact]
    public async Task Frames_of_many_threads_are_not_mixed_up()
    {
        const int Threads = 4;
        const int FramesEach = 5_000;
        await using PeerWorld world = PeerWorld.Connected(2);
        var senders = new Task[Threads];
        for (int thread = 0; thread < Threads; thread++)
        {
            int number = thread;
            senders[thread] = Task.Run(() =>
            {
                for (int frame = 0; frame < FramesEach; frame++)
                {
                    Assert.True(world[1].Send(2, PeerLane.Data, $"{number}:{frame}"));
                }
            });
        }
        world.Until(
            "all are there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == Threads * FramesEach);
        await Task.WhenAll(senders);
        List<string> frames = world[2].Frames(1, PeerLane.Data);
        for (int thread = 0; thread < Threads; thread++)
        {
            string prefix = $"{thread}:";
            Assert.Equal(
                Enumerable.Range(0, FramesEach).Select(frame => $"{prefix}{frame}"),
                frames.Where(text => text.StartsWith(prefix, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Sending_allocates_nothing()
    {
        const int Frames = 10_000;
        await using PeerWorld world = PeerWorld.Connected(2);
        TcpPeers sender = world[1].Peers;
        var frame = new byte[64];
        long SendAll()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int round = 0; round < Frames; round++)
            {
                Assert.True(sender.TrySend(new NodeId(2), PeerLane.Data, frame));
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        SendAll();
        world.Until("the first are there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == Frames);
        // Less than a byte per frame: what is left is the test's own, and a buffer that grows once.
        Assert.InRange(SendAll(), 0, Frames - 1);
    }

    [Fact]
    public async Task Nobody_can_be_sent_to_who_is_not_a_member_or_not_connected()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(1, 2);
        Assert.False(node.Send(2, PeerLane.Data, "not connected"));
        Assert.False(node.Send(9, PeerLane.Data, "not a member"));
        Assert.False(node.Send(1, PeerLane.Data, "itself"));
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
