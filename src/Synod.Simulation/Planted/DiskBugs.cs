using Synod.Paxos;
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
    }

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
