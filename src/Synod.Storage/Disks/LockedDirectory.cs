using Microsoft.Win32.SafeHandles;
using Synod.Ports;

namespace Synod.Storage.Disks;

/// <summary>
/// A data directory of the real file system, held by this process alone. It hands out one <see cref="IDisk"/> handle to
/// each actor that needs one.
/// </summary>
public sealed class LockedDirectory : IDisposable
{
    private readonly SafeFileHandle _lock;
    private readonly bool _portable;
    private readonly List<FileDisk> _disks = [];

    /// <summary>
    /// Makes the directory if need be (mode 0700), locks it, and removes what a crash left unfinished.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="portable">Use only what every platform offers; the default is the best for this one.</param>
    /// <exception cref="DirectoryRefusedException">Another process uses it, or it cannot be used.</exception>
    public LockedDirectory(string path, bool portable = false)
    {
        Path = System.IO.Path.GetFullPath(path);
        _portable = portable || !OperatingSystem.IsLinux();
        try
        {
            MakeDirectory();
            _lock = Lock();
            foreach (var unfinished in Directory.EnumerateFiles(Path, "*" + FileDisk.UnfinishedEnding))
            {
                File.Delete(unfinished);
            }
            SyncNames(Path); // what is listed from now on survives a crash
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new DirectoryRefusedException($"The data directory {Path} cannot be used: {e.Message}");
        }
    }

    /// <summary>The directory's full path.</summary>
    public string Path { get; }

    /// <summary>A handle for one actor; closed with the directory.</summary>
    public FileDisk OpenDisk()
    {
        FileDisk disk = !_portable && OperatingSystem.IsLinux() ? new LinuxDisk(Path) : new PortableDisk(Path);
        _disks.Add(disk);
        return disk;
    }

    /// <summary>Closes all handles and gives the directory free.</summary>
    public void Dispose()
    {
        foreach (var disk in _disks)
        {
            disk.Dispose();
        }
        _lock.Dispose();
    }

    private void MakeDirectory()
    {
        if (Directory.Exists(Path))
        {
            return;
        }
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
            return;
        }
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (System.IO.Path.GetDirectoryName(Path) is { } parent)
        {
            SyncNames(parent);
        }
    }

    private SafeFileHandle Lock()
    {
        var file = System.IO.Path.Combine(Path, FileDisk.LockFile);
        var inUse = $"The data directory {Path} is in use by another process.";
        if (!_portable && OperatingSystem.IsLinux())
        {
            var handle = LinuxCalls.OpenFile(file, create: true, truncate: false);
            if (LinuxCalls.TryLock(handle))
            {
                return handle;
            }
            handle.Dispose();
            throw new DirectoryRefusedException(inUse);
        }
        try
        {
            return File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            throw new DirectoryRefusedException(inUse);
        }
    }

    private void SyncNames(string path)
    {
        if (!_portable && OperatingSystem.IsLinux())
        {
            LinuxCalls.SyncDirectory(path);
        }
    }
}
