using FsCheck;
using FsCheck.Fluent;
using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Wire.Tests.Messages;

/// <summary>Everything that one replica says arrives at another as it was said; nothing else arrives.</summary>
public sealed class MessageCodecTests
{
    private static readonly Ballot B = new(7, new NodeId(2), 1);
    private static readonly Decree D = new(DecreeKind.Command, 12, Value.FromText("value"));

    private static readonly Gen<ulong> AnyNumber =
        from shift in Gen.Choose(0, 62) from low in Gen.Choose(0, int.MaxValue) select ((ulong)low << 31 | (uint)low) >> shift;

    private static readonly Gen<Ballot> AnyBallot =
        from round in AnyNumber
        from node in Gen.Choose(1, int.MaxValue)
        from incarnation in Gen.Choose(1, int.MaxValue)
        select new Ballot(round % Ballot.RoundMax + 1, new NodeId((uint)node), (uint)incarnation);

    private static readonly Gen<Decree> AnyDecree =
        from kind in Gen.Elements(Enum.GetValues<DecreeKind>())
        from elapsed in Gen.Choose(0, int.MaxValue)
        from bytes in Gen.Choose(0, 255).ArrayOf()
        select new Decree(kind, (uint)elapsed, new Value(bytes.Select(each => (byte)each).ToArray()));

    private static readonly Gen<StateRecord> AnyRecord =
        from kind in Gen.Elements(Enum.GetValues<StateRecordKind>())
        from ballot in AnyBallot
        from slot in AnyNumber
        from decree in AnyDecree
        select new StateRecord(
            kind,
            kind is StateRecordKind.Promised or StateRecordKind.Accepted ? ballot : default,
            kind is StateRecordKind.Promised ? default : new Slot(slot),
            kind is StateRecordKind.Accepted or StateRecordKind.Learned ? decree : default);

    [Fact]
    public void Records_come_back_as_they_were()
    {
        StateRecord[] records =
        [
            new(StateRecordKind.Promised, B, default, default),
            new(StateRecordKind.Accepted, B, new Slot(3), D),
            new(StateRecordKind.Accepted, B, new Slot(4), Decree.NoOp),
            new(StateRecordKind.Learned, default, new Slot(5), D),
            new(StateRecordKind.ChosenUpTo, default, new Slot(6), default),
            new(StateRecordKind.Jumped, default, new Slot(7), default),
        ];
        foreach (var record in records)
        {
            var writer = new ByteWriter();
            RecordCodec.Write(writer, record);
            Assert.True(RecordCodec.TryRead(writer.Span.ToArray(), out var read));
            Assert.Equal(record, read);
            for (var length = 0; length < writer.Length; length++)
            {
                Assert.False(RecordCodec.TryRead(writer.Span[..length].ToArray(), out _));
            }
        }
    }

    [Fact]
    public void A_promise_with_entries_survives_the_wire()
    {
        var acceptor = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        var two = new Sender(new NodeId(2), 1, 1);
        acceptor.Step(new Instant(1), two, new Accept(B, new Slot(2), D, default), output);
        acceptor.Step(new Instant(1), two, new Prepare(new Ballot(8, new NodeId(2), 1), new Slot(1)), output);
        var packet = PacketOf(output);
        Assert.Equal(2, output.Outgoing.Count);
        // Node 2 campaigns under that ballot. With this promise it leads, and proposes again what the promise reports.
        var receiver = new Replica(new NodeId(2), Configuration.OfMajority(3), new ReplicaOptions());
        var taken = new ReplicaOutput();
        receiver.RecoverPromise(B);
        receiver.Campaign(new Instant(2), taken);
        receiver.Persisted(new Instant(2), taken.LastRecord, taken);
        Assert.False(receiver.IsLeading);
        Assert.True(MessageCodec.TryDeliver(packet, new NodeId(1), new Instant(2), receiver, taken));
        Assert.True(receiver.IsLeading);
        Assert.Contains(taken.Accepts, accept => accept.Slot == new Slot(2) && accept.Decree == D);
    }

    [Fact]
    public void Any_record_comes_back_as_it_was() => Prop.ForAll(Arb.From(AnyRecord), record =>
    {
        var writer = new ByteWriter();
        RecordCodec.Write(writer, record);
        return RecordCodec.TryRead(writer.Span.ToArray(), out var read) && read == record
            && !RecordCodec.TryRead(new byte[] { 0 }.Concat(writer.Span.ToArray()).ToArray(), out _)
            && !RecordCodec.TryRead(writer.Span.ToArray().Append((byte)0).ToArray(), out _);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void An_accept_arrives_whole_and_is_answered()
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        Assert.True(MessageCodec.TryDeliver(AcceptPacket(), new NodeId(2), new Instant(1), replica, output));
        var record = Assert.Single(output.Records);
        Assert.Equal(D, record.Decree);
        Assert.Equal(B, record.Ballot);
    }

    [Fact]
    public void Every_cut_of_a_packet_is_malformed_or_empty_and_never_half_a_message()
    {
        var packet = AcceptPacket();
        for (var length = 0; length < packet.Length; length++)
        {
            var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
            var output = new ReplicaOutput();
            var whole = MessageCodec.TryDeliver(packet.AsMemory(0, length), new NodeId(2), new Instant(1), replica, output);
            Assert.Equal(length == PacketHeader.Length, whole);
            Assert.Empty(output.Records);
        }
    }

    [Fact]
    public void An_unknown_kind_is_passed_over()
    {
        var writer = new ByteWriter();
        new PacketHeader(0, 1, 1).Write(writer);
        writer.U8(99);
        writer.Bytes([1, 2, 3]);
        var known = AcceptPacket().AsSpan(PacketHeader.Length);
        known.CopyTo(writer.Take(known.Length));
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        var output = new ReplicaOutput();
        Assert.True(MessageCodec.TryDeliver(writer.Span.ToArray(), new NodeId(2), new Instant(1), replica, output));
        Assert.Single(output.Records);
    }

    [Fact]
    public void Random_and_mutated_packets_are_taken_or_refused_and_nothing_else()
    {
        var random = new Random(20);
        var seed = AcceptPacket();
        for (var i = 0; i < 100_000; i++)
        {
            byte[] packet;
            if (i % 2 == 0)
            {
                packet = (byte[])seed.Clone();
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }
            else
            {
                packet = new byte[random.Next(80)];
                random.NextBytes(packet);
            }
            var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
            var output = new ReplicaOutput();
            MessageCodec.TryDeliver(packet, new NodeId(2), new Instant(1), replica, output);
            Assert.InRange(output.Records.Count, 0, 1);
        }
    }

    [Fact]
    public void A_wish_to_hand_over_arrives_and_the_receiver_campaigns_at_once()
    {
        var output = new ReplicaOutput();
        output.HandOvers.Add(new HandOver(B));
        output.Outgoing.Add(new Outgoing(new NodeId(1), MessageKind.HandOver, 0, 0));
        var packet = PacketOf(output);
        Assert.True(MessageCodec.TryDeliver(packet, new NodeId(2), new Instant(2), Follower(out var taken), taken));
        Assert.False(MessageCodec.TryDeliver(
            packet.AsMemory(0, packet.Length - 1), new NodeId(2), new Instant(2), Follower(out taken), taken));
        var replica = Follower(out taken);
        MessageCodec.TryDeliver(packet, new NodeId(2), new Instant(2), replica, taken);
        replica.Finish(new Instant(2), 1023, taken);
        Assert.Equal(new Ballot(8, new NodeId(1), 1), replica.Promised);
    }

    /// <summary>Node 1 in contact with node 2, which leads under <see cref="B"/>.</summary>
    private static Replica Follower(out ReplicaOutput output)
    {
        var replica = new Replica(new NodeId(1), Configuration.OfMajority(3), new ReplicaOptions());
        output = new ReplicaOutput();
        var heartbeat = new Heartbeat(1, 1, 0, B, B, true, true, default);
        replica.Step(new Instant(1), new Sender(new NodeId(2), 1, 1), heartbeat, output);
        return replica;
    }

    private static byte[] AcceptPacket()
    {
        var leader = new ReplicaOutput();
        leader.Accepts.Add(new Accept(B, new Slot(2), D, new Slot(1)));
        leader.Outgoing.Add(new Outgoing(new NodeId(1), MessageKind.Accept, 0, 0));
        return PacketOf(leader);
    }

    private static byte[] PacketOf(ReplicaOutput output)
    {
        var writer = new ByteWriter();
        new PacketHeader(0, 1, 1).Write(writer);
        foreach (var outgoing in output.Outgoing)
        {
            MessageCodec.Write(writer, output, outgoing);
        }
        return writer.Span.ToArray();
    }
}
