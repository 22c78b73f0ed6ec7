using Synod.Node;
using Synod.Paxos;
using Synod.Paxos.Multi;
using Synod.Ports;
using Synod.Storage;
using Synod.Store;

namespace Synod.Simulation.Tests;

/// <summary>Snapshots: taken, begun with, let go behind, given to peers, damaged, and interrupted everywhere.</summary>
public sealed class SnapshotTests
{
    public static TheoryData<ulong> Seeds => [1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_node_down_for_more_than_two_snapshots_catches_up_by_one_while_writes_go_on(ulong seed)
    {
        var world = Busy(seed, new SnapshotOptions { EveryDecrees = 1000, PieceBytes = 2000 }, logTail: 100);
        var late = Scenario.FollowersOf(world)[0];
        world.Run(TimeSpan.FromSeconds(1));
        late.LosePower();
        var goneAt = Scenario.LeaderOf(world).Life!.Node!.Status.ChosenUpTo;
        Assert.True(world.Until(TimeSpan.FromSeconds(60), () => Scenario.LeaderOf(world).Life!.Node!.Status.ChosenUpTo.Number > goneAt.Number + 3100));
        Assert.True(Times(world, SnapshotNoticeKind.JournalLetGo) > 0);
        var behind = Scenario.LeaderOf(world).Life!.Node!.Status.ChosenUpTo;
        late.Boot();
        Assert.True(
            world.Until(TimeSpan.FromSeconds(20), () => late.Life is { IsRunning: true } life && life.Node!.State.AppliedUpTo > behind),
            world.Describe());
        Assert.Equal(1, Times(world, SnapshotNoticeKind.Installed));
        Scenario.AssertGoodEnd(world);
        // And what it was given is what it begins with.
        late.LosePower();
        late.Boot();
        Scenario.AssertGoodEnd(world);
        Assert.True(Times(world, SnapshotNoticeKind.Recovered) > 0);
        Assert.Equal(0, Times(world, SnapshotNoticeKind.Refused));
    }

    [Fact]
    public void A_node_whose_installed_snapshot_is_sound_in_itself_and_not_the_others_state_stops_at_the_next_slot_that_all_compare()
    {
        var world = Busy(1, new SnapshotOptions { EveryDecrees = 100, TailDecrees = 0 }, logTail: 20);
        var late = Scenario.FollowersOf(world)[0];
        late.LosePower();
        var goneAt = Scenario.LeaderOf(world).Life!.Node!.Status.ChosenUpTo.Number;
        Assert.True(world.Until(
            TimeSpan.FromSeconds(60), () => Scenario.LeaderOf(world).Life!.Node!.Status.ChosenUpTo.Number > goneAt + 400));
        late.Boot();
        Assert.True(world.Until(TimeSpan.FromSeconds(5), () => late.Life is { Node: not null }));
        var node = late.Life!.Node!;
        var installedAt = Slot.Zero;
        node.State.OnInstalled += slot =>
        {
            // Whoever gave it had written one key more into it; its checksums and its own sum are right.
            var put = new System.Buffers.ArrayBufferWriter<byte>();
            var writer = new CommandWriter(put);
            writer.Begin();
            writer.Put(new PutOperation { Key = "strange"u8, Value = "x"u8 });
            node.State.Store.Apply(0, slot, node.State.StoreTimeMicroseconds, put.WrittenSpan, wantOutcome: false);
            installedAt = slot;
        };
        Assert.True(world.Until(TimeSpan.FromSeconds(10), () => installedAt > Slot.Zero), world.Describe());
        Assert.True(world.Until(TimeSpan.FromSeconds(5), () => node.Fault is not null), world.Describe());
        Assert.Contains("differs from that of 2 others", node.Fault, StringComparison.Ordinal);
        var next = (installedAt.Number / 1024 + 1) * 1024;
        Assert.Contains($"after slot {next}.", node.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Old_segments_go_and_two_snapshots_stay(ulong seed)
    {
        var world = Busy(seed, new SnapshotOptions { EveryDecrees = 200, TailDecrees = 20 }, logTail: 100);
        world.Run(TimeSpan.FromSeconds(6));
        Assert.All(world.Machines, machine =>
        {
            Assert.True(machine.Life!.Node!.Journal!.SegmentsRemoved > 0);
            Assert.DoesNotContain("journal-0000000000000001", machine.Medium.Names);
            Assert.InRange(SnapshotsOf(machine).Count, SnapshotFiles.KeptFiles, SnapshotFiles.KeptFiles + 1);
        });
        foreach (var machine in world.Machines)
        {
            machine.LosePower();
        }
        foreach (var machine in world.Machines)
        {
            machine.Boot();
        }
        Scenario.AssertGoodEnd(world);
        Assert.Equal(3, Times(world, SnapshotNoticeKind.Recovered));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_crash_at_any_request_of_snapshots_and_trimming_costs_nothing(ulong seed)
    {
        var world = Busy(seed, new SnapshotOptions { EveryDecrees = 40, TailDecrees = 5, SliceBytes = 500, PieceBytes = 1500 }, logTail: 20);
        var chance = new Chance(seed);
        foreach (var machine in world.Machines)
        {
            CrashNow(world, machine, chance);
        }
        world.Run(TimeSpan.FromSeconds(15));
        foreach (var machine in world.Machines)
        {
            machine.OnDiskRequest = null;
        }
        Scenario.AssertGoodEnd(world);
        var lives = world.Machines.Sum(m => (long)m.Lives);
        var (taken, recovered) = (Times(world, SnapshotNoticeKind.Taken), Times(world, SnapshotNoticeKind.Recovered));
        Assert.True(lives > 30 && taken > 20 && recovered > 20, $"{lives} lives, {taken} taken, {recovered} recovered");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_receiver_that_crashes_at_any_request_catches_up_in_the_end(ulong seed)
    {
        var world = Busy(seed, new SnapshotOptions { EveryDecrees = 60, TailDecrees = 0, PieceBytes = 700 }, logTail: 10);
        var late = Scenario.FollowersOf(world)[0];
        var chance = new Chance(seed);
        for (var round = 1; round <= 12; round++)
        {
            late.LosePower();
            world.Run(TimeSpan.FromSeconds(1));
            var left = round;
            late.OnDiskRequest = request =>
            {
                if (request.Operation >= DiskOperation.AppendAside && --left == 0)
                {
                    world.Scheduler.After(TimeSpan.FromMicroseconds(chance.Between(0, 3000)), late.LosePower);
                }
            };
            late.Boot();
            world.Run(TimeSpan.FromMilliseconds(600));
        }
        late.OnDiskRequest = null;
        Scenario.AssertGoodEnd(world);
        Assert.True(Times(world, SnapshotNoticeKind.Fetching) > 5);
        Assert.True(Times(world, SnapshotNoticeKind.Installed) > 0);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_source_that_dies_is_replaced_by_another(ulong seed)
    {
        var world = Busy(seed, new SnapshotOptions { EveryDecrees = 100, TailDecrees = 0, PieceBytes = 64 }, logTail: 10, nodes: 5);
        var late = Scenario.FollowersOf(world)[0];
        late.LosePower();
        world.Run(TimeSpan.FromSeconds(2));
        late.Boot();
        Machine? source = null;
        Assert.True(world.Until(TimeSpan.FromSeconds(10), () =>
            (source = world.Judges.FetchingFrom is var from and > 0 ? world.Machines[(int)from - 1] : null) is not null));
        source!.LosePower();
        Assert.True(
            world.Until(TimeSpan.FromSeconds(30), () => Times(world, SnapshotNoticeKind.Installed) > 0), world.Describe());
        Assert.True(Times(world, SnapshotNoticeKind.FetchEnded) > 0);
        Scenario.AssertGoodEnd(world);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_damaged_snapshot_is_passed_over_for_the_one_before_it(ulong seed)
    {
        var world = Busy(seed, new SnapshotOptions { EveryDecrees = 100, TailDecrees = 0 }, logTail: 50);
        world.Run(TimeSpan.FromSeconds(4));
        var victim = Scenario.FollowersOf(world)[0];
        victim.LosePower();
        var newest = SnapshotsOf(victim)[^1];
        victim.Medium.Rot(newest, victim.Medium.Snapshot(newest).Length / 2, 0x10);
        victim.Boot();
        Scenario.AssertGoodEnd(world);
        Assert.Equal(1, Times(world, SnapshotNoticeKind.Refused));
        Assert.Null(victim.Refusal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_node_whose_snapshots_are_all_damaged_refuses_to_start_and_says_why(ulong seed)
    {
        var world = Busy(seed, new SnapshotOptions { EveryDecrees = 100, TailDecrees = 0 }, logTail: 50);
        world.Run(TimeSpan.FromSeconds(4));
        var victim = Scenario.FollowersOf(world)[0];
        victim.LosePower();
        foreach (var name in SnapshotsOf(victim))
        {
            victim.Medium.Rot(name, 30, 0x01);
        }
        victim.Boot();
        world.Run(TimeSpan.FromMilliseconds(500));
        Assert.Contains("snapshot", victim.Refusal, StringComparison.Ordinal);
        Assert.Contains("replace the member", victim.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_full_disk_costs_snapshots_and_no_node(ulong seed)
    {
        var world = Busy(seed, new SnapshotOptions { EveryDecrees = 50, TailDecrees = 0, SliceBytes = 300 }, logTail: 50);
        var machine = Scenario.FollowersOf(world)[0];
        machine.OnDiskRequest = request => machine.Medium.CapacityBytes =
            request.Operation == DiskOperation.AppendAside ? 0 : long.MaxValue;
        world.Run(TimeSpan.FromSeconds(2));
        Assert.True(Times(world, SnapshotNoticeKind.Failed) > 0);
        Assert.Null(machine.Life!.Node!.Fault);
        machine.OnDiskRequest = null;
        Scenario.AssertGoodEnd(world);
    }

    private static World Busy(ulong seed, SnapshotOptions snapshots, int logTail, int nodes = 3)
    {
        var world = Scenario.Formed(nodes, seed, o => o with
        {
            Clients = 12,
            ThinkMost = TimeSpan.FromMilliseconds(4),
            Snapshots = snapshots with { JournalPerSnapshotMin = 0 },
            Journal = RandomWorld.TinyJournal(),
            Replica = new ReplicaOptions { LogTailSlotsMax = logTail, LogTailBytesMax = 4000 },
        });
        world.StartClients();
        return world;
    }

    /// <summary>Crashes the machine at one of its next requests that are about snapshots or trimming, and then again.</summary>
    private static void CrashNow(World world, Machine machine, Chance chance)
    {
        var left = chance.Between(1, 80);
        machine.OnDiskRequest = request =>
        {
            var counts = request.Operation >= DiskOperation.Delete ||
                (request.Operation == DiskOperation.WriteAndSync && request.Offset == 0);
            if (!counts || --left != 0)
            {
                return;
            }
            world.Scheduler.After(TimeSpan.FromMicroseconds(chance.Between(0, 4000)), () =>
            {
                if (machine.Life is not null)
                {
                    if (chance.OneIn(3))
                    {
                        machine.Kill();
                    }
                    else
                    {
                        machine.LosePower();
                    }
                }
                world.Scheduler.After(TimeSpan.FromMilliseconds(chance.Between(1, 100)), () =>
                {
                    if (machine.OnDiskRequest is not null)
                    {
                        CrashNow(world, machine, chance);
                    }
                    machine.Boot();
                });
            });
        };
    }

    private static List<string> SnapshotsOf(Machine machine) =>
        [.. machine.Medium.Names.Where(name => SnapshotName.TryParse(name, out _))];

    private static int Times(World world, SnapshotNoticeKind kind) => world.Judges.Snapshots.GetValueOrDefault(kind);
}
