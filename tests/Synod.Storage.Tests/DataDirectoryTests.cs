using Synod.Paxos;
using Synod.Ports;
using Synod.Simulation;

namespace Synod.Storage.Tests;

public class DataDirectoryTests
{
    private static readonly DirectoryRecord s_record = new(
        new DataIdentity(0x1234), 0xABCD, new NodeId(2), "n 2", true, true,
        [new MemberIdentity(new NodeId(1), new DataIdentity(5)),
            new MemberIdentity(new NodeId(2), new DataIdentity(0x1234))]);

    private static SimulatedMedium Saved(params DirectoryRecord[] records)
    {
        var medium = World.NewMedium();
        var directory = new DataDirectory(medium.Open());
        foreach (var record in records)
        {
            directory.Save(record, () => { });
        }
        return medium;
    }

    private static void AssertSame(DirectoryRecord expected, DirectoryRecord? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Members, actual.Members);
        Assert.Equal(expected with { Members = [] }, actual with { Members = [] });
    }

    [Fact]
    public void An_empty_directory_is_fresh_and_one_with_a_journal_and_no_identity_is_not()
    {
        Assert.Null(new DataDirectory(World.NewMedium().Open()).Record);
        var medium = World.NewMedium();
        World.Opened(medium);
        var e = Assert.Throws<DirectoryRefusedException>(() => new DataDirectory(medium.Open()));
        Assert.Contains("identity", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_saved_is_read_back()
    {
        var medium = Saved(DirectoryRecord.Fresh(new DataIdentity(0x1234), 0xABCD, new NodeId(2), "n 2"), s_record);
        medium.LosePower();
        AssertSame(s_record, new DataDirectory(medium.Open()).Record);
    }

    [Fact]
    public void A_directory_of_another_cluster_or_member_is_refused()
    {
        var directory = new DataDirectory(Saved(s_record).Open());
        directory.Expect(0xABCD, new NodeId(2), "n 2");
        void Refused(string word, ulong cluster, uint node, string name) => Assert.Contains(
            word, Refusal(() => directory.Expect(cluster, new NodeId(node), name)), StringComparison.Ordinal);
        Refused("cluster", 0xABCE, 2, "n 2");
        Refused("member n2", 0xABCD, 3, "n 2");
        Refused("\"n 3\"", 0xABCD, 2, "n 3");
    }

    [Fact]
    public void An_identity_once_drawn_does_not_change()
    {
        var directory = new DataDirectory(Saved(s_record).Open());
        Assert.Throws<InvariantViolatedException>(
            () => directory.BeginSave(s_record with { Identity = new DataIdentity(9) }));
    }

    [Fact]
    public void A_flipped_byte_in_one_copy_costs_nothing_and_is_mended()
    {
        foreach (var name in new[] { "identity", "identity-copy" })
        {
            var length = Saved(s_record).Snapshot(name).Length;
            for (var offset = 0; offset < length; offset++)
            {
                var medium = Saved(s_record with { Active = false }, s_record);
                medium.Rot(name, offset, 0x01);
                var directory = new DataDirectory(medium.Open());
                AssertSame(s_record, directory.Record);
                Assert.True(directory.NeedsRepair);
                directory.Save(s_record, () => { });
                Assert.False(new DataDirectory(medium.Open()).NeedsRepair);
            }
        }
    }

    [Fact]
    public void Damage_to_both_copies_is_refused()
    {
        var medium = Saved(s_record);
        medium.Rot("identity", 30, 1);
        medium.Rot("identity-copy", 40, 1);
        Assert.Contains("both", Refusal(() => _ = new DataDirectory(medium.Open())), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_crash_at_any_write_of_a_save_the_old_or_the_new_record_is_there()
    {
        var old = s_record with { Active = false };
        for (var completed = 0; completed <= 2; completed++)
        {
            var medium = Saved(old);
            var disk = medium.Open();
            disk.CompletesByHand = true;
            var directory = new DataDirectory(disk);
            directory.BeginSave(s_record);
            for (var i = 0; i < completed; i++)
            {
                Assert.True(disk.CompleteOne());
                Assert.Equal(i == 1, directory.Turn());
            }
            medium.LosePower();
            var again = new DataDirectory(medium.Open());
            AssertSame(completed == 0 ? old : s_record, again.Record);
            Assert.Equal(completed == 1, again.NeedsRepair);
        }
    }

    [Fact]
    public void A_save_that_failed_is_not_said_to_be_done()
    {
        var disk = Saved().Open();
        var directory = new DataDirectory(disk);
        disk.FaultOf = static request => request.Name == "identity-copy" ? DiskFault.NoSpace : DiskFault.None;
        directory.BeginSave(s_record);
        Assert.True(directory.Turn());
        Assert.NotNull(directory.Fault);
        Assert.Null(directory.Record);
        Assert.Throws<InvariantViolatedException>(() => directory.BeginSave(s_record));
    }

    [Fact]
    public void A_later_format_is_refused_as_such()
    {
        var medium = Saved();
        var body = "synod data directory, format 2\n";
        var checksum = Format.Crc32C.Of(System.Text.Encoding.UTF8.GetBytes(body));
        medium.Open().Submit(new DiskRequest(
            1, DiskOperation.ReplaceWhole, "identity", 0,
            System.Text.Encoding.UTF8.GetBytes($"{body}checksum {checksum:x8}\n"), 0));
        Assert.Contains("does not know", Refusal(() => _ = new DataDirectory(medium.Open())), StringComparison.Ordinal);
    }

    private static string Refusal(Action action)
    {
        var e = Assert.Throws<DirectoryRefusedException>(action);
        Assert.DoesNotContain('\n', e.Message);
        return e.Message;
    }
}
