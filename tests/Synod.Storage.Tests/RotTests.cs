using Synod.Simulation;
using Synod.Storage.Recovery;

namespace Synod.Storage.Tests;

public class RotTests
{
    /// <summary>A settled journal of two segments; everything is below the mark.</summary>
    private static (SimulatedMedium Medium, ulong Last) Settled()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium, Small);
        for (var i = 0; i < 8; i++)
        {
            world.Post(1 + i % 2, 10 + 40 * (i % 3));
            world.Turn();
        }
        world.Settle();
        Assert.Equal(world.LastNumber, world.Persisted);
        medium.LosePower();
        return (medium, world.Persisted);
    }

    private static JournalOptions Small =>
        World.Tiny with { SegmentBytes = 3072, BatchBytesMax = 512, CarryBytesMax = 64 };

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public void A_flipped_byte_anywhere_is_refused_or_harmless_and_never_makes_the_journal_older(byte bits)
    {
        var (settled, last) = Settled();
        var refused = 0;
        var harmless = 0;
        foreach (var name in settled.Names)
        {
            for (var offset = 0; offset < settled.Snapshot(name).Length; offset++)
            {
                var medium = settled.Clone();
                medium.Rot(name, offset, bits);
                var world = new World(medium, Small with { MustExist = true });
                try
                {
                    world.Open();
                    world.AssertRecovered(last, last);
                    harmless++;
                }
                catch (JournalRefusedException e)
                {
                    Assert.Contains("replace the member", e.Message, StringComparison.Ordinal);
                    refused++;
                }
            }
        }
        Assert.True(refused > 1500, $"{refused} refused, {harmless} harmless");
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused_or_harmless_and_what_is_harmless_goes_on()
    {
        var (settled, last) = Settled();
        var (refused, harmless) = (0, 0);
        foreach (var name in settled.Names)
        {
            for (var length = 0; length < settled.Snapshot(name).Length; length += 4)
            {
                var medium = settled.Clone();
                medium.Cut(name, length);
                var world = new World(medium, Small with { MustExist = true });
                try
                {
                    world.Open();
                    world.AssertRecovered(last, last);
                    world.Post();
                    world.Settle();
                    Assert.Null(world.Fault);
                    medium.LosePower();
                    World.Opened(medium, Small with { MustExist = true }).AssertRecovered(last + 1, last + 1);
                    harmless++;
                }
                catch (JournalRefusedException e)
                {
                    Assert.Contains("replace the member", e.Message, StringComparison.Ordinal);
                    refused++;
                }
            }
        }
        Assert.True(refused > 500 && harmless > 25, $"{refused} refused, {harmless} harmless");
    }

    [Fact]
    public void Every_byte_of_a_record_is_covered()
    {
        var (settled, last) = Settled();
        var bytes = settled.Snapshot("journal-0000000000000001");
        var checkedBytes = 0;
        for (var offset = 0; offset < bytes.Length; offset++)
        {
            if (bytes[offset] == 0)
            {
                continue; // padding and blanks; zeros within records are flipped by the test above
            }
            var medium = settled.Clone();
            medium.Rot("journal-0000000000000001", offset, 0x10);
            Assert.Throws<JournalRefusedException>(() => World.Opened(medium, Small));
            checkedBytes++;
        }
        Assert.True(checkedBytes > 300 && last > 8);
    }

    [Fact]
    public void The_refusal_names_the_place_the_record_and_what_it_may_have_taken()
    {
        var (medium, last) = Settled();
        var bytes = medium.Snapshot("journal-0000000000000001");
        var payload = World.PayloadOf(3, 50);
        var at = bytes.AsSpan().IndexOf(payload);
        Assert.True(at > 0);
        medium.Rot("journal-0000000000000001", at, 1);
        var e = Assert.Throws<JournalRefusedException>(() => World.Opened(medium, Small));
        Assert.Contains("segment 1", e.Message, StringComparison.Ordinal);
        Assert.Contains($"offset {at - 64}", e.Message, StringComparison.Ordinal);
        Assert.Contains("names record 3, group 0, stream 1, key 3", e.Message, StringComparison.Ordinal);
        Assert.Contains("Records 3 to", e.Message, StringComparison.Ordinal);
        Assert.Contains("promises", e.Message, StringComparison.Ordinal);
        Assert.True(last > 3);
    }

    [Fact]
    public void Rot_is_recognised_by_a_later_batch_when_no_idle_mark_was_written()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        for (var i = 0; i < 3; i++)
        {
            world.Post();
            world.Turn();
        }
        medium.LosePower();
        var bytes = medium.Snapshot("journal-0000000000000001");
        var second = bytes.AsSpan().IndexOf(World.PayloadOf(2));
        var third = bytes.AsSpan().IndexOf(World.PayloadOf(3));

        var rotten = medium.Clone();
        rotten.Rot("journal-0000000000000001", second, 1); // the third batch swears that the second was synced
        Assert.Throws<JournalRefusedException>(() => World.Opened(rotten));

        var torn = medium.Clone();
        torn.Rot("journal-0000000000000001", third, 1); // nothing swears to the third: it looks like a torn write
        World.Opened(torn).AssertRecovered(2, 2);
    }

    [Fact]
    public void A_lost_file_is_refused()
    {
        var (settled, _) = Settled();
        foreach (var name in settled.Names)
        {
            var medium = settled.Clone();
            medium.Lose(name);
            var isSpare = !settled.Snapshot(name).AsSpan().ContainsAnyExcept((byte)0);
            if (isSpare)
            {
                World.Opened(medium, Small);
                continue;
            }
            Assert.Throws<JournalRefusedException>(() => World.Opened(medium, Small with { MustExist = true }));
        }
    }

    [Fact]
    public void A_journal_that_must_exist_and_does_not_is_refused()
    {
        var e = Assert.Throws<JournalRefusedException>(
            () => World.Opened(World.NewMedium(), World.Tiny with { MustExist = true }));
        Assert.Equal(RecoveryDecision.RefuseLost, e.Decision);
    }

    [Fact]
    public void Bytes_that_a_client_made_to_look_like_a_record_are_not_taken_for_one()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium, World.Tiny with { Identity = new Ports.DataIdentity(1) });
        world.Post();
        world.Turn();
        world.Post();
        world.Turn();
        var forged = medium.Snapshot("journal-0000000000000001").AsSpan(1024, 512).ToArray(); // swears to record 1

        var target = World.NewMedium();
        var victim = World.Opened(target, World.Tiny with { Identity = new Ports.DataIdentity(2) });
        var batch = victim.Mailboxes.Rent();
        batch.Add(1, 0, 1, 5, 1, forged);
        victim.Mailboxes.Batches.TryPost(batch);
        victim.Journal.Turn(victim.Now);
        target.LosePower();
        // The only record is torn; its payload holds marks that are not ours.
        target.Rot("journal-0000000000000001", 512, 1);
        World.Opened(target, World.Tiny with { Identity = new Ports.DataIdentity(2) }).AssertRecovered(0, 0);
    }

    [Fact]
    public void The_loss_of_a_segment_is_noticed_although_the_journal_was_never_idle()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        while (!medium.Names.Contains("journal-0000000000000002") || world.Journal.NoSpace is not null
            || !medium.Snapshot("journal-0000000000000002").AsSpan().ContainsAnyExcept((byte)0))
        {
            world.Post();
            world.Turn();
        }
        medium.LosePower();
        medium.Lose("journal-0000000000000002");
        var e = Assert.Throws<JournalRefusedException>(() => World.Opened(medium));
        Assert.Equal(RecoveryDecision.RefuseGap, e.Decision);
        Assert.Contains("journal-0000000000000002", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_record_of_another_history_breaks_the_chain()
    {
        static SimulatedMedium Written(int firstLength)
        {
            var medium = World.NewMedium();
            var world = World.Opened(medium);
            world.Post(length: firstLength);
            world.Turn();
            world.Post();
            world.Settle();
            return medium;
        }
        const string Name = "journal-0000000000000001";
        var medium = Written(20);
        var other = Written(21).Snapshot(Name);
        var mine = medium.Snapshot(Name);
        for (var at = 1024; at < 1536; at++) // record 2, intact, but after another record 1
        {
            medium.Rot(Name, at, (byte)(mine[at] ^ other[at]));
        }
        var e = Assert.Throws<JournalRefusedException>(() => World.Opened(medium));
        Assert.Equal(RecoveryDecision.RefuseRot, e.Decision);
    }
}
