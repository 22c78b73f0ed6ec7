using System.Buffers.Binary;
using System.Security.Cryptography;
using Synod.Node;
using Synod.Paxos;
using Synod.Ports;
using Synod.Server.CommandLine;
using Synod.Server.Running;
using Synod.Server.Serving;
using Synod.Storage;
using Synod.Storage.Disks;

namespace Synod.Server.Archives;

/// <summary>
/// Makes the data directory of one member of a new cluster out of a saved snapshot. The directory has an identity of its
/// own and no journal: nothing that the old cluster promised is carried over, and no old member can take part.
/// </summary>
internal static class ArchiveRestore
{
    /// <summary>Restores it.</summary>
    /// <param name="archive">The archive, found sound.</param>
    /// <param name="options">Name, directory and members of the new cluster.</param>
    /// <param name="skippedRevisions">How far above the old revisions the new ones begin.</param>
    /// <returns>The slot at which the new log goes on.</returns>
    /// <exception cref="UserErrorException">The directory is in use, or a disk operation failed.</exception>
    public static Slot Run(SnapshotArchive archive, ServeOptions options, long skippedRevisions)
    {
        if (Directory.Exists(options.DataDirectory) && Directory.EnumerateFileSystemEntries(options.DataDirectory).Any())
        {
            throw new UserErrorException(
                $"the directory {options.DataDirectory} is not empty: a restore makes a new one", SynodCommandLine.ExitCodeFailure);
        }
        var members = ClusterIdentity.MembersOf(options);
        var clusterId = ClusterIdentity.IdOf(options);
        var self = members.Single(member => member.Name == options.Name).Id;
        var identity = new DataIdentity(BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16)));
        try
        {
            using var directory = new LockedDirectory(options.DataDirectory);
            var disk = directory.OpenDisk();
            var slot = Write(archive, disk, new NodeOptions
            {
                Self = self, ClusterId = clusterId, Identity = identity, Members = members,
            }, skippedRevisions);
            // Last: until then a start would make an identity of its own, for the very same cluster and state.
            new DataDirectory(directory.OpenDisk()).Save(
                DirectoryRecord.Fresh(identity, clusterId, self, options.Name), static () => Thread.Yield());
            return slot;
        }
        catch (Exception e) when (e is DirectoryRefusedException or IOException)
        {
            throw new UserErrorException(e.Message, SynodCommandLine.ExitCodeFailure);
        }
    }

    private static Slot Write(SnapshotArchive archive, FileDisk disk, NodeOptions options, long skippedRevisions)
    {
        var name = SnapshotName.Of(archive.Summarize().Slot);
        var offset = 0L;
        return archive.Restore(options, skippedRevisions, (bytes, isLast) =>
        {
            Do(disk, new DiskRequest(1, DiskOperation.AppendAside, name, offset, bytes, 0));
            offset += bytes.Length;
            if (isLast)
            {
                Do(disk, new DiskRequest(2, DiskOperation.FinishAside, name, 0, default, 0));
            }
        });
    }

    private static void Do(FileDisk disk, in DiskRequest request)
    {
        disk.Submit(request);
        DiskCompletion completion;
        while (!disk.TryTakeCompletion(out completion))
        {
            Thread.Yield();
        }
        if (completion.Error is { } error)
        {
            throw new IOException(error);
        }
    }
}
