using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using Synod.Paxos;
using Synod.Ports;
using Synod.Transport.Tests.World;
using Synod.Wire;

namespace Synod.Transport.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task A_frame_at_the_limit_is_sent_and_one_byte_more_is_refused()
    {
        const int Max = 5_000;
        await using PeerWorld world = PeerWorld.Connected(2, options => options with { FrameBytesMax = Max });
        Assert.False(world[1].Send(2, PeerLane.Data, new byte[Max + 1]));
        Assert.Equal(1, world[1].Log.CountOf("is over the limit of 5000"));
        Assert.True(world[1].Send(2, PeerLane.Data, new byte[Max]));
        world.Until("it is there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == 1);
        Assert.Equal(Max, world[2].Of(PeerEventKind.Frame, 1).Single().Frame.Length);
    }

    [Fact]
    public async Task A_frame_at_the_limit_is_taken_and_one_byte_more_ends_the_connection()
    {
        const int Max = 5_000;
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2, options => options with { FrameBytesMax = Max });
        using RawPeer peer = RawPeer.Greeted(node.Port, 1, 2, PeerLane.Bulk);
        peer.Write(RawPeer.Framed(new byte[Max]));
        world.Until("the limit is taken", () => node.Count(PeerEventKind.Frame, 1, PeerLane.Bulk) == 1);
        peer.Write(RawPeer.Framed(new byte[Max + 1])[..FrameCodec.HeaderBytes]);
        peer.ReadToEnd();
        world.Until("one more is not", () => node.Of(PeerEventKind.LinkDown, 1)
            .Any(e => e.Lane == PeerLane.Bulk
                && e.Reason!.Contains("over the limit of 5000", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_length_of_the_moon_is_refused_before_anything_is_allocated_for_it()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(2, 2);
        using RawPeer peer = RawPeer.Greeted(node.Port, 1, 2);
        byte[] frame = RawPeer.Framed([1]);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), uint.MaxValue);
        peer.Write(frame);
        peer.ReadToEnd();
        world.Until("it is down", () => node.Count(PeerEventKind.LinkDown, 1, PeerLane.Data) == 1);
    }

    [Fact]
    public async Task A_full_queue_drops_and_counts_and_takes_frames_again_when_there_is_room()
    {
        const int FrameBytes = 100_000;
        await using PeerWorld world = PeerWorld.Connected(2, options => options with
        {
            DataSendBytesMax = 3 * FrameBytes,
            ReceiveBytesMax = FrameBytes,
        });
        world[2].Drains = false;
        int taken = SendUntilFull(world[1], 2, PeerLane.Data, FrameBytes);
        Assert.Equal(1, Counter(world[1], "synod.peer.frames.dropped", "n2", "data"));
        Assert.Equal(1, world[1].Log.CountOf("The Data queue to n2 is full"));
        Assert.True(world[1].Send(2, PeerLane.Control, "another lane"));

        world[2].Drains = true;
        world.Until("all that was taken arrives", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == taken);
        Assert.True(world[1].Send(2, PeerLane.Data, new byte[FrameBytes]));
        world.Until("one more arrives", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == taken + 1);
        Assert.Equal(taken + 1, Counter(world[1], "synod.peer.frames.sent", "n2", "data"));
        Assert.Equal(taken + 1, Counter(world[2], "synod.peer.frames.received", "n1", "data"));
        long bytes = (taken + 1L) * (FrameBytes + FrameCodec.HeaderBytes);
        Assert.Equal(bytes, Counter(world[1], "synod.peer.sent", "n2", "data"));
        Assert.Equal(bytes, Counter(world[2], "synod.peer.received", "n1", "data"));
    }

    [Fact]
    public async Task A_frame_larger_than_the_queue_still_passes_when_nothing_else_waits()
    {
        await using PeerWorld world = PeerWorld.Connected(2, options => options with { ControlSendBytesMax = 1_000 });
        Assert.True(world[1].Send(2, PeerLane.Control, new byte[1_000_000]));
        world.Until("it is there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Control) == 1);
    }

    [Fact]
    public async Task A_slow_receiver_stalls_no_other_peer()
    {
        await using PeerWorld world = PeerWorld.Connected(3, options => options with
        {
            DataSendBytesMax = 1_000_000,
            ReceiveBytesMax = 100_000,
        });
        world[3].Drains = false;
        SendUntilFull(world[1], 3, PeerLane.Data, 100_000);
        for (int round = 0; round < 100; round++)
        {
            Assert.True(world[1].Send(2, PeerLane.Data, "swift"));
            world.Until("it is there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == round + 1);
        }
    }

    [Fact]
    public async Task A_flooded_lane_does_not_hold_up_another_lane_of_the_same_owner()
    {
        await using PeerWorld world = PeerWorld.Connected(3, options => options with
        {
            BulkSendBytesMax = 1_000_000,
            ReceiveBytesMax = 1_000_000,
        });
        world[3].Drains = false;
        SendUntilFull(world[1], 3, PeerLane.Bulk, 1_000);
        Assert.True(world[1].Send(3, PeerLane.Control, "heartbeat"));
        Assert.True(world[2].Send(3, PeerLane.Data, "urgent"));
        world.Until("both have arrived", () => Counter(world[3], "synod.peer.frames.received", "n1", "control") == 1
            && Counter(world[3], "synod.peer.frames.received", "n2", "data") == 1);
        var first = new List<PeerEvent>();
        while (first.Count < 4 && world[3].Peers.TryTakeEvent(out PeerEvent taken))
        {
            first.Add(taken);
        }
        Assert.Contains(first, e => e.From.Number == 1 && e.Lane == PeerLane.Control);
        Assert.Contains(first, e => e.From.Number == 2 && e.Lane == PeerLane.Data);
    }

    [Fact]
    public async Task Undelivered_frames_are_bounded_by_count_and_reading_goes_on_when_they_are_taken()
    {
        const int FramesMax = 64;
        const int BufferFrames = 100;
        await using PeerWorld world = PeerWorld.Connected(2, options => options with
        {
            ReceiveFramesMax = FramesMax,
            ReceiveBufferBytes = BufferFrames * (FrameCodec.HeaderBytes + 1),
        });
        world[2].Drains = false;
        const int Sent = 20_000;
        world[1].Peers.Hold();
        for (int frame = 0; frame < Sent; frame++)
        {
            Assert.True(world[1].Send(2, PeerLane.Data, [(byte)frame]));
        }
        world[1].Peers.Flush();
        // Another lane's frame was sent behind all of them: when it is there, an unbounded reader would have them all.
        Assert.True(world[1].Send(2, PeerLane.Control, "behind"));
        world.Until("the other lane's frame is there", () =>
            Counter(world[2], "synod.peer.frames.received", "n1", "control") == 1);
        world.Until(
            "reading stopped", () => Counter(world[2], "synod.peer.frames.received", "n1", "data") >= FramesMax);
        Assert.InRange(
            Counter(world[2], "synod.peer.frames.received", "n1", "data"), FramesMax, FramesMax + BufferFrames);
        world[2].Drains = true;
        world.Until("all are there", () => world[2].Count(PeerEventKind.Frame, 1, PeerLane.Data) == Sent);
        Assert.All(
            world[2].Of(PeerEventKind.Frame, 1).Where(e => e.Lane == PeerLane.Data).Select((e, index) => (e, index)),
            pair => Assert.Equal((byte)pair.index, pair.e.Frame.Span[0]));
    }

    [Fact]
    public async Task Reconnections_are_counted()
    {
        await using var world = new PeerWorld();
        PeerNode node = world.Start(22, 22);
        for (int round = 1; round <= 3; round++)
        {
            using RawPeer peer = RawPeer.Greeted(node.Port, 21, 22);
            world.Until("it is up", () => node.Count(PeerEventKind.LinkUp, 21, PeerLane.Data) == round);
        }
        Assert.Equal(2, Counter(world[22], "synod.peer.reconnects", "n21", "data"));
    }

    /// <summary>
    /// How many frames were taken until one was dropped. More than the system's buffers and all queues can hold means
    /// that some queue has no bound.
    /// </summary>
    private static int SendUntilFull(PeerNode from, uint to, PeerLane lane, int frameBytes)
    {
        const int BytesMax = 500_000_000;
        int taken = 0;
        while (from.Send(to, lane, new byte[frameBytes]))
        {
            taken++;
            Assert.InRange((long)taken * frameBytes, 1, BytesMax);
        }
        return taken;
    }

    /// <summary>What a scrape of this node's meter reads.</summary>
    private static long Counter(PeerNode node, string instrument, string peer, string lane)
    {
        long found = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (published, listening) =>
            {
                if (ReferenceEquals(published.Meter.Scope, node.Peers) && published.Name == instrument)
                {
                    listening.EnableMeasurementEvents(published);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((published, value, tags, _) =>
        {
            Assert.Equal(TcpPeers.MeterName, published.Meter.Name);
            var pairs = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            Assert.Equal($"n{node.Number}", pairs["self"]);
            if (pairs["peer"] == peer && pairs["lane"] == lane)
            {
                found += value;
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }
}
