using Synod.Ports;

namespace Synod.Node.Tests;

/// <summary>A disk in memory that has done everything before it is asked.</summary>
internal sealed class MemoryDisk : IDisk
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<byte>> _unfinished = [];
    private readonly Queue<DiskCompletion> _done = new();

    /// <summary>The same files, as the next process finds them.</summary>
    public MemoryDisk Reopened()
    {
        _unfinished.Clear();
        _done.Clear();
        return this;
    }

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public long LengthOf(string name) => _files[name].Length;

    public int Read(string name, long offset, Span<byte> into)
    {
        var file = _files[name];
        var count = (int)Math.Clamp(file.Length - offset, 0, into.Length);
        file.AsSpan((int)offset, count).CopyTo(into);
        return count;
    }

    public void Submit(in DiskRequest request)
    {
        switch (request.Operation)
        {
            case DiskOperation.CreateZeroFilled:
                _files[request.Name] = new byte[request.Length];
                break;
            case DiskOperation.WriteAndSync:
                request.Bytes.Span.CopyTo(_files[request.Name].AsSpan((int)request.Offset));
                break;
            case DiskOperation.ReplaceWhole:
                _files[request.Name] = request.Bytes.ToArray();
                break;
            case DiskOperation.AppendAside when request.Offset == 0:
                _unfinished[request.Name] = [.. request.Bytes.Span];
                break;
            case DiskOperation.AppendAside:
                _unfinished[request.Name].AddRange(request.Bytes.Span);
                break;
            case DiskOperation.FinishAside:
                _files[request.Name] = [.. _unfinished[request.Name]];
                _unfinished.Remove(request.Name);
                break;
            case DiskOperation.DropAside:
                _unfinished.Remove(request.Name);
                break;
            default:
                _files.Remove(request.Name);
                break;
        }
        _done.Enqueue(new DiskCompletion(request.Id, null, false));
    }

    public bool TryTakeCompletion(out DiskCompletion completion) => _done.TryDequeue(out completion);
}
