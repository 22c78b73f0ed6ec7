using FsCheck;
using FsCheck.Fluent;
using Synod.Paxos;
using Synod.Ports;
using Synod.Simulation;
using Synod.Storage.Disks;
using Synod.Storage.Durable;
using static Synod.Storage.Tests.Durable.DurableScenarioTests;

namespace Synod.Storage.Tests.Durable;

public class AlternatingStoreTests
{
    private static readonly string[] States = ["initial", "second", "third", "fourth", "fifth"];

    /// <summary>
    /// Begins all saves, and stops when so many requests are carried out; the completion of the last may be unheard.
    /// </summary>
    /// <returns>How many saves were acknowledged and begun, and whether that was all there is to do.</returns>
    private static (int Acknowledged, int Begun, bool Ended) RunUntil(
        SimulatedMedium medium, int requests, bool lastIsHeard)
    {
        var disk = medium.Open();
        disk.CompletesByHand = true;
        var store = new AlternatingStore(disk, "paxos");
        var acknowledged = 0;
        var carriedOut = 0;
        foreach (var state in States)
        {
            store.BeginSave(Bytes(state));
            while (store.IsSaving)
            {
                if (carriedOut == requests || !disk.CompleteOne())
                {
                    return (acknowledged, acknowledged + 1, false);
                }
                carriedOut++;
                if (carriedOut < requests || lastIsHeard)
                {
                    store.Turn();
                }
            }
            acknowledged++;
        }
        while (carriedOut < requests && disk.CompleteOne())
        {
            carriedOut++;
        }
        return (acknowledged, acknowledged, carriedOut < requests);
    }

    [Fact]
    public void After_a_crash_at_any_operation_all_that_was_acknowledged_is_there()
    {
        var cases = 0;
        var ended = false;
        for (var requests = 0; !ended; requests++)
        {
            foreach (var heard in new[] { true, false })
            {
                foreach (var power in new[] { true, false })
                {
                    var medium = World.NewMedium();
                    var run = RunUntil(medium, requests, heard);
                    ended = run.Ended;
                    if (power)
                    {
                        medium.LosePower();
                    }
                    else
                    {
                        medium.KillProcess();
                    }
                    var store = Open(medium);
                    Assert.InRange((int)store.Serial, run.Acknowledged, run.Begun);
                    Assert.Equal(store.Serial == 0 ? null : States[store.Serial - 1], TextOf(store));

                    // It goes on, also over another crash.
                    store.Save(Bytes("after"), () => { });
                    medium.LosePower();
                    Assert.Equal("after", TextOf(Open(medium)));
                    Assert.InRange(medium.Names.Count, 1, 2);
                    cases++;
                }
            }
        }
        Assert.True(cases >= 4 * (States.Length + 3), $"{cases}");
    }

    [Theory]
    [InlineData(DiskFault.WriteFails)]
    [InlineData(DiskFault.ShortWrite)]
    [InlineData(DiskFault.SyncFails)]
    [InlineData(DiskFault.NoSpace)]
    public void Failed_saves_never_touch_the_only_good_copy(DiskFault fault)
    {
        // Where the toggle advances before the write succeeded, the second failed save destroys the last good copy.
        var medium = Saved("initial", "second");
        for (var i = 0; i < 4; i++)
        {
            var disk = medium.Open();
            var store = new AlternatingStore(disk, "paxos");
            Assert.Equal("second", TextOf(store));
            disk.FaultOf = _ => fault;
            Assert.Throws<DirectoryRefusedException>(() => store.Save(Bytes("third"), () => { }));
            Assert.Equal("second", TextOf(store));
            Assert.NotNull(store.Fault);
            Assert.Throws<InvariantViolatedException>(() => store.BeginSave(Bytes("third")));
            medium.LosePower();
        }
        var healed = Open(medium);
        Assert.Equal("second", TextOf(healed));
        healed.Save(Bytes("third"), () => { });
        Assert.Equal("third", TextOf(Open(medium)));
    }

    /// <summary>The test above finds the bug it is about: here is a store that has it.</summary>
    [Fact]
    public void A_store_that_toggles_too_early_loses_its_only_good_copy()
    {
        var medium = World.NewMedium();
        var disk = medium.Open();
        var store = new EagerToggleStore(disk);
        Assert.True(store.Save(Bytes("initial")));
        Assert.True(store.Save(Bytes("second")));
        Assert.Equal(Bytes("second"), new EagerToggleStore(medium.Open()).State);
        disk.FaultOf = _ => DiskFault.ShortWrite;
        Assert.False(store.Save(Bytes("a longer third")));
        Assert.False(store.Save(Bytes("a longer third")));
        medium.Torn = TornWrite.Everything;
        medium.LosePower();
        Assert.NotEqual(Bytes("second"), new EagerToggleStore(medium.Open()).State);
    }

    [Fact]
    public void A_failed_deletion_comes_after_the_save_and_stops_the_next()
    {
        var medium = Saved("initial", "second");
        var disk = medium.Open();
        var store = new AlternatingStore(disk, "paxos");
        disk.FaultOf = request => request.Operation == DiskOperation.Delete ? DiskFault.WriteFails : DiskFault.None;
        store.BeginSave(Bytes("third"));
        Assert.True(store.Turn());
        Assert.Equal("third", TextOf(store));
        Assert.NotNull(store.Fault);
        medium.LosePower();
        var again = Open(medium);
        Assert.Equal("third", TextOf(again));
        again.Save(Bytes("fourth"), () => { });
        Assert.Equal([FileOf(3), FileOf(4)], medium.Names);
    }

    [Fact]
    public void Nothing_is_acknowledged_before_the_disk_says_so()
    {
        var medium = Saved("initial");
        var disk = medium.Open();
        disk.CompletesByHand = true;
        var store = new AlternatingStore(disk, "paxos");
        store.BeginSave(Bytes("second"));
        Assert.False(store.Turn());
        Assert.Equal("initial", TextOf(store));
        Assert.Throws<InvariantViolatedException>(() => store.BeginSave(Bytes("third")));
        disk.CompleteOne();
        Assert.True(store.Turn());
        Assert.Equal("second", TextOf(store));
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_the_newest_is_refused_and_in_the_older_harmless()
    {
        var length = Saved("initial", "second").Snapshot(FileOf(2)).Length;
        for (var offset = 0; offset < length; offset++)
        {
            var newest = Saved("initial", "second");
            newest.Rot(FileOf(2), offset, 0x10);
            Assert.Throws<DirectoryRefusedException>(() => Open(newest));
            var older = Saved("initial", "second");
            older.Rot(FileOf(1), offset, 0x10);
            Assert.Equal("second", TextOf(Open(older)));
        }
    }

    [Fact]
    public void A_file_that_vanished_is_noticed()
    {
        foreach (var (states, lost) in new[] { (2, 2), (3, 3), (3, 2) })
        {
            var medium = Saved(States[..states]);
            medium.Lose(FileOf(lost));
            if (states == 2)
            {
                // One file with serial 1 is also what a first save leaves: this loss has no trace.
                Assert.Equal("initial", TextOf(Open(medium)));
                continue;
            }
            Assert.Contains("missing", Assert.Throws<DirectoryRefusedException>(() => Open(medium)).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_later_format_is_refused_as_such()
    {
        var medium = Saved("initial", "second");
        var file = medium.Snapshot(FileOf(2));
        file[7]++;
        Overwrite(medium, 2, file);
        Assert.Contains("does not know", Assert.Throws<DirectoryRefusedException>(() => Open(medium)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Another_files_record_under_the_newest_name_is_refused()
    {
        var medium = Saved("initial", "second");
        Overwrite(medium, 2, medium.Snapshot(FileOf(1)));
        Assert.Throws<DirectoryRefusedException>(() => Open(medium));
    }

    [Fact]
    public void Records_come_back_and_random_bytes_never_pass() =>
        Prop.ForAll<ulong, byte[]>((serial, state) =>
        {
            var record = StateRecord.Write(serial, state);
            var isIntact = StateRecord.Read(record, out var readSerial, out var readState) == StateVerdict.Intact;
            byte[] longer = [.. record, 0];
            return isIntact && readSerial == serial && readState.Span.SequenceEqual(state)
                && StateRecord.Read(state, out _, out _) != StateVerdict.Intact
                && StateRecord.Read(longer, out _, out _) == StateVerdict.Damaged;
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void On_a_real_disk_it_is_the_same()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            for (var i = 0; i < States.Length; i++)
            {
                using var directory = new LockedDirectory(path);
                var store = new AlternatingStore(directory.OpenDisk(), "paxos");
                Assert.Equal(i == 0 ? null : States[i - 1], TextOf(store));
                store.Save(Bytes(States[i]), () => Thread.Yield());
            }
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
