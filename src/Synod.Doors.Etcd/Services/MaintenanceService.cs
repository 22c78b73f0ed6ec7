using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Protocol;
using Synod.Node;
using Synod.Protocol.Etcd;
using Synod.Protocol.Grpc;
using Synod.Store;

namespace Synod.Doors.Etcd.Services;

/// <summary>Makes calls out of the requests of the service <c>Maintenance</c>, and of the health service for probes.</summary>
internal sealed class MaintenanceService(INode node, DoorIdentity identity, TimeProvider time)
{
    /// <summary>The service with its package.</summary>
    public const string Name = "etcdserverpb.Maintenance";

    /// <summary>The service that probes ask.</summary>
    public const string HealthName = "grpc.health.v1.Health";

    /// <summary>Begins to tell how this member is.</summary>
    public IUnaryCall? Status(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal) =>
        Parsed(StatusRequest.Parser, message, out refusal) is not null ? new StatusCall(node, answer, identity) : null;

    /// <summary>Begins a sum over the keys up to a revision.</summary>
    public IUnaryCall? HashKv(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal) =>
        Parsed(HashKVRequest.Parser, message, out refusal) is { } request
            ? new HashKvCall(request.Revision, answer, identity)
            : null;

    /// <summary>
    /// The sum over everything that this member has ever carried out: the same on members that have applied the same.
    /// </summary>
    public IUnaryCall? Hash(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal) =>
        Parsed(HashRequest.Parser, message, out refusal) is null ? null : new GlanceCall(answer, store => new HashResponse
        {
            Header = identity.Now.Header(store.CurrentRevision),
            Hash = (uint)(store.EffectSum ^ (store.EffectSum >> 32)),
        });

    /// <summary>Answers at once: space comes back by itself, and there is nothing to stop the world for.</summary>
    public IUnaryCall? Defragment(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal) =>
        Parsed(DefragmentRequest.Parser, message, out refusal) is null ? null : new GlanceCall(
            answer, store => new DefragmentResponse { Header = identity.Now.Header(store.CurrentRevision) });

    /// <summary>
    /// Begins to list the alarms, or to raise or clear one. Only what was raised here blocks anything elsewhere and has to
    /// be cleared here; the lack of space that a member feels ends with its cause.
    /// </summary>
    public IUnaryCall? Alarm(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        if (Parsed(AlarmRequest.Parser, message, out refusal) is not { } request)
        {
            return null;
        }
        if (request.Action == AlarmRequest.Types.AlarmAction.Get)
        {
            return new AlarmListCall(node, request.Alarm, answer, identity);
        }
        var command = KnownAlarms.Command(request);
        refusal = request.Action is not (AlarmRequest.Types.AlarmAction.Activate or AlarmRequest.Types.AlarmAction.Deactivate)
            ? EtcdErrors.UnknownAlarm
            : StoreErrors.StatusOf(CommandValidation.Validate(command, CommandLimits.Default));
        return refusal.IsOk ? new AlarmChangeCall(command, answer, identity) : null;
    }

    /// <summary>Refuses to go back to an older release: there is none to go back to.</summary>
    public static IUnaryCall? Downgrade(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        refusal = EtcdErrors.NoDowngrade;
        return null;
    }

    /// <summary>Begins to hand leadership over.</summary>
    public IUnaryCall? MoveLeader(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal) =>
        Parsed(MoveLeaderRequest.Parser, message, out refusal) is { } request
            ? new MoveLeaderCall(request.TargetID, answer, identity, time)
            : null;

    /// <summary>Tells a probe whether this member serves.</summary>
    public IUnaryCall? Check(ReadOnlySpan<byte> message, PooledBuffer answer, out GrpcStatus refusal)
    {
        if (Parsed(HealthCheckRequest.Parser, message, out refusal) is not { } request)
        {
            return null;
        }
        if (request.Service.Length > 0)
        {
            refusal = new GrpcStatus(GrpcCode.NotFound, "unknown service");
            return null;
        }
        return new GlanceCall(answer, _ => new HealthCheckResponse
        {
            Status = node.Status is { Serving: true, Fault: null }
                ? HealthCheckResponse.Types.ServingStatus.Serving
                : HealthCheckResponse.Types.ServingStatus.NotServing,
        });
    }

    private static T? Parsed<T>(MessageParser<T> parser, ReadOnlySpan<byte> message, out GrpcStatus refusal)
        where T : class, IMessage<T>
    {
        try
        {
            refusal = GrpcStatus.Ok;
            return parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException)
        {
            refusal = EtcdErrors.Unparsable;
            return null;
        }
    }
}
