using Synod.Node;
using Synod.Paxos.Multi;
using Synod.Storage;

namespace Synod.Simulation.Tests;

/// <summary>
/// Leaders that are cut off keep acceptances of decrees that lose, and catch up by snapshots; then the newest snapshot
/// rots. Such a node goes on from the one before it or refuses to start, and never takes a loser for chosen.
/// </summary>
public sealed class SnapshotRotTests
{
    private const int Rounds = 5;

    public static TheoryData<ulong> Seeds => [1, 2, 3, 16]; // With 16 the node refuses.

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_leader_that_was_cut_off_and_whose_newest_snapshot_rots_diverges_from_nobody(ulong seed)
    {
        var chance = new Chance(seed);
        var world = Scenario.Formed(3, seed, o => o with
        {
            Clients = 12,
            ThinkMost = TimeSpan.FromMilliseconds(4),
            Snapshots = new SnapshotOptions { EveryDecrees = 20, TailDecrees = 0, SliceBytes = 500, PieceBytes = 1500 },
            Journal = RandomWorld.TinyJournal(),
            Replica = new ReplicaOptions { LogTailSlotsMax = 20, LogTailBytesMax = 4000 },
        });
        world.StartClients();
        var rotted = 0;
        var victim = Scenario.LeaderOf(world);
        for (var round = 0; round < Rounds && victim.Refusal is null; round++)
        {
            world.Run(TimeSpan.FromMilliseconds(chance.Between(200, 1500)));
            victim = world.Leader() ?? victim;
            Scenario.Isolate(world, victim);
            world.Run(TimeSpan.FromMilliseconds(chance.Between(500, 3000)));
            world.Network.HealAll();
            world.Run(TimeSpan.FromMilliseconds(chance.Between(50, 600)));
            victim.LosePower();
            if (victim.Medium.Names.LastOrDefault(name => SnapshotName.TryParse(name, out _)) is { } newest)
            {
                victim.Medium.Rot(newest, SnapshotChunk.HeaderBytes + 1, 0x01);
                rotted++;
            }
            victim.Boot();
            world.Run(TimeSpan.FromMilliseconds(300));
        }
        Assert.True(rotted > 0);
        world.Heal([.. world.Machines.Where(m => m.Refusal is null).Select(m => m.Index)]);
        world.DemandProgress(RandomWorld.ProgressWithin);
        world.Close();
        // That it refuses with these words is sound; anything else that a judge has to say is not.
        Assert.DoesNotContain(world.Violations, said => !said.Contains("replace the member", StringComparison.Ordinal));
    }

    [Fact]
    public void Rot_in_the_older_of_two_snapshots_is_told_before_it_is_needed_and_another_takes_its_place()
    {
        var world = Scenario.Formed(1, 5, o => o with
        {
            Clients = 2,
            ThinkMost = TimeSpan.FromMilliseconds(20),
            Snapshots = new SnapshotOptions { EveryDecrees = 50, JournalPerSnapshotMin = 0 },
        });
        world.StartClients();
        var machine = world.Machines[0];
        world.Run(TimeSpan.FromSeconds(4));
        Assert.True(world.Judges.Snapshots[SnapshotNoticeKind.Taken] >= 2);
        world.ClientsRest = true;
        world.Run(TimeSpan.FromSeconds(1));
        var taken = world.Judges.Snapshots[SnapshotNoticeKind.Taken];
        var older = machine.Medium.Names.First(name => SnapshotName.TryParse(name, out _));
        machine.Medium.Rot(older, SnapshotChunk.HeaderBytes + 1, 0x01);
        world.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(1, world.Judges.Snapshots[SnapshotNoticeKind.Rotten]);
        Scenario.AssertPut(world, machine, TimeSpan.FromSeconds(1));
        world.Run(TimeSpan.FromSeconds(1));
        Assert.True(world.Judges.Snapshots[SnapshotNoticeKind.Taken] > taken);
        Assert.DoesNotContain(older, machine.Medium.Names);
    }

    [Fact]
    public void A_node_that_is_idle_while_both_snapshots_rot_starts_again_all_the_same()
    {
        var world = Scenario.Formed(1, 5, o => o with
        {
            Clients = 2,
            ThinkMost = TimeSpan.FromMilliseconds(20),
            Snapshots = new SnapshotOptions { EveryDecrees = 50, TailDecrees = 0, JournalPerSnapshotMin = 0 },
            Journal = RandomWorld.TinyJournal(),
        });
        world.StartClients();
        var machine = world.Machines[0];
        world.Run(TimeSpan.FromSeconds(4));
        world.ClientsRest = true;
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Contains(SnapshotNoticeKind.JournalLetGo, world.Judges.Snapshots.Keys);
        foreach (var name in machine.Medium.Names.Where(name => SnapshotName.TryParse(name, out _)).ToArray())
        {
            machine.Medium.Rot(name, SnapshotChunk.HeaderBytes + 1, 0x01);
        }
        world.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(2, world.Judges.Snapshots[SnapshotNoticeKind.Rotten]);
        machine.LosePower();
        machine.Boot();
        world.Run(TimeSpan.FromSeconds(5));
        Assert.Null(machine.Refusal);
        Scenario.AssertPut(world, machine, TimeSpan.FromSeconds(5));
        Assert.Empty(world.Violations);
    }
}
