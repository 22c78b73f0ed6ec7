namespace Synod.Storage.Disks;

/// <summary>Which exceptions of the platform mean what.</summary>
internal static class DiskErrors
{
    private const int LinuxNoSpace = 28;
    private const int LinuxOverQuota = 122;
    private const int MacOverQuota = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    internal static bool IsOutOfSpace(Exception e) => OperatingSystem.IsWindows()
        ? e.HResult is WindowsDiskFull or WindowsHandleDiskFull
        : e.HResult is LinuxNoSpace || e.HResult == (OperatingSystem.IsMacOS() ? MacOverQuota : LinuxOverQuota);
}
