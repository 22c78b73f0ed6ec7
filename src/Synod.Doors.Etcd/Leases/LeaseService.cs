using System.Buffers;
using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Doors.Etcd.Services;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Leases;

/// <summary>Makes calls out of the requests of the service <c>Lease</c> that have one answer.</summary>
internal sealed class LeaseService(DoorIdentity identity)
{
    /// <summary>The service with its package.</summary>
    public const string Name = "etcdserverpb.Lease";

    /// <summary>Begins a grant.</summary>
    public IUnaryCall? Grant(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        if (!TryParse(LeaseGrantRequest.Parser, message, out var request, out refusal))
        {
            return null;
        }
        var command = LeaseCommands.Grant(request.ID == 0 ? NewId() : request.ID, request.TTL);
        return Command(command, answer, out refusal);
    }

    /// <summary>Begins a revocation.</summary>
    public IUnaryCall? Revoke(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal) =>
        TryParse(LeaseRevokeRequest.Parser, message, out var request, out refusal)
            ? Command(LeaseCommands.Revoke(request.ID), answer, out refusal)
            : null;

    /// <summary>Begins a question for what is left.</summary>
    public IUnaryCall? TimeToLive(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal) =>
        TryParse(LeaseTimeToLiveRequest.Parser, message, out var request, out refusal)
            ? new TimeToLiveCall(request.ID, request.Keys, answer, identity)
            : null;

    /// <summary>Begins a list.</summary>
    public IUnaryCall? Leases(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal) =>
        TryParse(LeaseLeasesRequest.Parser, message, out LeaseLeasesRequest _, out refusal) ? new LeasesCall(answer, identity) : null;

    /// <summary>
    /// An id for a lease whose client wants none of its own: positive, and drawn from so many that no draw has to be
    /// repeated. Were one taken, the grant would be refused like any other of a taken id.
    /// </summary>
    public static long NewId() => Random.Shared.NextInt64(1, long.MaxValue);

    private LeaseCommandCall? Command(byte[] command, PooledBuffer answer, out GrpcStatus refusal)
    {
        refusal = StoreErrors.StatusOf(CommandValidation.Validate(command, CommandLimits.Default));
        return refusal.IsOk ? new LeaseCommandCall(command, answer, identity) : null;
    }

    private static bool TryParse<T>(MessageParser<T> parser, ReadOnlySpan<byte> message, out T request, out GrpcStatus refusal)
        where T : class, IMessage<T>
    {
        try
        {
            request = parser.ParseFrom(message);
            refusal = GrpcStatus.Ok;
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            request = null!;
            refusal = EtcdErrors.Unparsable;
            return false;
        }
    }
}

/// <summary>Commands that have to do with leases.</summary>
internal static class LeaseCommands
{
    private const int MostBytes = 32;

    /// <summary>Makes a lease.</summary>
    public static byte[] Grant(long id, long ttlSeconds)
    {
        var output = new ArrayBufferWriter<byte>(MostBytes);
        var writer = new CommandWriter(output);
        writer.Begin();
        writer.LeaseGrant(new LeaseGrant(id, ttlSeconds));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Ends a lease.</summary>
    public static byte[] Revoke(long id)
    {
        var output = new ArrayBufferWriter<byte>(MostBytes);
        var writer = new CommandWriter(output);
        writer.Begin();
        writer.LeaseRevoke(id);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Renews leases.</summary>
    public static byte[] Renew(ReadOnlySpan<long> ids)
    {
        var output = new ArrayBufferWriter<byte>(MostBytes + (ids.Length * sizeof(long)));
        var writer = new CommandWriter(output);
        writer.Begin();
        writer.LeaseRenew(ids);
        return output.WrittenSpan.ToArray();
    }
}
