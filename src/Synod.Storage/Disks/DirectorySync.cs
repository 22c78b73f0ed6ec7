namespace Synod.Storage.Disks;

/// <summary>Makes what was created, renamed or removed in a directory survive a loss of power.</summary>
public static class DirectorySync
{
    /// <summary>Syncs the directory itself. Where only Linux asks for that, others have done it with the rename.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="IOException">It failed.</exception>
    public static void Run(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxCalls.SyncDirectory(path);
        }
    }
}
