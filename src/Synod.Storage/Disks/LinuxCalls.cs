using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Synod.Storage.Disks;

/// <summary>The system calls that the platform does not offer: data-only sync, directory sync, modes, locks.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxCalls
{
    private const string C = "libc";
    private const int ReadWrite = 0x2;
    private const int Create = 0x40;
    private const int Truncate = 0x200;
    private const int CloseOnExec = 0x80000;
    private const int OwnerOnly = 0x180; // 0600
    private const int LockExclusive = 2;
    private const int LockWithoutWaiting = 4;
    private const int WouldBlock = 11;

    internal static SafeFileHandle OpenFile(string path, bool create, bool truncate)
    {
        var flags = ReadWrite | CloseOnExec | (create ? Create : 0) | (truncate ? Truncate : 0);
        return Opened(path, open(path, flags, OwnerOnly));
    }

    internal static void SyncData(SafeFileHandle handle)
    {
        if (fdatasync(handle) != 0)
        {
            throw Failed("fdatasync");
        }
    }

    internal static void SyncDirectory(string path)
    {
        using var handle = Opened(path, open(path, CloseOnExec, 0)); // read-only: a directory
        if (fsync(handle) != 0)
        {
            throw Failed($"fsync of directory {path}");
        }
    }

    /// <summary>False when another process, or another handle of this one, holds the lock.</summary>
    internal static bool TryLock(SafeFileHandle handle)
    {
        if (flock(handle, LockExclusive | LockWithoutWaiting) == 0)
        {
            return true;
        }
        return Marshal.GetLastPInvokeError() == WouldBlock ? false : throw Failed("flock");
    }

    private static SafeFileHandle Opened(string path, int descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failed($"open of {path}");

    private static IOException Failed(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

#pragma warning disable IDE1006, SYSLIB1092 // the names are the system's
    [LibraryImport(C, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport(C, SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle handle);

    [LibraryImport(C, SetLastError = true)]
    private static partial int fsync(SafeFileHandle handle);

    [LibraryImport(C, SetLastError = true)]
    private static partial int flock(SafeFileHandle handle, int operation);
#pragma warning restore IDE1006, SYSLIB1092
}
