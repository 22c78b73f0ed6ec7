using System.Globalization;
using System.Text.Json;
using Synod.Server.CommandLine;

namespace Synod.Server.Development;

/// <summary>
/// The directory of one <c>synod dev</c> cluster: held by one supervisor at a time, and remembering how many nodes its data
/// is of, because the members of a cluster cannot be changed by starting another number of processes.
/// </summary>
internal sealed class DevDirectory : IDisposable
{
    private const string LockFile = "lock";
    private const string ClusterFile = "cluster.json";
    private readonly FileStream _lock;

    private DevDirectory(FileStream lockFile) => _lock = lockFile;

    /// <summary>Takes the directory, makes it if needed, and checks that its data fits the options.</summary>
    /// <exception cref="UserErrorException">It is taken, cannot be made, or holds another cluster.</exception>
    public static DevDirectory Open(DevOptions options)
    {
        try
        {
            Directory.CreateDirectory(options.DataDirectory);
            var directory = new DevDirectory(TakeLock(options.DataDirectory));
            try
            {
                Prepare(options);
                return directory;
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"{options.DataDirectory} cannot be used: {e.Message}", SynodCommandLine.ExitCodeFailure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string directory)
    {
        try
        {
            // An advisory lock: the kernel lets go of it when the process ends, however it ends.
            return new FileStream(
                Path.Combine(directory, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new UserErrorException(
                $"another synod dev runs on {directory}; stop it first, or give this one another --data-dir",
                SynodCommandLine.ExitCodeFailure);
        }
    }

    private static void Prepare(DevOptions options)
    {
        var clusterFile = Path.Combine(options.DataDirectory, ClusterFile);
        if (options.Fresh)
        {
            // Only what an earlier start made: somebody may have pointed --data-dir at a directory with other things in it.
            File.Delete(clusterFile);
            for (var number = 1; number <= DevOptions.NodesMax; number++)
            {
                var node = options.DirectoryOf(DevOptions.NameOf(number));
                if (Directory.Exists(node))
                {
                    Directory.Delete(node, recursive: true);
                }
            }
        }
        if (NodesIn(clusterFile) is { } nodes && nodes != options.Nodes)
        {
            throw new UserErrorException(
                string.Create(CultureInfo.InvariantCulture,
                    $"{options.DataDirectory} holds a cluster of {nodes}, not {options.Nodes}; give --nodes {nodes}, or --fresh to throw its data away"),
                SynodCommandLine.ExitCodeUsage);
        }
        if (!File.Exists(clusterFile))
        {
            File.WriteAllText(clusterFile, JsonSerializer.Serialize(new ClusterDescription(options.Nodes)));
        }
        foreach (var plan in options.Plans)
        {
            Directory.CreateDirectory(options.DirectoryOf(plan.Name));
        }
    }

    private static int? NodesIn(string clusterFile)
    {
        if (!File.Exists(clusterFile))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<ClusterDescription>(File.ReadAllText(clusterFile))?.Nodes;
        }
        catch (JsonException)
        {
            throw new UserErrorException(
                $"{clusterFile} cannot be read; --fresh throws the data away", SynodCommandLine.ExitCodeFailure);
        }
    }

    private sealed record ClusterDescription(int Nodes);
}
