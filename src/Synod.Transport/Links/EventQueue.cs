using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Synod.Ports;

namespace Synod.Transport.Links;

/// <summary>
/// Events on their way to the owner, one queue per kind of lane, so that a heartbeat overtakes a snapshot here too. The
/// order within a lane is kept. Bounded by what each <see cref="Intake"/> admits.
/// </summary>
internal sealed class EventQueue(Action wake)
{
    /// <summary>Every so many takes the urgent lanes let the others go first: none is starved by another.</summary>
    private const int TakesPerReversal = 16;

    private readonly ConcurrentQueue<Waiting> _control = new();
    private readonly ConcurrentQueue<Waiting> _data = new();
    private readonly ConcurrentQueue<Waiting> _bulk = new();
    private int _takes;
    private volatile ExceptionDispatchInfo? _fault;

    /// <summary>Adds an event; the caller calls <see cref="Wake"/> when it has added all it has.</summary>
    public void Post(Lane lane, in PeerEvent posted)
    {
        ConcurrentQueue<Waiting> queue = lane.Which switch
        {
            PeerLane.Control => _control,
            PeerLane.Data => _data,
            _ => _bulk,
        };
        queue.Enqueue(new Waiting(lane, posted));
    }

    /// <summary>
    /// Something is broken in the links themselves: the owner gets the exception instead of its next event.
    /// </summary>
    public void Fault(Exception fault)
    {
        _fault = ExceptionDispatchInfo.Capture(fault);
        wake();
    }

    /// <summary>Rouses the owner.</summary>
    public void Wake() => wake();

    /// <summary>Takes the next event of the lanes up to <paramref name="upTo"/>. For one owner thread.</summary>
    public bool TryTake(PeerLane upTo, [NotNullWhen(true)] out Lane? lane, out PeerEvent taken)
    {
        _fault?.Throw();
        _takes = (_takes + 1) % TakesPerReversal;
        bool found = _takes == 0
            ? TryTakeBulk(upTo, out Waiting waiting) || TryTakeData(upTo, out waiting) || _control.TryDequeue(out waiting)
            : _control.TryDequeue(out waiting) || TryTakeData(upTo, out waiting) || TryTakeBulk(upTo, out waiting);
        (lane, taken) = (waiting.Lane, waiting.Event);
        return found;
    }

    private bool TryTakeData(PeerLane upTo, out Waiting waiting)
    {
        waiting = default;
        return upTo >= PeerLane.Data && _data.TryDequeue(out waiting);
    }

    private bool TryTakeBulk(PeerLane upTo, out Waiting waiting)
    {
        waiting = default;
        return upTo >= PeerLane.Bulk && _bulk.TryDequeue(out waiting);
    }

    private readonly record struct Waiting(Lane Lane, PeerEvent Event);
}
