namespace Synod.Ports;

/// <summary>What a request asks of a disk.</summary>
public enum DiskOperation
{
    /// <summary>Make a file of <see cref="DiskRequest.Length"/> zero bytes, written out, synced, and its directory entry synced.</summary>
    CreateZeroFilled,

    /// <summary>Write <see cref="DiskRequest.Bytes"/> at <see cref="DiskRequest.Offset"/> of an existing file, then sync its data.</summary>
    WriteAndSync,

    /// <summary>Write a new file whole, sync it, rename it over <see cref="DiskRequest.Name"/>, sync the directory.</summary>
    ReplaceWhole,

    /// <summary>Remove the file and sync the directory.</summary>
    Delete,
}

/// <summary>One request. Its bytes must not change until its completion is taken.</summary>
/// <param name="Id">Chosen by the caller; comes back in the completion.</param>
/// <param name="Operation">What to do.</param>
/// <param name="Name">File name within the data directory; no path.</param>
/// <param name="Offset">Where to write, in bytes.</param>
/// <param name="Bytes">What to write.</param>
/// <param name="Length">Length of the file to make, in bytes.</param>
public readonly record struct DiskRequest(
    ulong Id, DiskOperation Operation, string Name, long Offset, ReadOnlyMemory<byte> Bytes, long Length);

/// <summary>The end of one request.</summary>
/// <param name="Id">Whose end.</param>
/// <param name="Error">Null when everything is on the medium; else what went wrong, and then nothing at all may be assumed of the bytes.</param>
/// <param name="OutOfSpace">The error is a full disk.</param>
public readonly record struct DiskCompletion(ulong Id, string? Error, bool OutOfSpace);

/// <summary>
/// One data directory. Requests are carried out in order and never call back: the owner polls completions. A request
/// that failed is never retried by the disk. Reading is for recovery and catch-up, and returns what is there at once.
/// </summary>
public interface IDisk
{
    /// <summary>File names, in ordinal order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Length of a file in bytes.</summary>
    long LengthOf(string name);

    /// <summary>Reads up to <paramref name="into"/>.Length bytes; fewer only at the end of the file.</summary>
    int Read(string name, long offset, Span<byte> into);

    /// <summary>Starts a request.</summary>
    void Submit(in DiskRequest request);

    /// <summary>Takes the next completion, in order of submission.</summary>
    bool TryTakeCompletion(out DiskCompletion completion);
}
