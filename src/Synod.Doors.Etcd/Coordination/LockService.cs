using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Services;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Coordination;

/// <summary>Carries out the requests of the service <c>Lock</c>.</summary>
internal sealed class LockService(StoreAccess access, Contest contest, DoorIdentity identity)
{
    /// <summary>The service with its package.</summary>
    public const string Name = "v3lockpb.Lock";

    private static readonly GrpcStatus Lost = new(GrpcCode.Unknown, "mutex: session is expired");

    /// <summary>Waits for a lock.</summary>
    public async Task<IMessage> LockAsync(LockRequest request, CancellationToken cancelled)
    {
        var holder = await contest.WinAsync(request.Name.Memory, request.Lease, default, Lost, cancelled).ConfigureAwait(false);
        return new LockResponse
        {
            Header = identity.Now.Header(holder.Revision),
            Key = UnsafeByteOperations.UnsafeWrap(holder.Key),
        };
    }

    /// <summary>Gives a lock up.</summary>
    public async Task<IMessage> UnlockAsync(UnlockRequest request, CancellationToken cancelled)
    {
        var outcome = await access.WriteAsync<DeleteOutcome>(
            writer => writer.DeleteRange(new DeleteOperation { Key = request.Key.Span })).ConfigureAwait(false);
        return new UnlockResponse { Header = identity.Now.Header(outcome.Revision) };
    }
}
