using Synod.Paxos;

namespace Synod.Wire.Tests.Messages;

/// <summary>What peers say about snapshots, and nothing else that could be taken for it.</summary>
public sealed class SnapshotPacketTests
{
    private const ulong Cluster = 77;

    public static TheoryData<SnapshotPacket> Good =>
    [
        new SnapshotPacket(SnapshotMessageKind.Offer, Cluster, new Slot(9), 0, 1000, default),
        new SnapshotPacket(SnapshotMessageKind.Fetch, Cluster, new Slot(9), 256, 0, default),
        new SnapshotPacket(SnapshotMessageKind.Piece, Cluster, new Slot(9), 997, 1000, new byte[] { 1, 2, 3 }),
        new SnapshotPacket(SnapshotMessageKind.Piece, Cluster, new Slot(9), 0, SnapshotPacket.PieceBytesMax, new byte[SnapshotPacket.PieceBytesMax]),
        new SnapshotPacket(SnapshotMessageKind.Gone, Cluster, new Slot(9), 0, 0, default),
    ];

    [Theory]
    [MemberData(nameof(Good))]
    public void Every_message_comes_back_as_it_was_and_none_when_it_is_cut(SnapshotPacket packet)
    {
        var bytes = BytesOf(packet);
        Assert.True(SnapshotPacket.IsOne(bytes));
        Assert.True(SnapshotPacket.TryRead(bytes, Cluster, out var read));
        Assert.Equal(packet with { Bytes = default }, read with { Bytes = default });
        Assert.Equal(packet.Bytes.ToArray(), read.Bytes.ToArray());
        for (var length = 0; length < Math.Min(bytes.Length, 100); length++)
        {
            Assert.False(SnapshotPacket.TryRead(bytes.AsMemory(0, length), Cluster, out _));
        }
        Assert.False(SnapshotPacket.TryRead(bytes, Cluster + 1, out _));
        Assert.False(SnapshotPacket.TryRead(new byte[] { 0 }.Concat(bytes).ToArray(), Cluster, out _));
    }

    public static TheoryData<SnapshotPacket> Bad =>
    [
        new SnapshotPacket(0, Cluster, new Slot(9), 0, 0, default),
        new SnapshotPacket((SnapshotMessageKind)5, Cluster, new Slot(9), 0, 0, default),
        new SnapshotPacket(SnapshotMessageKind.Offer, Cluster, Slot.Zero, 0, 10, default),
        new SnapshotPacket(SnapshotMessageKind.Offer, Cluster, new Slot(9), 0, 10, new byte[] { 1 }),
        new SnapshotPacket(SnapshotMessageKind.Fetch, Cluster, new Slot(9), -1, 0, default),
        new SnapshotPacket(SnapshotMessageKind.Piece, Cluster, new Slot(9), 0, 10, default),
        new SnapshotPacket(SnapshotMessageKind.Piece, Cluster, new Slot(9), 9, 10, new byte[] { 1, 2 }),
        new SnapshotPacket(SnapshotMessageKind.Piece, Cluster, new Slot(9), long.MaxValue, 10, new byte[] { 1, 2 }),
        new SnapshotPacket(SnapshotMessageKind.Piece, Cluster, new Slot(9), 0, -1, new byte[] { 1, 2 }),
    ];

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_makes_no_sense_is_refused(SnapshotPacket packet) =>
        Assert.False(SnapshotPacket.TryRead(BytesOf(packet), Cluster, out _));

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = BytesOf(new SnapshotPacket(SnapshotMessageKind.Piece, Cluster, new Slot(9), 5, 1000, new byte[] { 1, 2, 3 }));
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            if (SnapshotPacket.TryRead(bytes, Cluster, out var read))
            {
                Assert.True(read.Bytes.Length <= SnapshotPacket.PieceBytesMax && read.Offset >= 0);
            }
        }
    }

    private static byte[] BytesOf(in SnapshotPacket packet)
    {
        var writer = new ByteWriter();
        packet.Write(writer);
        return writer.Span.ToArray();
    }
}
