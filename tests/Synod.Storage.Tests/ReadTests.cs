using Synod.Simulation;

namespace Synod.Storage.Tests;

public class ReadTests
{
    private static JournalReadResult Read(World world, ulong from, ulong to, int bytesMax = 1 << 20, uint group = 0)
    {
        Assert.True(world.Mailboxes.Reads.TryPost(new JournalReadRequest(9, group, from, to, bytesMax)));
        world.Turn();
        var answer = world.Events.Last(static e => e.Kind == JournalEventKind.Read).Read!;
        Assert.Equal(9UL, answer.Id);
        return answer;
    }

    private static World Written(int records)
    {
        var world = World.Opened(World.NewMedium());
        for (var i = 0; i < records; i++)
        {
            world.Post();
            world.Turn();
        }
        return world;
    }

    [Fact]
    public void Old_records_are_read_back_by_key_across_segments_and_after_recovery()
    {
        var world = Written(50);
        foreach (var reader in new[] { world, World.Opened(world.Medium) })
        {
            var answer = Read(reader, 3, 45);
            Assert.Null(answer.Damage);
            Assert.Equal(46UL, answer.NextKey);
            Assert.Equal(
                Enumerable.Range(3, 43).Select(static key => (ulong)key), answer.Records.Select(static r => r.Key));
            Assert.All(answer.Records, static r => Assert.Equal(World.PayloadOf(r.Key), r.Payload));
            Assert.All(
                answer.Records,
                static r => Assert.Equal((r.Key, (byte)1, 5UL), (r.Number, r.Stream, r.Configuration)));
        }
    }

    [Fact]
    public void The_latest_record_of_a_key_is_the_one_that_is_read()
    {
        var world = World.Opened(World.NewMedium());
        for (ulong number = 1; number <= 3; number++)
        {
            var batch = world.Mailboxes.Rent();
            batch.Add(number, number == 3 ? 4u : 0u, 1, 5, 77, [(byte)number]);
            world.Mailboxes.Batches.TryPost(batch);
            world.LastNumber = number;
            world.Turn();
        }
        Assert.Equal([2], Read(world, 77, 77).Records.Single().Payload);
        Assert.Equal([3], Read(world, 77, 77, group: 4).Records.Single().Payload);
        Assert.Empty(Read(world, 77, 77, group: 5).Records);
        Assert.Empty(Read(world, 78, ulong.MaxValue).Records);
    }

    [Fact]
    public void A_record_that_is_not_yet_persisted_is_not_read()
    {
        var world = Written(2);
        world.Disk.CompletesByHand = true;
        world.Post();
        world.Turn();
        Assert.Equal([1UL, 2UL], Read(world, 1, 10).Records.Select(static r => r.Key));
        world.Disk.CompleteOne();
        world.Turn();
        Assert.Equal([1UL, 2UL, 3UL], Read(world, 1, 10).Records.Select(static r => r.Key));
    }

    [Fact]
    public void An_answer_ends_at_its_byte_budget_but_holds_at_least_one_record()
    {
        var world = Written(10);
        var answer = Read(world, 1, 10, bytesMax: 1);
        Assert.Equal([1UL], answer.Records.Select(static r => r.Key));
        Assert.Equal(2UL, answer.NextKey);
        answer = Read(world, answer.NextKey, 10, bytesMax: 3 * 84);
        Assert.Equal([2UL, 3UL, 4UL], answer.Records.Select(static r => r.Key));
        Assert.Equal(5UL, answer.NextKey);
    }

    [Fact]
    public void A_record_that_has_rotted_since_is_named_and_not_answered()
    {
        var world = Written(5);
        var name = "journal-0000000000000001";
        var at = world.Medium.Snapshot(name).AsSpan().IndexOf(World.PayloadOf(3));
        world.Medium.Rot(name, at, 4);
        var answer = Read(world, 1, 5);
        Assert.Equal([1UL, 2UL], answer.Records.Select(static r => r.Key));
        Assert.Equal(3UL, answer.DamagedKey);
        Assert.Equal(3UL, answer.NextKey);
        Assert.Contains("segment 1", answer.Damage!, StringComparison.Ordinal);
    }
}
