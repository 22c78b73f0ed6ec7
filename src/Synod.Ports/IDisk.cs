namespace Synod.Ports;

/// <summary>What a request asks of a disk.</summary>
public enum DiskOperation
{
    /// <summary>
    /// Make a file of <see cref="DiskRequest.Length"/> zero bytes, really written out, synced, and its directory entry
    /// synced; it takes the place of an older file of that name. After a crash it is there whole or not at all. It is
    /// carried out beside the other requests, so that it delays no sync, and may complete after later ones.
    /// </summary>
    CreateZeroFilled,

    /// <summary>Write <see cref="DiskRequest.Bytes"/> at <see cref="DiskRequest.Offset"/> of an existing file, then sync its data.</summary>
    WriteAndSync,

    /// <summary>Write a new file whole, sync it, rename it over <see cref="DiskRequest.Name"/>, sync the directory.</summary>
    ReplaceWhole,

    /// <summary>Remove the file and sync the directory. Carried out beside the other requests.</summary>
    Delete,

    /// <summary>
    /// Append <see cref="DiskRequest.Bytes"/> to the unfinished file of this name, which does not show under it yet;
    /// offset 0 begins it anew. Nothing of it is promised, and a crash takes it. Carried out beside the other requests, in
    /// order with the next two.
    /// </summary>
    AppendAside,

    /// <summary>
    /// Sync the unfinished file, rename it to <see cref="DiskRequest.Name"/>, sync the directory: after a crash it is there
    /// whole or not at all.
    /// </summary>
    FinishAside,

    /// <summary>Throw the unfinished file away.</summary>
    DropAside,
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
/// <param name="Took">How long the request was under way.</param>
public readonly record struct DiskCompletion(ulong Id, string? Error, bool OutOfSpace, TimeSpan Took = default);

/// <summary>
/// One actor's handle on a data directory; a second actor opens a second one. Requests are carried out in order (but for
/// those that say "beside", which delay nobody's sync) and never call back: the owner polls completions. A request that failed is
/// never retried by the disk. Whether a request is done within <see cref="Submit"/>, on the owner's thread, or later is
/// the disk's affair. Reading is for recovery and catch-up, and returns what is there at once, synced or not.
/// </summary>
public interface IDisk
{
    /// <summary>File names, in ordinal order. What is listed when the disk is opened survives the next crash.</summary>
    IReadOnlyList<string> List();

    /// <summary>Length of a file in bytes.</summary>
    long LengthOf(string name);

    /// <summary>
    /// Reads up to <paramref name="into"/>.Length bytes; fewer only at the end of the file. What the medium cannot read
    /// throws an <c>IOException</c>.
    /// </summary>
    int Read(string name, long offset, Span<byte> into);

    /// <summary>Starts a request.</summary>
    void Submit(in DiskRequest request);

    /// <summary>Takes the next completion: in order of submission, but for what is done beside.</summary>
    bool TryTakeCompletion(out DiskCompletion completion);
}
