using Synod.Ports;
using Synod.Storage.Disks;

namespace Synod.Storage.Tests;

public sealed class RealDiskTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_path))
        {
            Directory.Delete(_path, recursive: true);
        }
    }

    private static DiskCompletion Do(
        IDisk disk, DiskOperation operation, string name, long offset, byte[] bytes, long length)
    {
        disk.Submit(new DiskRequest(5, operation, name, offset, bytes, length));
        DiskCompletion completion;
        while (!disk.TryTakeCompletion(out completion))
        {
            Thread.Yield();
        }
        Assert.Equal(5UL, completion.Id);
        return completion;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_may_not_be_opened_throws_as_what_cannot_be_read(bool portable)
    {
        using var directory = new LockedDirectory(_path, portable);
        Directory.CreateDirectory(Path.Combine(_path, "closed")); // Even who may do anything cannot open it as a file.
        Assert.Throws<IOException>(() => directory.OpenDisk().Read("closed", 0, new byte[1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_operation_does_what_the_port_says(bool portable)
    {
        using var directory = new LockedDirectory(_path, portable);
        var disk = directory.OpenDisk();
        Assert.Null(Do(disk, DiskOperation.CreateZeroFilled, "b", 0, [], 3_000_000).Error);
        Assert.Equal(3_000_000, disk.LengthOf("b"));
        Assert.Null(Do(disk, DiskOperation.WriteAndSync, "b", 2_000_000, [1, 2, 3], 0).Error);
        var read = new byte[5];
        Assert.Equal(5, disk.Read("b", 1_999_999, read));
        Assert.Equal([0, 1, 2, 3, 0], read);
        Assert.Equal(2, disk.Read("b", 2_999_998, read));
        Assert.Null(Do(disk, DiskOperation.ReplaceWhole, "a", 0, [9, 8], 0).Error);
        Assert.Equal(2, disk.Read("a", 0, read));
        Assert.Null(Do(disk, DiskOperation.ReplaceWhole, "a", 0, [7], 0).Error);
        Assert.Equal(1, disk.Read("a", 0, read));
        Assert.Equal(7, read[0]);
        Assert.Equal(["a", "b"], disk.List());
        Assert.Null(Do(disk, DiskOperation.CreateZeroFilled, "a", 0, [], 4).Error);
        Assert.Equal(4, disk.Read("a", 0, read));
        Assert.Equal(0, read[0]);
        Assert.Null(Do(disk, DiskOperation.Delete, "b", 0, [], 0).Error);
        Assert.Equal(["a"], disk.List());
        var failed = Do(disk, DiskOperation.WriteAndSync, "none", 0, [1], 0);
        Assert.Contains("none", failed.Error!, StringComparison.Ordinal);
        Assert.False(failed.OutOfSpace);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_grows_beside_shows_when_it_is_finished_and_not_before(bool portable)
    {
        using (var directory = new LockedDirectory(_path, portable))
        {
            var disk = directory.OpenDisk();
            var large = new byte[700_000];
            Array.Fill(large, (byte)7);
            Assert.Null(Do(disk, DiskOperation.AppendAside, "s", 0, [1, 2], 0).Error);
            Assert.Null(Do(disk, DiskOperation.AppendAside, "s", 2, large, 0).Error);
            Assert.Null(Do(disk, DiskOperation.AppendAside, "s", 700_002, large, 0).Error);
            Assert.Empty(disk.List());
            Assert.Null(Do(disk, DiskOperation.FinishAside, "s", 0, [], 0).Error);
            Assert.Equal(["s"], disk.List());
            Assert.Equal(1_400_002, disk.LengthOf("s"));
            var read = new byte[3];
            Assert.Equal(3, disk.Read("s", 0, read));
            Assert.Equal([1, 2, 7], read);
            Assert.NotNull(Do(disk, DiskOperation.FinishAside, "s", 0, [], 0).Error);
            Assert.NotNull(Do(disk, DiskOperation.AppendAside, "t", 5, [1], 0).Error);
            Assert.Null(Do(disk, DiskOperation.AppendAside, "t", 0, [1], 0).Error);
            Assert.Null(Do(disk, DiskOperation.DropAside, "t", 0, [], 0).Error);
            Assert.NotNull(Do(disk, DiskOperation.FinishAside, "t", 0, [], 0).Error);
            Assert.Null(Do(disk, DiskOperation.AppendAside, "u", 0, [1], 0).Error);
        }
        Assert.Contains(Directory.EnumerateFiles(_path), name => name.EndsWith("u.new", StringComparison.Ordinal));
        using var again = new LockedDirectory(_path, portable);
        Assert.Equal(["s"], again.OpenDisk().List());
        Assert.DoesNotContain(Directory.EnumerateFiles(_path), name => name.EndsWith(".new", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_directory_in_use_is_refused_and_free_again_when_closed(bool portable)
    {
        using (new LockedDirectory(_path, portable))
        {
            var e = Assert.Throws<DirectoryRefusedException>(() => new LockedDirectory(_path, portable));
            Assert.Contains("in use by another process", e.Message, StringComparison.Ordinal);
        }
        new LockedDirectory(_path, portable).Dispose();
    }

    [Fact]
    public void Directory_and_files_are_the_owners_alone()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // modes are a matter of Unix
        }
        using var directory = new LockedDirectory(_path);
        var disk = directory.OpenDisk();
        Do(disk, DiskOperation.ReplaceWhole, "a", 0, [1], 0);
        Do(disk, DiskOperation.CreateZeroFilled, "b", 0, [], 10);
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(_path), 8));
        foreach (var file in Directory.GetFiles(_path))
        {
            Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(file), 8));
        }
    }

    [Fact]
    public void What_a_crash_left_unfinished_is_removed_and_never_listed()
    {
        Directory.CreateDirectory(_path);
        File.WriteAllText(Path.Combine(_path, "journal-0000000000000002.new"), "half");
        using var directory = new LockedDirectory(_path);
        Assert.Empty(directory.OpenDisk().List());
        Assert.Empty(Directory.GetFiles(_path, "*.new"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_journal_on_the_real_disk_is_recovered(bool portable)
    {
        var options = new JournalOptions
        {
            SegmentBytes = 64 << 10, BatchBytesMax = 8 << 10, WriteBytesMax = 16 << 10, CarryBytesMax = 1024,
        };
        ulong last = 0;
        for (var life = 0; life < 3; life++)
        {
            using var directory = new LockedDirectory(_path, portable);
            var disk = directory.OpenDisk();
            var host = new RecordingHost();
            var events = new Mailbox<JournalEvent>(1000, () => { });
            var mailboxes = new JournalMailboxes(options, () => { }, events);
            var journal = Journal.Open(disk, options, host, mailboxes, () => Thread.Yield());
            Assert.Equal(last, journal.Report.LastNumber);
            Assert.Equal((int)last, host.Records.Count);
            var persisted = last;
            for (var i = 0; i < 300; i++)
            {
                var batch = mailboxes.Rent();
                last++;
                batch.Add(last, 0, 1, 5, last, World.PayloadOf(last, 100));
                Assert.True(mailboxes.Batches.TryPost(batch));
                while (persisted < last)
                {
                    journal.Turn(new Paxos.Instant(0));
                    Assert.Null(journal.Fault);
                    persisted = events.TryTake(out var e) && e.Kind == JournalEventKind.Persisted ? e.UpTo : persisted;
                }
            }
        }
        Assert.Equal(900UL, last);
    }

    [Fact]
    public void A_full_disk_is_told_from_other_errors()
    {
        var full = OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28;
        Assert.True(DiskErrors.IsOutOfSpace(new IOException("", full)));
        Assert.False(DiskErrors.IsOutOfSpace(new IOException("", 5)));
        if (!OperatingSystem.IsLinux())
        {
            return; // /dev/full is a thing of Linux
        }
        IOException? error = null;
        try
        {
            using var device = LinuxCalls.OpenFile("/dev/full", create: false, truncate: false);
            using var stream = new FileStream(device, FileAccess.Write, 1);
            stream.Write([1, 2, 3]);
        }
        catch (IOException e)
        {
            error = e;
        }
        Assert.True(error is not null && DiskErrors.IsOutOfSpace(error), $"{error}");
    }
}
