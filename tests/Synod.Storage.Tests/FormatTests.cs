using System.Text;
using Synod.Paxos;
using Synod.Storage.Format;

namespace Synod.Storage.Tests;

public class FormatTests
{
    [Fact]
    public void The_checksum_is_CRC_32C()
    {
        // RFC 3720, B.4, and the check value of the Castagnoli polynomial.
        Assert.Equal(0xE3069283u, Crc32C.Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
    }

    [Fact]
    public void A_checksum_in_parts_is_the_checksum_of_the_whole()
    {
        var bytes = World.PayloadOf(3, 100);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Crc32C.Of(bytes), Crc32C.Of(bytes.AsSpan(cut), Crc32C.Of(bytes.AsSpan(0, cut))));
        }
    }

    [Fact]
    public void Segment_names_are_in_number_order_and_nothing_else_is_taken_for_one()
    {
        Assert.True(SegmentName.TryParse(SegmentName.Of(26), out var segment));
        Assert.Equal(26UL, segment);
        Assert.True(string.CompareOrdinal(SegmentName.Of(9), SegmentName.Of(10)) < 0);
        string[] others =
            ["journal-1", SegmentName.MarkFile, "journal-000000000000000A", "journal-0000000000000000", "x"];
        foreach (var other in others)
        {
            Assert.False(SegmentName.TryParse(other, out _), other);
        }
    }

    [Fact]
    public void A_batch_takes_consecutive_numbers_only_and_refuses_what_does_not_fit()
    {
        var batch = new JournalBatch(World.Tiny);
        batch.Add(5, 0, 1, 1, 1, [1]);
        Assert.Throws<InvariantViolatedException>(() => batch.Add(7, 0, 1, 1, 1, [1]));
        Assert.Throws<InvariantViolatedException>(() => batch.Add(5, 0, 1, 1, 1, [1]));
        var room = World.Tiny.BatchBytesMax - batch.SizeInBytes - 68;
        Assert.True(batch.Fits(room));
        Assert.False(batch.Fits(room + 1));
        Assert.Throws<InvariantViolatedException>(() => batch.Add(6, 0, 1, 1, 1, new byte[room + 1]));
        batch.Add(6, 0, 1, 1, 1, new byte[room]);
        Assert.Equal(World.Tiny.BatchBytesMax, batch.SizeInBytes);
    }

    [Fact]
    public void A_payload_written_in_place_may_be_shorter_than_was_asked_for()
    {
        var world = World.Opened(World.NewMedium());
        var batch = world.Mailboxes.Rent();
        World.PayloadOf(1, 30).CopyTo(batch.Begin(1, 0, 1, 5, 1, 500));
        batch.End(30);
        world.Mailboxes.Batches.TryPost(batch);
        world.Journal.Turn(world.Now);
        World.Opened(world.Medium).AssertRecovered(1, 1);
    }

    [Fact]
    public void A_batch_that_leaves_a_gap_in_the_numbers_faults()
    {
        var world = World.Opened(World.NewMedium());
        var batch = world.Mailboxes.Rent();
        batch.Add(2, 0, 1, 5, 2, [1]);
        world.Mailboxes.Batches.TryPost(batch);
        Assert.Throws<InvariantViolatedException>(() => world.Journal.Turn(world.Now));
    }

    [Fact]
    public void A_record_of_a_later_format_is_refused_as_such()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        world.Post();
        world.Settle();
        var name = "journal-0000000000000001";
        var opening = medium.Snapshot(name).AsSpan(0, 64).ToArray();
        opening[3] = 2;
        var checksum = Crc32C.Of(opening.AsSpan(0, 60), World.Tiny.Salt);
        medium.Rot(name, 3, 1 ^ 2);
        for (var i = 0; i < 4; i++)
        {
            medium.Rot(name, 60 + i, (byte)(opening[60 + i] ^ (byte)(checksum >> (8 * i))));
        }
        var e = Assert.Throws<Recovery.JournalRefusedException>(() => World.Opened(medium));
        Assert.Contains("format", e.Message, StringComparison.Ordinal);
    }
}
