using System.Collections.Frozen;
using System.Reflection;
using Google.Protobuf.Reflection;
using Synod.Doors.Etcd.Hosting;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Gateway;

/// <summary>One path of the gateway.</summary>
/// <param name="Path">The path.</param>
/// <param name="Descriptor">The method that it stands for: its messages, and whether they stream.</param>
/// <param name="Method">What serves it; null where this door does not have the method yet.</param>
internal sealed record GatewayRoute(string Path, MethodDescriptor Descriptor, GrpcMethod? Method);

/// <summary>
/// Which path stands for which method. A method that the door gets later is served under its path without further
/// doing; a path without a method answers as gRPC does for an unknown method.
/// </summary>
internal static class GatewayRoutes
{
    private const string Kv = "etcdserverpb.KV/";
    private const string Lease = "etcdserverpb.Lease/";
    private const string Cluster = "etcdserverpb.Cluster/";
    private const string Maintenance = "etcdserverpb.Maintenance/";
    private const string Auth = "etcdserverpb.Auth/";
    private const string Lock = "v3lockpb.Lock/";
    private const string Election = "v3electionpb.Election/";

    private static readonly (string Path, string Method)[] s_paths =
    [
        ("/v3/kv/range", Kv + "Range"),
        ("/v3/kv/put", Kv + "Put"),
        ("/v3/kv/deleterange", Kv + "DeleteRange"),
        ("/v3/kv/txn", Kv + "Txn"),
        ("/v3/kv/compaction", Kv + "Compact"),
        ("/v3/watch", "etcdserverpb.Watch/Watch"),
        ("/v3/lease/grant", Lease + "LeaseGrant"),
        ("/v3/lease/revoke", Lease + "LeaseRevoke"),
        ("/v3/kv/lease/revoke", Lease + "LeaseRevoke"),
        ("/v3/lease/keepalive", Lease + "LeaseKeepAlive"),
        ("/v3/lease/timetolive", Lease + "LeaseTimeToLive"),
        ("/v3/kv/lease/timetolive", Lease + "LeaseTimeToLive"),
        ("/v3/lease/leases", Lease + "LeaseLeases"),
        ("/v3/kv/lease/leases", Lease + "LeaseLeases"),
        ("/v3/cluster/member/add", Cluster + "MemberAdd"),
        ("/v3/cluster/member/remove", Cluster + "MemberRemove"),
        ("/v3/cluster/member/update", Cluster + "MemberUpdate"),
        ("/v3/cluster/member/list", Cluster + "MemberList"),
        ("/v3/cluster/member/promote", Cluster + "MemberPromote"),
        ("/v3/maintenance/alarm", Maintenance + "Alarm"),
        ("/v3/maintenance/status", Maintenance + "Status"),
        ("/v3/maintenance/defragment", Maintenance + "Defragment"),
        ("/v3/maintenance/hash", Maintenance + "Hash"),
        ("/v3/maintenance/hashkv", Maintenance + "HashKV"),
        ("/v3/maintenance/snapshot", Maintenance + "Snapshot"),
        ("/v3/maintenance/transfer-leadership", Maintenance + "MoveLeader"),
        ("/v3/maintenance/downgrade", Maintenance + "Downgrade"),
        ("/v3/auth/enable", Auth + "AuthEnable"),
        ("/v3/auth/disable", Auth + "AuthDisable"),
        ("/v3/auth/status", Auth + "AuthStatus"),
        ("/v3/auth/authenticate", Auth + "Authenticate"),
        ("/v3/auth/user/add", Auth + "UserAdd"),
        ("/v3/auth/user/get", Auth + "UserGet"),
        ("/v3/auth/user/list", Auth + "UserList"),
        ("/v3/auth/user/delete", Auth + "UserDelete"),
        ("/v3/auth/user/changepw", Auth + "UserChangePassword"),
        ("/v3/auth/user/grant", Auth + "UserGrantRole"),
        ("/v3/auth/user/revoke", Auth + "UserRevokeRole"),
        ("/v3/auth/role/add", Auth + "RoleAdd"),
        ("/v3/auth/role/get", Auth + "RoleGet"),
        ("/v3/auth/role/list", Auth + "RoleList"),
        ("/v3/auth/role/delete", Auth + "RoleDelete"),
        ("/v3/auth/role/grant", Auth + "RoleGrantPermission"),
        ("/v3/auth/role/revoke", Auth + "RoleRevokePermission"),
        ("/v3/lock/lock", Lock + "Lock"),
        ("/v3/lock/unlock", Lock + "Unlock"),
        ("/v3/election/campaign", Election + "Campaign"),
        ("/v3/election/proclaim", Election + "Proclaim"),
        ("/v3/election/leader", Election + "Leader"),
        ("/v3/election/observe", Election + "Observe"),
        ("/v3/election/resign", Election + "Resign"),
    ];

    /// <summary>The paths for which there is a method in the protocol's files, with what serves them.</summary>
    public static FrozenDictionary<string, GatewayRoute> For(IEnumerable<GrpcMethod> methods)
    {
        var serving = methods.ToDictionary(method => method.Path, StringComparer.Ordinal);
        var described = Described();
        List<GatewayRoute> routes = [];
        foreach (var (path, name) in s_paths)
        {
            if (described.TryGetValue(name, out var descriptor))
            {
                routes.Add(new GatewayRoute(path, descriptor, serving.GetValueOrDefault("/" + name)));
            }
        }
        return routes.ToFrozenDictionary(route => route.Path, StringComparer.Ordinal);
    }

    /// <summary>All methods in the protocol's files, by service and name.</summary>
    private static Dictionary<string, MethodDescriptor> Described() => typeof(RangeRequest).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
        .OfType<FileDescriptor>()
        .SelectMany(file => file.Services)
        .SelectMany(service => service.Methods)
        .ToDictionary(method => $"{method.Service.FullName}/{method.Name}", StringComparer.Ordinal);
}
