using System.Text;
using Synod.Ports;
using Synod.Simulation;
using Synod.Storage.Disks;
using Synod.Storage.Durable;

namespace Synod.Storage.Tests.Durable;

/// <summary>
/// Scenarios 65 to 77: the two-file store of known implementations. File a is that of the odd serials, file b that of
/// the even ones; here each save has a file of its own, and two are kept.
/// </summary>
public class DurableScenarioTests
{
    internal static string FileOf(int serial) => $"paxos-{serial:x16}";

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    internal static string? TextOf(AlternatingStore store) =>
        store.State is { } state ? Encoding.UTF8.GetString(state.Span) : null;

    internal static AlternatingStore Open(SimulatedMedium medium) => new(medium.Open(), "paxos");

    internal static SimulatedMedium Saved(params string[] states)
    {
        var medium = World.NewMedium();
        var store = Open(medium);
        foreach (var state in states)
        {
            store.Save(Bytes(state), () => { });
        }
        return medium;
    }

    /// <summary>Puts other bytes in the place of a file, as if it had rotted.</summary>
    internal static void Overwrite(SimulatedMedium medium, int serial, byte[] bytes) => medium.Open().Submit(
        new DiskRequest(1, DiskOperation.ReplaceWhole, FileOf(serial), 0, bytes, 0));

    private static StateVerdict Judge(byte[] file) => StateRecord.Read(file, out _, out _);

    [Fact]
    public void Scenario_65_an_empty_file_is_truncated() => Assert.Equal(StateVerdict.Truncated, Judge([]));

    [Fact]
    public void Scenario_66_a_file_shorter_than_its_header_is_truncated() =>
        Assert.Equal(StateVerdict.Truncated, Judge(new byte[31]));

    [Fact]
    public void Scenario_67_a_file_shorter_than_its_header_says_is_truncated()
    {
        var whole = StateRecord.Write(0, new byte[5]);
        Assert.Equal(StateVerdict.Truncated, Judge(whole[..StateRecord.HeaderBytes]));
        Assert.Equal(StateVerdict.Truncated, Judge(whole[..^1]));
    }

    [Fact]
    public void Scenario_68_a_checksum_that_does_not_fit_is_damage()
    {
        var file = StateRecord.Write(0, Bytes("foo"));
        file[24] ^= 1;
        Assert.Equal(StateVerdict.Damaged, Judge(file));
    }

    [Fact]
    public void Scenario_69_a_whole_record_is_its_serial_and_state()
    {
        var file = StateRecord.Write(0, Bytes("foo"));
        Assert.Equal(StateVerdict.Intact, StateRecord.Read(file, out var serial, out var state));
        Assert.Equal((0UL, "foo"), (serial, Encoding.UTF8.GetString(state.Span)));
    }

    [Fact]
    public void Scenario_70_a_directory_that_cannot_be_is_an_error()
    {
        var file = Path.GetTempFileName();
        try
        {
            var e = Assert.Throws<DirectoryRefusedException>(
                () => new LockedDirectory(Path.Combine(file, "directory")));
            Assert.Contains(file, e.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Scenario_71_a_store_that_never_saved_has_nothing_and_begins_with_serial_one()
    {
        var medium = World.NewMedium();
        var store = Open(medium);
        Assert.Null(store.State);
        Assert.Equal(0UL, store.Serial);
        store.Save(Bytes("initial"), () => { });
        Assert.Equal(1UL, store.Serial);
    }

    [Fact]
    public void Scenario_72_one_save_is_one_file()
    {
        var medium = Saved("initial");
        Assert.Equal([FileOf(1)], medium.Names);
        Assert.True(medium.Snapshot(FileOf(1)).Length > 0);
        Assert.Equal("initial", TextOf(Open(medium)));
    }

    [Fact]
    public void Scenario_73_two_saves_are_two_files()
    {
        var medium = Saved("initial", "second");
        Assert.Equal([FileOf(1), FileOf(2)], medium.Names);
        Assert.Equal("second", TextOf(Open(medium)));
    }

    [Fact]
    public void Scenario_74_the_third_save_takes_the_place_of_the_first()
    {
        var medium = Saved("initial", "second", "third");
        Assert.Equal([FileOf(2), FileOf(3)], medium.Names);
        Assert.Equal("third", TextOf(Open(medium)));
    }

    /// <summary>
    /// Known outcome: 'initial' is recovered. But 'second' was durable and acted on; to go back is to break a promise,
    /// and two values can be chosen. An older state must not be taken for the newest: the store refuses, and says which
    /// file.
    /// </summary>
    [Fact]
    public void Scenario_75_damage_to_the_newest_must_not_bring_an_older_state_back()
    {
        var medium = Saved("initial", "second");
        Overwrite(medium, 2, [0]);
        var e = Assert.Throws<DirectoryRefusedException>(() => Open(medium));
        Assert.Contains(FileOf(2), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scenario_76_damage_to_the_older_costs_nothing()
    {
        var medium = Saved("initial", "second");
        Overwrite(medium, 1, [0]);
        var store = Open(medium);
        Assert.Equal("second", TextOf(store));
        store.Save(Bytes("third"), () => { });
        Assert.Equal("third", TextOf(Open(medium)));
    }

    [Fact]
    public void Scenario_77_damage_to_both_is_refused()
    {
        var medium = Saved("initial", "second");
        Overwrite(medium, 1, [0]);
        Overwrite(medium, 2, [0]);
        Assert.Throws<DirectoryRefusedException>(() => Open(medium));
    }
}
