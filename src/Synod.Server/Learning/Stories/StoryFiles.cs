using Synod.Ports;

namespace Synod.Server.Learning.Stories;

/// <summary>What happens to a write on <see cref="StoryFiles"/>.</summary>
internal enum WriteFate
{
    /// <summary>It reaches the medium.</summary>
    Done,

    /// <summary>The disk is full: nothing is written, and the writer is told.</summary>
    NoSpace,

    /// <summary>The power fails half-way: a file written in place is torn, and nobody is told anything.</summary>
    PowerFails,
}

/// <summary>
/// The data directory of a story, in memory: a story says beforehand what happens to each write. It has no more than
/// stories need.
/// </summary>
/// <param name="fates">What happens to the first writes; all later ones are done.</param>
internal sealed class StoryFiles(params WriteFate[] fates) : IDisk
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly Queue<WriteFate> _fates = new(fates);
    private readonly Queue<DiskCompletion> _completions = [];

    /// <summary>The power has failed, and nothing works before <see cref="TurnOn"/>.</summary>
    public bool IsOff { get; private set; }

    /// <summary>The machine starts again. Whatever else was to go wrong with writes does not.</summary>
    public void TurnOn()
    {
        IsOff = false;
        _fates.Clear();
        _completions.Clear();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => [.. _files.Keys];

    /// <inheritdoc/>
    public long LengthOf(string name) => _files[name].Length;

    /// <inheritdoc/>
    public int Read(string name, long offset, Span<byte> into)
    {
        var rest = _files[name].AsSpan(checked((int)offset));
        var length = Math.Min(rest.Length, into.Length);
        rest[..length].CopyTo(into);
        return length;
    }

    /// <inheritdoc/>
    public void Submit(in DiskRequest request)
    {
        if (IsOff)
        {
            return;
        }
        var isWrite = request.Operation is DiskOperation.WriteAndSync or DiskOperation.ReplaceWhole;
        var fate = isWrite && _fates.Count > 0 ? _fates.Dequeue() : WriteFate.Done;
        IsOff = fate == WriteFate.PowerFails;
        if (fate == WriteFate.NoSpace)
        {
            _completions.Enqueue(new DiskCompletion(request.Id, "the disk is full", OutOfSpace: true));
            return;
        }
        Carry(request);
        if (!IsOff)
        {
            _completions.Enqueue(new DiskCompletion(request.Id, null, OutOfSpace: false));
        }
    }

    /// <inheritdoc/>
    public bool TryTakeCompletion(out DiskCompletion completion) => _completions.TryDequeue(out completion);

    private void Carry(in DiskRequest request)
    {
        switch (request.Operation)
        {
            case DiskOperation.CreateZeroFilled:
                _files[request.Name] = new byte[request.Length];
                break;
            case DiskOperation.WriteAndSync:
                var bytes = request.Bytes.Span[..(IsOff ? request.Bytes.Length / 2 : request.Bytes.Length)];
                bytes.CopyTo(_files[request.Name].AsSpan(checked((int)request.Offset)));
                break;
            case DiskOperation.ReplaceWhole:
                // Whole or not at all.
                if (!IsOff)
                {
                    _files[request.Name] = request.Bytes.ToArray();
                }
                break;
            case DiskOperation.Delete:
                _files.Remove(request.Name);
                break;
            default:
                throw new NotSupportedException($"A story's disk does not know {request.Operation}.");
        }
    }
}
