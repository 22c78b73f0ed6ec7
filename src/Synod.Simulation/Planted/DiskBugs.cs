using System.Buffers.Binary;
using Synod.Paxos;
using Synod.Ports;
using Synod.Storage;

namespace Synod.Simulation;

/// <summary>Disks, and operators, that break their word.</summary>
internal static class DiskBugs
{
    public static IEnumerable<PlantedBug> All()
    {
        yield return new PlantedBug(
            "skipped sync", "syncs do nothing and say they did", 20,
            o => o with { SyncsAreLies = true }, static _ => { });
        yield return new PlantedBug(
            "late sync", "syncs are answered at once and carried out up to 100 ms later", 60,
            o => o with { SyncsAreLies = true }, SyncNowAndThen);
        yield return new PlantedBug(
            "lost journal", "a loss of power takes the journal, and the directory says there never was one", 60,
            o => o with { AfterPowerLoss = LoseJournal }, static _ => { });
        yield return new PlantedBug(
            "restored backup", "an operator puts back an older copy of the data directory", 60,
            static o => o, RestoreBackups);
        yield return new PlantedBug(
            "unsynced snapshot", "a snapshot gets its name before it is synced, and the journal goes behind it", 20,
            SmallSnapshots, static world =>
            {
                foreach (var machine in world.Machines)
                {
                    machine.Medium.RenamesBeforeSync = true;
                }
            });
        yield return new PlantedBug(
            "early trim", "old segments go before the opening with the later carry is synced", 20,
            SmallSnapshots, TrimEarly);
    }

    private static WorldOptions SmallSnapshots(WorldOptions options) => options with
    {
        Snapshots = RandomWorld.SmallSnapshots(new Chance(options.Seed)),
        Journal = RandomWorld.TinyJournal(),
    };

    /// <summary>The power fails now and then just when it matters; without the bug that harms nobody.</summary>
    private static void TrimEarly(World world)
    {
        var openings = 0;
        foreach (var machine in world.Machines)
        {
            machine.OnDiskRequest = request =>
            {
                if (request.Operation == DiskOperation.WriteAndSync && request.Offset == 0 && IsSegment(request.Name))
                {
                    TrimBefore(machine.Medium, request);
                    if (++openings % 8 == 0)
                    {
                        world.Scheduler.After(TimeSpan.FromMicroseconds(50), () => Restart(world, machine));
                    }
                }
            };
        }
    }

    private static void Restart(World world, Machine machine)
    {
        if (machine.Life is not null)
        {
            machine.LosePower();
        }
        world.Scheduler.After(TimeSpan.FromMilliseconds(100), machine.Boot);
    }

    /// <summary>An opening names the record that it goes on after at place 16, and the lowest needed one at 32.</summary>
    private static void TrimBefore(SimulatedMedium medium, in DiskRequest opening)
    {
        var entered = opening.Name;
        var oldestNeeded = BinaryPrimitives.ReadUInt64LittleEndian(opening.Bytes.Span[32..]);
        var goesOnAfter = BinaryPrimitives.ReadUInt64LittleEndian(opening.Bytes.Span[16..]);
        var older = medium.Names
            .Where(name => IsSegment(name) && string.CompareOrdinal(name, entered) < 0).ToList();
        for (var i = 0; i < older.Count; i++)
        {
            var end = i + 1 < older.Count
                ? BinaryPrimitives.ReadUInt64LittleEndian(medium.Snapshot(older[i + 1]).AsSpan(16))
                : goesOnAfter;
            if (end >= oldestNeeded)
            {
                break;
            }
            medium.Lose(older[i]);
        }
    }

    private static bool IsSegment(string name) => name.StartsWith("journal-0", StringComparison.Ordinal);

    private static void SyncNowAndThen(World world) => world.Scheduler.After(TimeSpan.FromMilliseconds(100), () =>
    {
        foreach (var machine in world.Machines)
        {
            machine.Medium.SyncsAreLies = false;
            foreach (var name in machine.Medium.Names)
            {
                machine.Medium.Sync(name);
            }
            machine.Medium.SyncsAreLies = true;
        }
        SyncNowAndThen(world);
    });

    private static void LoseJournal(Machine machine)
    {
        foreach (var name in machine.Medium.Names.Where(n => !n.StartsWith("identity", StringComparison.Ordinal)))
        {
            machine.Medium.Lose(name);
        }
        var directory = new DataDirectory(machine.Medium.Open());
        if (directory.Record is { } record)
        {
            directory.Save(record with { JournalBegun = false }, static () => { });
        }
    }

    private static void RestoreBackups(World world)
    {
        world.Scheduler.After(TimeSpan.FromSeconds(1), () =>
        {
            var machine = world.Machines[(int)(world.Options.Seed % (ulong)world.Options.Nodes)];
            var backup = machine.Medium.Clone();
            world.Scheduler.After(TimeSpan.FromSeconds(1), () =>
            {
                if (machine.Life is not null && !machine.WasWiped)
                {
                    machine.LosePower();
                    machine.PutBack(backup);
                    machine.Boot();
                }
            });
            RestoreBackups(world);
        });
    }
}
