using Synod.Paxos;
using Synod.Ports;

namespace Synod.Simulation;

/// <summary>A fault for one request.</summary>
public enum DiskFault
{
    /// <summary>None.</summary>
    None,

    /// <summary>The write fails before anything is written.</summary>
    WriteFails,

    /// <summary>Half of it is written, then it fails.</summary>
    ShortWrite,

    /// <summary>
    /// The write reaches the cache and reads back, the sync fails, and the kernel forgets that it was dirty.
    /// </summary>
    SyncFails,

    /// <summary>No space.</summary>
    NoSpace,
}

/// <summary>
/// One actor's handle on a <see cref="SimulatedMedium"/>. By default a request is done at once; with
/// <see cref="CompletesByHand"/> the scheduler completes them one by one: the oldest first, but what is done beside apart.
/// </summary>
public sealed class SimulatedDisk : IDisk
{
    private readonly SimulatedMedium _medium;
    private readonly record struct Pending(DiskRequest Request, DiskFault Fault);

    private readonly List<Pending> _underWay = [];
    private readonly Queue<DiskCompletion> _done = new();
    private bool _dead;

    internal SimulatedDisk(SimulatedMedium medium) => _medium = medium;

    /// <summary>Requests wait for <see cref="CompleteOne"/>.</summary>
    public bool CompletesByHand { get; set; }

    /// <summary>Asked once for every request, as it comes.</summary>
    public Func<DiskRequest, DiskFault> FaultOf { get; set; } = static _ => DiskFault.None;

    /// <summary>How long a request is said to have taken, when it is completed.</summary>
    public TimeSpan Took { get; set; }

    /// <summary>Told of every request as it comes, for traces and for crashes at every write.</summary>
    public Action<DiskRequest> OnSubmit { get; set; } = static _ => { };

    /// <summary>Requests that are not completed yet, in order.</summary>
    public IReadOnlyList<DiskRequest> UnderWay => [.. _underWay.Select(static pending => pending.Request)];

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => _medium.Names;

    /// <inheritdoc/>
    public long LengthOf(string name) => _medium.Cache(name).Length;

    /// <inheritdoc/>
    public int Read(string name, long offset, Span<byte> into)
    {
        var bytes = _medium.Cache(name);
        var count = (int)Math.Max(0, Math.Min(into.Length, bytes.Length - offset));
        bytes.Slice((int)Math.Min(offset, bytes.Length), count).CopyTo(into);
        return count;
    }

    /// <inheritdoc/>
    public void Submit(in DiskRequest request)
    {
        OnSubmit(request);
        if (_dead)
        {
            return;
        }
        var fault = FaultOf(request);
        if (request.Operation == DiskOperation.WriteAndSync)
        {
            WriteToCache(request, fault);
        }
        _underWay.Add(new Pending(request, fault));
        while (!CompletesByHand && CompleteOne())
        {
        }
    }

    /// <inheritdoc/>
    public bool TryTakeCompletion(out DiskCompletion completion) => _done.TryDequeue(out completion);

    /// <summary>
    /// Carries out the oldest request that is not done beside; if there is no other, the oldest of those.
    /// </summary>
    public bool CompleteOne()
    {
        var at = _underWay.FindIndex(static pending => !IsBeside(pending.Request.Operation));
        return Complete(Math.Max(at, 0));
    }

    /// <summary>Carries out the oldest of those that are done beside in order: removals, and files that grow unfinished.</summary>
    public bool CompleteOneBeside() =>
        Complete(_underWay.FindIndex(static pending => pending.Request.Operation >= DiskOperation.Delete));

    /// <summary>Whether such requests are carried out beside the others.</summary>
    public static bool IsBeside(DiskOperation operation) =>
        operation is DiskOperation.CreateZeroFilled or >= DiskOperation.Delete;

    /// <summary>Carries out one request: any file being made, or the oldest other one.</summary>
    public bool Complete(int at)
    {
        if (at < 0 || at >= _underWay.Count)
        {
            return false;
        }
        var (request, fault) = _underWay[at];
        _underWay.RemoveAt(at);
        var outOfSpace = fault == DiskFault.NoSpace || (fault == DiskFault.None && !CarryOut(request));
        if (fault == DiskFault.SyncFails && request.Operation == DiskOperation.WriteAndSync)
        {
            _medium.ForgetDirty(request.Name);
        }
        if (request.Operation >= DiskOperation.AppendAside && (outOfSpace || fault != DiskFault.None))
        {
            _medium.DropAside(request.Name);
        }
        var error = outOfSpace ? "no space left on the simulated medium"
            : fault == DiskFault.None ? null
            : $"simulated fault: {fault}";
        _done.Enqueue(new DiskCompletion(request.Id, error, outOfSpace, Took));
        return true;
    }

    internal void Die()
    {
        _dead = true;
        // A file that was being finished may have got its name already.
        var oldest = _underWay.Find(static pending => pending.Request.Operation >= DiskOperation.Delete);
        if (oldest.Request.Operation == DiskOperation.FinishAside && oldest.Fault == DiskFault.None)
        {
            _medium.MayFinishAside(oldest.Request.Name);
        }
        _underWay.Clear();
        _done.Clear();
    }

    private bool CarryOut(in DiskRequest request)
    {
        switch (request.Operation)
        {
            case DiskOperation.CreateZeroFilled:
                if (_medium.UsedBytes + request.Length > _medium.CapacityBytes)
                {
                    return false;
                }
                _medium.PutWhole(request.Name, new byte[request.Length]);
                return true;
            case DiskOperation.WriteAndSync:
                _medium.Sync(request.Name);
                return true;
            case DiskOperation.ReplaceWhole:
                _medium.PutWhole(request.Name, request.Bytes.ToArray());
                return true;
            case DiskOperation.Delete:
                _medium.Remove(request.Name);
                return true;
            case DiskOperation.AppendAside:
                return _medium.AppendAside(request.Name, request.Offset, request.Bytes.Span);
            case DiskOperation.FinishAside:
                _medium.FinishAside(request.Name);
                return true;
            default:
                Check.That(request.Operation == DiskOperation.DropAside);
                _medium.DropAside(request.Name);
                return true;
        }
    }

    private void WriteToCache(in DiskRequest request, DiskFault fault)
    {
        var written = fault switch
        {
            DiskFault.None or DiskFault.SyncFails => request.Bytes.Length,
            DiskFault.ShortWrite => request.Bytes.Length / 2,
            _ => 0,
        };
        _medium.WriteCache(request.Name, request.Offset, request.Bytes.Span[..written]);
    }
}
