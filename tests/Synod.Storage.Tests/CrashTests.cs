using Synod.Paxos;
using Synod.Simulation;
using Synod.Storage.Recovery;

namespace Synod.Storage.Tests;

/// <summary>Crashes at every point where the disk is asked for something, with every way a write can tear.</summary>
public class CrashTests
{
    private const int Writes = 32;

    /// <summary>A carry that reaches over two sectors, so that an opening can be torn behind its header.</summary>
    private static readonly byte[] s_carry = World.PayloadOf(99, 600);

    private static readonly JournalOptions s_options = World.Tiny with { CarryBytesMax = 700 };

    private static World NewWorld(SimulatedMedium medium, bool mustExist = false)
    {
        var world = new World(medium, s_options with { MustExist = mustExist });
        world.Host.NextCarry = s_carry;
        return world;
    }

    private static World Opened(SimulatedMedium medium, bool mustExist = false)
    {
        var world = NewWorld(medium, mustExist);
        world.Open();
        Assert.True(world.Host.Carry is null || world.Host.Carry.AsSpan().SequenceEqual(s_carry));
        return world;
    }

    /// <summary>
    /// A core that posts records of several sizes and lets the journal go idle now and then, over a disk whose requests
    /// complete one by one; the run is cut when so many were submitted.
    /// </summary>
    private static (SimulatedMedium Medium, ulong Persisted, ulong Posted, bool Ended) RunUntil(int crashAt)
    {
        var medium = World.NewMedium();
        var world = NewWorld(medium);
        var submitted = 0;
        world.Disk.CompletesByHand = true;
        world.Disk.OnSubmit = _ => submitted++;
        var opening = new JournalOpening(world.Disk, world.Options, world.Host);
        while (!opening.Step())
        {
            if (submitted == crashAt)
            {
                return (medium, 0, 0, false);
            }
            world.Disk.CompleteOne();
        }
        world.Adopt(opening);
        for (var i = 0; i < Writes; i++)
        {
            world.Post(1 + i % 3, 10 + 150 * (i % 5));
            for (var turn = 0; turn < 4; turn++)
            {
                world.Turn();
                if (submitted >= crashAt)
                {
                    return (medium, world.Persisted, world.LastNumber, false);
                }
                world.Disk.CompleteOne();
                world.Now += i % 4 == 0 ? TimeSpan.FromMilliseconds(20) : TimeSpan.Zero;
            }
        }
        return (medium, world.Persisted, world.LastNumber, true);
    }

    private static IEnumerable<(TornWrite Manner, int Sector)> Tears()
    {
        yield return (TornWrite.Nothing, 0);
        yield return (TornWrite.Everything, 0);
        for (var sector = 0; sector < 5; sector++)
        {
            yield return (TornWrite.Prefix, sector);
            yield return (TornWrite.AllButOne, sector);
            yield return (TornWrite.OneGarbage, sector);
        }
        yield return (TornWrite.Random, 0);
    }

    private static void End(SimulatedMedium medium, TornWrite manner, int sector, bool power)
    {
        medium.Torn = manner;
        medium.TornAtSector = sector;
        if (power)
        {
            medium.LosePower();
        }
        else
        {
            medium.KillProcess();
        }
    }

    [Fact]
    public void After_a_crash_at_any_write_all_that_was_acknowledged_is_there()
    {
        var crashAt = 0;
        var cases = 0;
        for (var ended = false; !ended; crashAt++)
        {
            var run = RunUntil(crashAt);
            ended = run.Ended;
            foreach (var (manner, sector) in Tears())
            {
                foreach (var power in new[] { true, false })
                {
                    var medium = run.Medium.Clone();
                    End(medium, manner, sector, power);
                    var world = Opened(medium, mustExist: run.Persisted > 0);
                    world.AssertRecovered(run.Persisted, run.Posted);
                    var recovered = world.LastNumber;

                    // It goes on, and what recovery showed survives a second crash, now of the power.
                    world.Post();
                    world.Turn();
                    Assert.Equal(recovered + 1, world.Persisted);
                    medium.LosePower();
                    Opened(medium).AssertRecovered(recovered + 1, recovered + 1);
                    cases++;
                }
            }
        }
        Assert.True(crashAt > 50 && cases > 1500, $"{crashAt} crash points, {cases} cases");
    }

    [Fact]
    public void After_a_crash_at_any_write_of_recovery_itself_nothing_is_lost()
    {
        var crashesInRecovery = 0;
        for (var crashAt = 4; ; crashAt++)
        {
            var run = RunUntil(crashAt);
            if (run.Ended)
            {
                break;
            }
            End(run.Medium, TornWrite.Everything, 0, power: false); // all reached the cache, nothing the medium
            for (var requests = 0; ; requests++)
            {
                var opened = false;
                foreach (var (manner, sector) in Tears())
                {
                    var medium = run.Medium.Clone();
                    opened = RecoverInPart(medium, requests);
                    End(medium, manner, sector, power: true);
                    Opened(medium).AssertRecovered(run.Persisted, run.Posted);
                    crashesInRecovery++;
                }
                if (opened)
                {
                    break;
                }
            }
        }
        Assert.True(crashesInRecovery > 1000, $"{crashesInRecovery}");
    }

    /// <returns>True when recovery was done before so many requests were completed.</returns>
    private static bool RecoverInPart(SimulatedMedium medium, int requests)
    {
        var world = NewWorld(medium);
        world.Disk.CompletesByHand = true;
        var opening = new JournalOpening(world.Disk, world.Options, world.Host);
        for (var i = 0; i < requests && !opening.Step(); i++)
        {
            world.Disk.CompleteOne();
        }
        return opening.Step();
    }

    [Fact]
    public void A_disk_that_skips_the_sync_is_caught()
    {
        var medium = World.NewMedium();
        var world = World.Opened(medium);
        medium.SyncsAreLies = true;
        world.Post();
        world.Turn();
        Assert.Equal(1UL, world.Persisted);
        End(medium, TornWrite.Nothing, 0, power: true);
        var again = World.Opened(medium);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => again.AssertRecovered(world.Persisted, world.Persisted));
    }

    [Fact]
    public void A_torn_write_damages_nothing_that_was_synced_before()
    {
        var world = World.Opened(World.NewMedium());
        var last = -1L;
        world.Disk.OnSubmit = request =>
        {
            Check.That(request.Offset % SimulatedMedium.SectorBytes == 0);
            if (request.Operation == Ports.DiskOperation.WriteAndSync && request.Name == "journal-0000000000000001")
            {
                Assert.True(request.Offset >= last, "a sector was written twice");
                last = request.Offset + request.Bytes.Length;
            }
        };
        for (var i = 0; i < 5; i++)
        {
            world.Post(length: 30);
            world.Turn();
        }
        Assert.True(last > 5 * 512);
    }
}
