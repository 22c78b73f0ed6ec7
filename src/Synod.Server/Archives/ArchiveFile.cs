using System.Security.Cryptography;
using Synod.Node;
using Synod.Server.CommandLine;

namespace Synod.Server.Archives;

/// <summary>Reads a saved snapshot, and believes nothing that its checksums do not confirm.</summary>
internal static class ArchiveFile
{
    private const int ReadBytes = 256 << 10;

    /// <summary>Reads the whole file.</summary>
    /// <returns>The archive, found sound, its length, and the hash at its end.</returns>
    /// <exception cref="UserErrorException">It cannot be read, or is not a snapshot.</exception>
    public static (SnapshotArchive Archive, long Length, byte[] Hash) Read(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var rest = stream.Length - SnapshotArchive.HashBytes;
            if (rest <= 0 || rest % SnapshotArchive.UnitBytes != 0)
            {
                throw Refused(file, "its length is not that of a whole snapshot");
            }
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var archive = new SnapshotArchive();
            var buffer = new byte[ReadBytes];
            while (rest > 0)
            {
                var count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, rest));
                if (count == 0)
                {
                    throw Refused(file, "it ends too early");
                }
                hash.AppendData(buffer, 0, count);
                archive.Take(buffer.AsSpan(0, count));
                rest -= count;
            }
            var expected = new byte[SnapshotArchive.HashBytes];
            stream.ReadExactly(expected);
            var actual = hash.GetHashAndReset();
            if (!actual.AsSpan().SequenceEqual(expected))
            {
                throw Refused(file, "it does not match the hash at its end");
            }
            return archive.End() is { } error ? throw Refused(file, error) : (archive, stream.Length, actual);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(file, e.Message);
        }
    }

    private static UserErrorException Refused(string file, string why) =>
        new($"{file} is not a snapshot that can be used: {why}", SynodCommandLine.ExitCodeFailure);
}
