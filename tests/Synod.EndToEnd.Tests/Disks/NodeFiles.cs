using System.Globalization;

namespace Synod.EndToEnd.Tests.Disks;

/// <summary>The data directory of a node that does not run, to be damaged as media damage files, and put right again.</summary>
internal sealed class NodeFiles(NodeUnderTest node)
{
    private const int BlockBytes = 1 << 20;

    /// <summary>The mark of what is synced.</summary>
    public const string Mark = "journal-mark";

    /// <summary>Segments of the journal in which something was ever written, oldest first.</summary>
    public IReadOnlyList<string> Segments => [.. Names("journal-0").Where(name => EndOf(name) > 0)];

    /// <summary>The segment that is filled ahead of use, if it is.</summary>
    public IReadOnlyList<string> Spares => [.. Names("journal-0").Where(name => EndOf(name) == 0)];

    /// <summary>Snapshots, oldest first.</summary>
    public IReadOnlyList<string> Snapshots => Names("snapshot-");

    /// <summary>Where a file is.</summary>
    public string PathOf(string name)
    {
        Assert.False(node.IsRunning);
        return Path.Combine(node.DataDirectory, name);
    }

    /// <summary>Where what was ever written to a file ends: behind it are only zeros.</summary>
    public long EndOf(string name)
    {
        using var file = File.OpenRead(Path.Combine(node.DataDirectory, name));
        var block = new byte[BlockBytes];
        for (var at = (file.Length - 1) / BlockBytes * BlockBytes; at >= 0; at -= BlockBytes)
        {
            file.Position = at;
            var last = block.AsSpan(0, file.ReadAtLeast(block, block.Length, throwOnEndOfStream: false))
                .LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
            {
                return at + last + 1;
            }
        }
        return 0;
    }

    /// <summary>Turns some bytes over.</summary>
    /// <returns>Turns them back.</returns>
    public Action Flip(string name, long at, int count = 4)
    {
        Turn();
        return Turn;

        void Turn()
        {
            var bytes = new byte[count];
            using var file = File.Open(PathOf(name), FileMode.Open);
            file.Position = at;
            file.ReadExactly(bytes);
            file.Position = at;
            file.Write([.. bytes.Select(one => (byte)~one)]);
        }
    }

    /// <summary>Cuts a file off.</summary>
    /// <returns>Puts back what it had.</returns>
    public Action Cut(string name, long at)
    {
        using var file = File.Open(PathOf(name), FileMode.Open);
        var lost = new byte[file.Length - at];
        file.Position = at;
        file.ReadExactly(lost);
        file.SetLength(at);
        return () =>
        {
            using var again = File.Open(PathOf(name), FileMode.Open);
            again.Position = at;
            again.Write(lost);
        };
    }

    /// <summary>Takes files away.</summary>
    /// <returns>Brings them back.</returns>
    public Action Remove(params IReadOnlyList<string> names)
    {
        var aside = Directory.CreateTempSubdirectory("synod-test-").FullName;
        var moves = names.Select(name => (From: PathOf(name), To: Path.Combine(aside, name))).ToList();
        moves.ForEach(move => File.Move(move.From, move.To));
        return () =>
        {
            moves.ForEach(move => File.Move(move.To, move.From));
            Directory.Delete(aside);
        };
    }

    /// <summary>Writes bytes that nobody asked for.</summary>
    public void Write(string name, long at, ReadOnlySpan<byte> bytes)
    {
        using var file = File.Open(PathOf(name), FileMode.OpenOrCreate);
        file.Position = at;
        file.Write(bytes);
    }

    /// <summary>All finished files with their lengths and the instants of their last writes, to see whether any was written.</summary>
    public IReadOnlyList<string> Summary() => [.. Names("").Where(name => name != "LOCK").Select(name =>
    {
        var file = new FileInfo(PathOf(name));
        return string.Create(CultureInfo.InvariantCulture, $"{name} {file.Length} {file.LastWriteTimeUtc:o}");
    })];

    private List<string> Names(string prefix) => [.. Directory.GetFiles(node.DataDirectory)
        .Select(path => Path.GetFileName(path))
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !name.EndsWith(".new", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];
}
