using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Ports;
using Synod.Store;

namespace Synod.Doors.Etcd.Leases;

/// <summary>How a renewal ended.</summary>
/// <param name="Status">Why it did not come to an end, or Ok.</param>
/// <param name="TtlSeconds">Seconds from now; 0 if the lease is over.</param>
/// <param name="Revision">A revision at which the lease, if it lives, was seen alive.</param>
internal readonly record struct Renewal(GrpcStatus Status, long TtlSeconds, long Revision);

/// <summary>
/// Renewals of all streams of this door. One command is under way at a time, and all renewals that come meanwhile go
/// into the next: a hundred thousand leases that are kept alive cost a few hundred commands a second at most.
/// </summary>
internal sealed class LeaseRenewals(INode node)
{
    /// <summary>How many renewals may wait; more are refused.</summary>
    public const int WaitingMax = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private bool _isUnderWay;

    /// <summary>Renews a lease.</summary>
    public Task<Renewal> RenewAsync(long id)
    {
        var waiting = new Waiting(id, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            if (_waiting.Count >= WaitingMax)
            {
                return Task.FromResult(new Renewal(EtcdErrors.TooManyRequests, 0, 0));
            }
            _waiting.Enqueue(waiting);
            if (_isUnderWay)
            {
                return waiting.End.Task;
            }
            _isUnderWay = true;
        }
        SubmitNext();
        return waiting.End.Task;
    }

    private void SubmitNext()
    {
        Waiting[] batch;
        lock (_lock)
        {
            _isUnderWay = _waiting.Count > 0;
            if (!_isUnderWay)
            {
                return;
            }
            batch = new Waiting[Math.Min(_waiting.Count, LeaseLimits.RenewalsPerCommandMax)];
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i] = _waiting.Dequeue();
            }
        }
        node.Submit(new Batch(this, batch));
    }

    private readonly record struct Waiting(long Id, TaskCompletionSource<Renewal> End);

    private sealed class Batch(LeaseRenewals renewals, Waiting[] batch)
        : WriteRequest(LeaseCommands.Renew(Array.ConvertAll(batch, waiting => waiting.Id)))
    {
        public override void Applied(Outcome outcome, OrderedStore store)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i].End.SetResult(outcome is LeaseRenewOutcome renewed
                    ? new Renewal(GrpcStatus.Ok, renewed.TtlSeconds[i], renewed.Revision)
                    : new Renewal(StoreErrors.StatusOf(((ErrorOutcome)outcome).Error), 0, 0));
            }
            renewals.SubmitNext();
        }

        public override void Fail(Failure failure)
        {
            foreach (var waiting in batch)
            {
                waiting.End.SetResult(new Renewal(EtcdErrors.Of(failure), 0, 0));
            }
            renewals.SubmitNext();
        }
    }
}
