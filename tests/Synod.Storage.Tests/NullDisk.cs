using Synod.Ports;

namespace Synod.Storage.Tests;

/// <summary>A disk that keeps nothing and allocates nothing, to measure what is above it.</summary>
internal sealed class NullDisk : IDisk
{
    private readonly Queue<DiskCompletion> _done = new(16);

    public IReadOnlyList<string> List() => [];

    public long LengthOf(string name) => 0;

    public int Read(string name, long offset, Span<byte> into) => 0;

    public void Submit(in DiskRequest request) => _done.Enqueue(new DiskCompletion(request.Id, null, false));

    public bool TryTakeCompletion(out DiskCompletion completion) => _done.TryDequeue(out completion);
}
