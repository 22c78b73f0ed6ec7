using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Synod.Doors.Etcd.Gateway;
using Synod.Doors.Etcd.Coordination;
using Synod.Doors.Etcd.Hosting;
using Synod.Doors.Etcd.Metrics;
using Synod.Doors.Etcd.Protocol;
using Synod.Doors.Etcd.Watching;
using Synod.Node;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Services;

/// <summary>Everything that the door serves, put together.</summary>
internal sealed class DoorServices : IDisposable
{
    private const string ClusterService = "etcdserverpb.Cluster";

    private readonly WatchStreams _streams;
    private readonly CoordinationMethods _coordination;
    private readonly CancellationTokenSource _closing = new();
    private readonly DoorMeter _meter;

    public DoorServices(
        INode node, EtcdDoorOptions options, TimeProvider time, MetricsCollector metrics, ILogger logger)
    {
        var identity = new DoorIdentity(node);
        var kv = new KvService(identity, options);
        var maintenance = new MaintenanceService(node, identity, time);
        _streams = new WatchStreams(node, identity, options, time, logger);
        _coordination = new CoordinationMethods(node, identity, options, time);
        GrpcMethod[] methods =
        [
            .. _coordination.All,
            Unary(KvService.Name, "Range", kv.Range),
            Unary(KvService.Name, "Put", kv.Put),
            Unary(KvService.Name, "DeleteRange", kv.DeleteRange),
            Unary(KvService.Name, "Txn", kv.Txn),
            Unary(KvService.Name, "Compact", kv.Compact),
            new WatchMethod(node, _streams, options),
            Unary(ClusterService, "MemberList", (message, answer, out refusal) =>
                Parsed(MemberListRequest.Parser, message, out refusal) is { } request
                    ? new MemberListCall(node, request.Linearizable, answer, identity)
                    : null),
            Unary(MaintenanceService.Name, "Status", maintenance.Status),
            Unary(MaintenanceService.Name, "HashKV", maintenance.HashKv),
            Unary(MaintenanceService.Name, "Hash", maintenance.Hash),
            Unary(MaintenanceService.Name, "Defragment", maintenance.Defragment),
            Unary(MaintenanceService.Name, "Alarm", maintenance.Alarm),
            Unary(MaintenanceService.Name, "Downgrade", MaintenanceService.Downgrade),
            Unary(MaintenanceService.Name, "MoveLeader", maintenance.MoveLeader),
            new SnapshotMethod(node, identity, options, _closing.Token),
            Unary(MaintenanceService.HealthName, "Check", maintenance.Check),
        ];
        var pages = new Dictionary<string, PlainPage>(ProbePage.All(node, time), StringComparer.Ordinal)
        {
            ["/health"] = new HealthPage(node, time),
            ["/debug/vars"] = new VariablesPage(node, identity),
            ["/version"] = new VersionPage(),
            ["/metrics"] = new MetricsPage(metrics, methods),
        };
        _meter = new DoorMeter(methods, _streams);
        Application = new DoorApplication(methods, pages, new JsonGateway(methods, options, _closing.Token), logger);

        UnaryMethod Unary(string service, string name, BeginUnary begin) =>
            new(service, name, node, options, time, begin);
    }

    /// <summary>What Kestrel calls.</summary>
    public DoorApplication Application { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
        _streams.Dispose();
        _coordination.Dispose();
        _meter.Dispose();
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
