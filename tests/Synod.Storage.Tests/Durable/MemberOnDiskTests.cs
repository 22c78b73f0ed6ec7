using Synod.Paxos;
using Synod.Paxos.Essential;
using Synod.Paxos.Practical;
using Synod.Simulation;
using Synod.Storage.Durable;
using Synod.Storage.Recovery;

namespace Synod.Storage.Tests.Durable;

/// <summary>A member of single-decree Paxos with its state on a disk: in files of its own, or in the journal.</summary>
public class MemberOnDiskTests
{
    private static readonly NodeId A = new(1);
    private static readonly NodeId B = new(2);
    private static readonly Configuration Three = Configuration.OfMajority(3);

    private static byte[] BytesOf(MemberState state)
    {
        var writer = new StateWriter();
        state.Write(writer);
        return writer.Written.ToArray();
    }

    private static Member Rebuilt(ReadOnlyMemory<byte>? state)
    {
        if (state is not { } bytes)
        {
            return new Member(A, 1, Three, default);
        }
        var reader = new StateReader(bytes);
        var durable = MemberState.Read(ref reader);
        Assert.True(reader.IsAtEnd);
        return new Member(A, 1, Three, durable);
    }

    [Fact]
    public void A_promise_leaves_when_its_file_is_on_the_medium_and_not_before()
    {
        var medium = World.NewMedium();
        var disk = medium.Open();
        disk.CompletesByHand = true;
        var store = new AlternatingStore(disk, "paxos");
        var member = Rebuilt(store.State);
        var outbox = new Outbox<MemberState, Promise>(member.State);

        outbox.Add(member.Step(new Prepare(new Ballot(1, B, 1))).Reply!.Value);
        Assert.True(outbox.TryBeginWrite(out var record));
        store.BeginSave(BytesOf(record));
        Assert.False(store.Turn());
        Assert.False(outbox.TryTake(out _));
        disk.CompleteOne();
        Assert.True(store.Turn());
        outbox.Written();
        Assert.True(outbox.TryTake(out var promise));
        Assert.Equal(new Ballot(1, B, 1), promise.Ballot);
        medium.LosePower();
        Assert.Equal(member.State, Rebuilt(DurableScenarioTests.Open(medium).State).State);
    }

    [Fact]
    public void After_a_crash_at_any_operation_no_ballot_is_used_twice_and_no_promise_is_broken()
    {
        // Each life prepares once, and crashes when so many requests of it are carried out.
        var used = new HashSet<Ballot>();
        var medium = World.NewMedium();
        var promised = Ballot.None;
        for (var life = 0; life < 12; life++)
        {
            var disk = medium.Open();
            disk.CompletesByHand = true;
            var store = new AlternatingStore(disk, "paxos");
            var member = Rebuilt(store.State);
            Assert.True(member.State.Acceptor.Promised >= promised);
            var outbox = new Outbox<MemberState, Prepare>(member.State);
            member.Step(new Prepare(new Ballot((ulong)(10 * life) + 1, B, 1)));
            outbox.Add(member.Prepare()!.Value);
            Assert.True(outbox.TryBeginWrite(out var record));
            store.BeginSave(BytesOf(record));
            for (var i = 0; i < life % 3; i++)
            {
                disk.CompleteOne();
                if (store.Turn() && outbox.IsWriting)
                {
                    outbox.Written();
                    promised = record.Acceptor.Promised;
                }
            }
            while (outbox.TryTake(out var prepare))
            {
                Assert.True(used.Add(prepare.Ballot), $"{prepare.Ballot} was used before");
            }
            medium.LosePower();
        }
        Assert.True(used.Count >= 8, $"{used.Count}");
    }

    [Fact]
    public void In_the_journal_the_latest_state_is_found_again_over_segments_and_crashes()
    {
        var medium = World.NewMedium();
        var random = new Random(5);
        byte[]? expected = null;
        for (var life = 0; life < 4; life++)
        {
            var (world, state) = OpenedJournal(medium);
            Assert.Equal(expected, state.State?.ToArray());
            for (var i = 0; i < 40; i++)
            {
                expected = new byte[random.Next(1, 200)];
                random.NextBytes(expected);
                var batch = world.Mailboxes.Rent();
                state.Save(batch, ++world.LastNumber, expected);
                Assert.True(world.Mailboxes.Batches.TryPost(batch));
                world.Turn();
                Assert.Equal(world.LastNumber, world.Persisted);
            }
            medium.LosePower();
        }
        Assert.True(medium.Names.Count(name => name.StartsWith("journal-0", StringComparison.Ordinal)) > 1);
    }

    [Fact]
    public void In_the_journal_a_crash_at_any_operation_loses_no_acknowledged_state()
    {
        const int saves = 25;
        var cases = 0;
        for (var crashAt = 0; crashAt < 60; crashAt++)
        {
            foreach (var torn in new[] { TornWrite.Nothing, TornWrite.Everything, TornWrite.Random })
            {
                var medium = World.NewMedium((ulong)crashAt + 1);
                var (world, state) = OpenedJournal(medium);
                world.Disk.CompletesByHand = true;
                var completed = 0;
                for (var i = 0; i < saves && completed < crashAt; i++)
                {
                    var batch = world.Mailboxes.Rent();
                    state.Save(batch, ++world.LastNumber, World.PayloadOf(world.LastNumber, 150));
                    Assert.True(world.Mailboxes.Batches.TryPost(batch));
                    for (var turn = 0; turn < 3 && completed < crashAt; turn++)
                    {
                        world.Turn();
                        completed += world.Disk.CompleteOne() ? 1 : 0;
                    }
                    world.Now += TimeSpan.FromMilliseconds(i % 3 * 10);
                }
                medium.Torn = torn;
                medium.LosePower();

                var (_, found) = OpenedJournal(medium);
                var candidates = Enumerable.Range((int)world.Persisted, (int)(world.LastNumber - world.Persisted) + 1)
                    .Select(number => number == 0 ? null : World.PayloadOf((ulong)number, 150));
                Assert.Contains(candidates, candidate => found.State is { } bytes
                    ? candidate is not null && bytes.Span.SequenceEqual(candidate)
                    : candidate is null);
                cases++;
            }
        }
        Assert.Equal(180, cases);
    }

    private static (World World, JournaledState State) OpenedJournal(SimulatedMedium medium)
    {
        var state = new JournaledState(group: 0, stream: 1, configuration: 1);
        var world = new World(medium, World.Tiny);
        var opening = new JournalOpening(world.Disk, world.Options, state);
        while (!opening.Step())
        {
            Assert.True(world.Disk.CompleteOne());
        }
        world.Adopt(opening);
        return (world, state);
    }

    [Fact]
    public void A_record_older_than_the_carry_does_not_take_its_place()
    {
        var options = World.Tiny;
        var writer = new JournaledState(0, 1, 1);
        writer.Save(new JournalBatch(options), 9, [9]);
        var reader = new JournaledState(0, 1, 1);
        reader.VisitCarry(writer.BuildCarry().Span);
        reader.Visit(new JournalRecord(5, 0, 1, 1, 0), [5]);
        Assert.Equal([9], reader.State!.Value.ToArray());
        reader.Visit(new JournalRecord(10, 0, 1, 1, 0), [10]);
        Assert.Equal([10], reader.State!.Value.ToArray());
        Assert.Throws<InvariantViolatedException>(() => reader.Save(new JournalBatch(options), 10, [11]));
    }

    [Fact]
    public void A_record_of_another_stream_is_refused()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        world.Post();
        world.Turn();
        medium.LosePower();
        var again = new World(medium, World.Tiny);
        var opening = new JournalOpening(again.Disk, again.Options, new JournaledState(0, 2, 1));
        Assert.Throws<JournalRefusedException>(() =>
        {
            while (!opening.Step())
            {
                Assert.True(again.Disk.CompleteOne());
            }
        });
    }
}
