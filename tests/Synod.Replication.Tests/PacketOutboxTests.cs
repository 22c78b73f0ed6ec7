using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Wire;

namespace Synod.Replication.Tests;

public sealed class PacketOutboxTests
{
    private static readonly Sender Two = new(new NodeId(2), 1, 1);
    private readonly Counting _peers = new();

    [Fact]
    public void While_the_disk_stalls_a_bounded_number_of_answers_wait_and_one_more_is_a_lost_one()
    {
        var outbox = new PacketOutbox(_peers, new PacketHeader(0, 1, 1));
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var prepare = new Prepare(new Ballot(1, Two.Node, 1), new Slot(1));
        for (var i = 0; i <= PacketOutbox.HeldPacketsMax; i++)
        {
            replica.Step(new Instant(1), Two, prepare, output); // A peer that asks again and again.
            outbox.Add(output, 0);
            outbox.Flush();
            output.Clear();
            Assert.Equal(Math.Min(i + 1, PacketOutbox.HeldPacketsMax), outbox.HeldPackets);
        }
        Assert.Equal((0, 1), (_peers.Sent, outbox.Dropped));
        outbox.Release(1);
        Assert.Equal((PacketOutbox.HeldPacketsMax, 0), (_peers.Sent, outbox.HeldPackets));
    }

    [Fact]
    public void What_waits_is_bounded_in_bytes()
    {
        var outbox = new PacketOutbox(_peers, new PacketHeader(0, 1, 1));
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var decree = new Decree(DecreeKind.Command, 0, new Value(new byte[1 << 20]));
        replica.Step(new Instant(1), Two, new Accept(new Ballot(1, Two.Node, 1), new Slot(1), decree, default), output);
        output.Clear();
        var most = (int)(PacketOutbox.HeldBytesMax >> 20);
        for (var round = 2ul; round < 2ul + (ulong)most; round++)
        {
            // Each promise shows the decree of one MiB, and a little more than it.
            replica.Step(new Instant(1), Two, new Prepare(new Ballot(round, Two.Node, 1), new Slot(1)), output);
            outbox.Add(output, 0);
            outbox.Flush();
            output.Clear();
        }
        Assert.Equal((most - 1, 1), (outbox.HeldPackets, outbox.Dropped));
    }

    private sealed class Counting : IPeers
    {
        public int Sent { get; private set; }

        public bool TrySend(NodeId to, PeerLane lane, ReadOnlySpan<byte> frame)
        {
            Sent++;
            return true;
        }

        public bool TryTakeEvent(out PeerEvent e, PeerLane upTo = PeerLane.Bulk)
        {
            e = default;
            return false;
        }

        public void Refuse(NodeId peer, string reason) => Assert.Fail(reason);
    }
}
