using Microsoft.Win32.SafeHandles;

namespace Synod.Storage.Disks;

/// <summary>
/// Windows and macOS: FlushFileBuffers, F_FULLFSYNC. Neither offers more for a directory than a rename that its file
/// system journals.
/// </summary>
internal sealed class PortableDisk(string directory) : FileDisk(directory)
{
    private protected override SafeFileHandle OpenFile(string path, bool create) => File.OpenHandle(
        path, create ? FileMode.Create : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private protected override void SyncData(SafeFileHandle handle) => RandomAccess.FlushToDisk(handle);

    private protected override void SyncDirectory(string path)
    {
    }
}
