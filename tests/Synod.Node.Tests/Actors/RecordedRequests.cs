using Synod.Ports;
using Synod.Store;

namespace Synod.Node.Tests;

/// <summary>How often a request ended, and how.</summary>
internal sealed class Endings
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public Failure? Failure { get; private set; }

    public void Add(Failure? failure)
    {
        Failure = failure;
        Interlocked.Increment(ref _count);
    }
}

internal sealed class RecordedWrite(byte[] command) : WriteRequest(command)
{
    public Endings Ended { get; } = new();

    public override void Applied(Outcome outcome, OrderedStore store) => Ended.Add(null);

    public override void Fail(Failure failure) => Ended.Add(failure);
}

internal sealed class RecordedRead(bool linearizable) : ReadRequest(linearizable)
{
    public Endings Ended { get; } = new();

    public override void Run(OrderedStore store) => Ended.Add(null);

    public override void Fail(Failure failure) => Ended.Add(failure);
}

internal sealed class RecordedWatch : WatchRequest
{
    public Endings Ended { get; } = new();

    public override void Run(WatchHub hub, OrderedStore store) => Ended.Add(null);

    public override void Fail(Failure failure) => Ended.Add(failure);
}
