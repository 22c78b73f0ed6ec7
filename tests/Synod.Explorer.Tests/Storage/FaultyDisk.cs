using Synod.Ports;

namespace Synod.Explorer.Tests.Storage;

/// <summary>What becomes of a request.</summary>
internal enum Fate
{
    Done,

    /// <summary>Failed, or cut off, and the medium is as it was.</summary>
    LeftNothing,

    /// <summary>Failed, or cut off, in the middle: the file is neither the old nor the new one.</summary>
    LeftTorn,

    /// <summary>Failed, or cut off, when all was written.</summary>
    LeftAll,
}

/// <summary>A disk that does nothing by itself: whoever holds it says what becomes of the oldest request.</summary>
internal sealed class FaultyDisk : IDisk
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly Queue<DiskRequest> _requests = new();
    private readonly Queue<DiskCompletion> _completions = new();

    public string Oldest => _requests.TryPeek(out var oldest) ? $"{oldest.Operation} {oldest.Name}" : "nothing under way";

    /// <summary>What can become of the oldest request; with none under way only a crash can come.</summary>
    public IEnumerable<Fate> Fates => !_requests.TryPeek(out var oldest) ? []
        : oldest.Operation == DiskOperation.WriteAndSync
            ? [Fate.Done, Fate.LeftNothing, Fate.LeftTorn, Fate.LeftAll]
            : [Fate.Done, Fate.LeftNothing, Fate.LeftAll];

    public void EndOldest(Fate fate)
    {
        var request = _requests.Dequeue();
        Carry(request, fate);
        _completions.Enqueue(new DiskCompletion(request.Id, fate == Fate.Done ? null : "it failed", false));
    }

    /// <summary>The oldest request gets this far, the others nowhere.</summary>
    public void Crash(Fate fate)
    {
        if (_requests.TryPeek(out var oldest))
        {
            Carry(oldest, fate);
        }
        _requests.Clear();
        _completions.Clear();
    }

    private void Carry(in DiskRequest request, Fate fate)
    {
        if (fate == Fate.LeftNothing)
        {
            return;
        }
        if (request.Operation == DiskOperation.Delete)
        {
            _files.Remove(request.Name);
            return;
        }
        var bytes = request.Bytes.ToArray();
        if (fate == Fate.LeftTorn)
        {
            bytes.AsSpan(bytes.Length / 2).Clear();
        }
        _files[request.Name] = bytes;
    }

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public long LengthOf(string name) => _files[name].Length;

    public int Read(string name, long offset, Span<byte> into)
    {
        var bytes = _files[name].AsSpan((int)offset);
        var length = Math.Min(bytes.Length, into.Length);
        bytes[..length].CopyTo(into);
        return length;
    }

    public void Submit(in DiskRequest request) => _requests.Enqueue(request);

    public bool TryTakeCompletion(out DiskCompletion completion) => _completions.TryDequeue(out completion);
}
