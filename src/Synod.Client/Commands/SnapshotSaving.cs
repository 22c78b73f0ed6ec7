using System.Globalization;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;

namespace Synod.Client.Commands;

/// <summary>
/// What `synod snapshot save` does: a snapshot of one node into a file, which shows when it is whole and on the disk.
/// </summary>
public static class SnapshotSaving
{
    private const string UnfinishedEnding = ".part";

    /// <summary>Saves it.</summary>
    /// <param name="endpoints">The first one's node is asked.</param>
    /// <param name="timeout">How long it may take to connect.</param>
    /// <param name="file">Where to save it.</param>
    /// <param name="force">Whether a file that is there already may be replaced.</param>
    /// <param name="syncDirectory">Makes the file's name durable in the directory given to it.</param>
    /// <param name="output">For what was saved.</param>
    /// <param name="error">For failures.</param>
    /// <param name="cancellation">Gives up, and leaves nothing behind.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<Uri> endpoints, TimeSpan timeout, string file, bool force, Action<string> syncDirectory,
        TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(syncDirectory);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (File.Exists(file) && !force)
        {
            await error.WriteLineAsync($"synod: no snapshot was saved: {file} is there already; --force replaces it").ConfigureAwait(false);
            return ExitCode.Failed;
        }
        var unfinished = file + UnfinishedEnding;
        try
        {
            using var client = new EtcdClient(endpoints, timeout);
            var (length, revision) = await WriteAsync(client, unfinished, cancellation).ConfigureAwait(false);
            File.Move(unfinished, file, overwrite: force);
            syncDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"Snapshot saved at {file}: revision {revision}, {length} bytes")).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is EtcdException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            Discard(unfinished);
            var why = e is OperationCanceledException ? "interrupted" : e.Message;
            await error.WriteLineAsync($"synod: no snapshot was saved: {why}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    // Where it cannot be deleted, most likely for the same cause that it cannot be written, that cause is to be told.
    private static void Discard(string unfinished)
    {
        try
        {
            File.Delete(unfinished);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static async Task<(long Length, long Revision)> WriteAsync(
        EtcdClient client, string unfinished, CancellationToken cancellation)
    {
        var revision = 0L;
        var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (SnapshotResponse piece in client.SnapshotAsync(cancellation).ConfigureAwait(false))
            {
                await stream.WriteAsync(piece.Blob.Memory, cancellation).ConfigureAwait(false);
                revision = piece.Header?.Revision ?? revision;
            }
            stream.Flush(flushToDisk: true);
            return (stream.Length, revision);
        }
    }
}
