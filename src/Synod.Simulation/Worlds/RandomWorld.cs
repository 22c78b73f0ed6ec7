using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Simulation;

/// <summary>A world of which everything is drawn from the seed: size, limits, network, faults. The daily bread of the tests.</summary>
internal static class RandomWorld
{
    /// <summary>How soon after healing the core must serve, answer and be alike, each.</summary>
    public static TimeSpan ProgressWithin { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Draws the options.</summary>
    public static WorldOptions OptionsOf(ulong seed)
    {
        var chance = new Chance(seed ^ 0x5EED);
        var apart = new Chance(seed ^ 0x5A95);
        return new WorldOptions
        {
            Seed = seed,
            Nodes = chance.Below(8) switch { < 5 => 3, < 7 => 5, _ => 1 },
            Clients = chance.OneIn(8) ? 16 : chance.Between(2, 6),
            ThinkMost = TimeSpan.FromMilliseconds(chance.OneIn(8) ? 2 : 25),
            ValueBytesMost = chance.OneIn(4) ? 1200 : 8,
            FaultyGenesis = chance.OneIn(8),
            Keys = chance.Between(2, 5),
            Chaos = chance.Between(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10)),
            Faults = new FaultMix
            {
                Every = chance.Between(TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(1500)),
                Crashes = chance.Below(8) > 0,
                Pauses = chance.OneIn(2),
                Partitions = chance.Below(4) > 0,
                Disks = chance.OneIn(2),
                Wipes = chance.OneIn(4),
                Rot = new Chance(seed ^ 0x207).OneIn(4),
            },
            Replica = chance.OneIn(2) ? RoomyReplica(apart) : TinyReplica(chance),
            Journal = chance.OneIn(2) ? WorldOptions.SmallJournal : TinyJournal(),
            Snapshots = apart.OneIn(8) ? new Node.SnapshotOptions() : SmallSnapshots(apart),
            ClockDriftPartsPerMillion = chance.OneIn(3) ? 20_000 : 300,
            TurnLatencyMost = TimeSpan.FromMilliseconds(chance.OneIn(4) ? 30 : 2),
            OutstandingMax = chance.OneIn(4) ? 4 : 1024,
            Load = LoadMix.Draw(new Chance(seed ^ 0x10AD5)),
        };
    }

    /// <summary>The limits of real nodes, half of the time with so short a memory that peers must ask the journal.</summary>
    private static ReplicaOptions RoomyReplica(Chance chance) => chance.OneIn(2)
        ? new ReplicaOptions()
        : new ReplicaOptions { LogTailSlotsMax = chance.Between(1, 60), LogTailBytesMax = 4000 };

    /// <summary>Limits so small that the rare paths are the daily ones.</summary>
    public static ReplicaOptions TinyReplica(Chance chance)
    {
        var slots = new ReplicaOptions
        {
            HeartbeatInterval = TimeSpan.FromMilliseconds(chance.OneIn(2) ? 100 : 25),
            ElectionTimeout = TimeSpan.FromMilliseconds(chance.OneIn(2) ? 1000 : 300),
            RetransmitInterval = TimeSpan.FromMilliseconds(chance.OneIn(2) ? 250 : 40),
            WindowSlots = chance.Between(1, 8),
            PendingProposalsMax = chance.Between(1, 16),
            AcceptAheadMax = chance.Between(8, 32),
            LogTailSlotsMax = chance.Between(1, 24),
            LogTailBytesMax = chance.Between(100, 4000),
            PromisePageBytesMax = chance.Between(1, 400),
            CatchUpBytesMax = chance.Between(64, 1000),
            CatchUpSlotsMax = chance.Between(1, 16),
            CampaignLagSlotsMax = chance.Between(4, 64),
        };
        // Of the commands here so many bytes are now more, now fewer than so many slots.
        return slots with
        {
            WindowBytesMax = 60 * slots.WindowSlots,
            PendingBytesMax = 60 * slots.PendingProposalsMax,
            CommandBytesMax = 4 << 10,
            AcceptAheadBytesMax = (60 * slots.AcceptAheadMax) + (4 << 10),
        };
    }

    /// <summary>Snapshots so often that journals are trimmed and nodes catch up by them every few seconds.</summary>
    public static Node.SnapshotOptions SmallSnapshots(Chance chance) => new()
    {
        EveryDecrees = (ulong)chance.Between(20, 200),
        JournalPerSnapshotMin = 0,
        TailDecrees = (ulong)chance.Between(0, 40),
        SliceBytes = chance.OneIn(2) ? 64 << 10 : chance.Between(64, 2000),
        PieceBytes = chance.OneIn(3) ? 256 << 10 : chance.Between(100, 4000),
    };

    public static Storage.JournalOptions TinyJournal() => new()
    {
        SegmentBytes = 16 << 10,
        BatchBytesMax = 4 << 10,
        WriteBytesMax = 4 << 10,
        CarryBytesMax = 256,
        BatchesWaitingMax = 8,
        ReadsWaitingMax = 2,
    };

    /// <summary>Builds a world and runs it to its end.</summary>
    public static World Run(WorldOptions options, Action<World>? prepare = null)
    {
        var world = new World(options);
        prepare?.Invoke(world);
        var chance = new Chance(options.Seed ^ 0xFA17);
        var faults = new FaultInjector(world, chance.Fork());
        if (options.FaultyGenesis)
        {
            foreach (var machine in world.Machines)
            {
                machine.Boot();
            }
        }
        else if (!world.Form())
        {
            world.Judges.Verdicts.Add("liveness", $"the cluster does not form: {world.Describe()}");
            return world;
        }
        Roughen(world, chance);
        world.StartClients();
        faults.Start();
        world.Run(options.Chaos);
        faults.Stop();
        world.Heal(DrawCore(world, chance));
        world.DemandProgress(ProgressWithin);
        world.Close();
        return world;
    }

    /// <summary>Bad manners of network and disks for the whole time of faults.</summary>
    private static void Roughen(World world, Chance chance)
    {
        var isRough = chance.Below(3) > 0;
        var loss = chance.OneIn(2) ? chance.Unit() * 0.1 : 0;
        var duplication = chance.OneIn(2) ? chance.Unit() * 0.2 : 0;
        var reorders = chance.OneIn(3);
        var late = chance.OneIn(3);
        foreach (var (_, _, conditions) in world.Network.All())
        {
            if (isRough)
            {
                conditions.Loss = loss;
                conditions.Duplication = duplication;
                conditions.Reorders = reorders;
                conditions.ArrivesLate = late;
                conditions.Spikes = 0.01;
                conditions.DelayMost = chance.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20));
            }
        }
        foreach (var machine in world.Machines)
        {
            machine.Disk.Spikes = chance.OneIn(2) ? 0.01 : 0;
        }
    }

    /// <summary>A quorum at least, without who was wiped.</summary>
    private static List<int> DrawCore(World world, Chance chance)
    {
        if (world.Options.FaultyGenesis)
        {
            return [.. Enumerable.Range(0, world.Options.Nodes)]; // The first start needs every member.
        }
        var able = world.Machines.Where(m => !m.WasWiped && !m.HasRotten).Select(m => m.Index).ToList();
        var least = world.Options.Nodes / 2 + 1;
        var spare = chance.OneIn(2) ? 0 : chance.Below(able.Count - least + 1);
        for (var i = 0; i < spare; i++)
        {
            able.RemoveAt(chance.Below(able.Count));
        }
        return able;
    }
}
