using System.Globalization;

namespace Synod.EndToEnd.Tests.Disks;

/// <summary>A small file system of its own for a node's data, part of it taken by something else that may go away.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>One segment of the journal fits beside the ballast, and a second one does not.</summary>
    private const int Megabytes = 140;
    private const int BallastMegabytes = 60;

    private readonly string _directory;

    private SmallDisk(string directory) => _directory = directory;

    private string Ballast => Path.Combine(_directory, "ballast");

    /// <summary>Mounts one where the node will have its data.</summary>
    public static async Task<SmallDisk> MountAsync(NodeUnderTest node)
    {
        RunningCommand.Need("mount", "mount");
        Assert.True(Environment.IsPrivilegedProcess, "mounting a file system needs root: run the tests as root");
        Directory.CreateDirectory(node.DataDirectory);
        var size = string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m,mode=700");
        var result = await RunningCommand.RunAsync("mount", "-t", "tmpfs", "-o", size, "tmpfs", node.DataDirectory);
        Assert.True(result.ExitCode == 0, result.Everything);
        var disk = new SmallDisk(node.DataDirectory);
        var ballast = new byte[1 << 20];
        await using var file = File.Create(disk.Ballast);
        for (var i = 0; i < BallastMegabytes; i++)
        {
            await file.WriteAsync(ballast);
        }
        return disk;
    }

    /// <summary>Gives the space free that something else had taken.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => await RunningCommand.RunAsync("umount", "--lazy", _directory);
}
