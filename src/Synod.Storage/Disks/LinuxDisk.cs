using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Synod.Storage.Disks;

/// <summary>
/// Linux: pwrite and fdatasync over zero-filled files (which touches no metadata), fsync of the directory after a
/// rename.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxDisk(string directory) : FileDisk(directory)
{
    private protected override SafeFileHandle OpenFile(string path, bool create) =>
        LinuxCalls.OpenFile(path, create, truncate: create);

    private protected override void SyncData(SafeFileHandle handle) => LinuxCalls.SyncData(handle);

    private protected override void SyncDirectory(string path) => LinuxCalls.SyncDirectory(path);
}
