using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Doors.Etcd.Services;
using Synod.Ports;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Leases;

/// <summary>A grant or a revocation under way.</summary>
internal sealed class LeaseCommandCall(ReadOnlyMemory<byte> command, PooledBuffer answer, DoorIdentity identity)
    : WriteCall(command, answer)
{
    /// <inheritdoc/>
    protected override GrpcStatus Answer(Outcome outcome, OrderedStore store, PooledBuffer answer)
    {
        switch (outcome)
        {
            case ErrorOutcome error:
                return StoreErrors.StatusOf(error.Error);
            case LeaseGrantOutcome grant:
                AnswerWriter.Frame(answer, new LeaseGrantResponse
                {
                    Header = identity.Now.Header(grant.Revision),
                    ID = grant.Id,
                    TTL = grant.TtlSeconds,
                });
                return GrpcStatus.Ok;
            case LeaseRevokeOutcome revoke:
                AnswerWriter.Frame(answer, new LeaseRevokeResponse { Header = identity.Now.Header(revoke.Revision) });
                return GrpcStatus.Ok;
            default:
                return new GrpcStatus(GrpcCode.Internal, $"etcdserver: no answer for {outcome.GetType().Name}");
        }
    }
}

/// <summary>A question for what is left of a lease, under way.</summary>
internal sealed class TimeToLiveCall(long id, bool withKeys, PooledBuffer answer, DoorIdentity identity)
    : ReadCall(linearizable: true, answer)
{
    private const ulong MicrosecondsPerSecond = 1_000_000;
    private const long NoLease = -1;

    /// <inheritdoc/>
    protected override GrpcStatus Answer(OrderedStore store, PooledBuffer answer)
    {
        var shown = new LeaseTimeToLiveResponse
        {
            Header = identity.Now.Header(store.CurrentRevision),
            ID = id,
            TTL = NoLease,
        };
        if (store.TryGetLease(id, out var lease))
        {
            shown.TTL = (long)(lease.RemainingMicroseconds / MicrosecondsPerSecond);
            shown.GrantedTTL = lease.TtlSeconds;
            foreach (var key in withKeys ? store.KeysOfLease(id) : [])
            {
                shown.Keys.Add(Google.Protobuf.UnsafeByteOperations.UnsafeWrap(key));
            }
        }
        AnswerWriter.Frame(answer, shown);
        return GrpcStatus.Ok;
    }
}

/// <summary>The list of leases under way.</summary>
internal sealed class LeasesCall(PooledBuffer answer, DoorIdentity identity) : ReadCall(linearizable: true, answer)
{
    /// <inheritdoc/>
    protected override GrpcStatus Answer(OrderedStore store, PooledBuffer answer)
    {
        var list = new LeaseLeasesResponse { Header = identity.Now.Header(store.CurrentRevision) };
        foreach (var lease in store.Leases())
        {
            list.Leases.Add(new LeaseStatus { ID = lease.Id });
        }
        AnswerWriter.Frame(answer, list);
        return GrpcStatus.Ok;
    }
}
