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

    /// <summary>
    /// Where the paths lie: today's place, and those of etcd 3.3 and 3.2, which clients still ask by default
    /// (<c>python3-etcd3gw</c> the oldest). The messages are the same.
    /// </summary>
    private static readonly string[] s_places = ["/v3/", "/v3beta/", "/v3alpha/"];

    private static readonly (string Path, string Method)[] s_paths =
    [
        ("kv/range", Kv + "Range"),
        ("kv/put", Kv + "Put"),
        ("kv/deleterange", Kv + "DeleteRange"),
        ("kv/txn", Kv + "Txn"),
        ("kv/compaction", Kv + "Compact"),
        ("watch", "etcdserverpb.Watch/Watch"),
        ("lease/grant", Lease + "LeaseGrant"),
        ("lease/revoke", Lease + "LeaseRevoke"),
        ("kv/lease/revoke", Lease + "LeaseRevoke"),
        ("lease/keepalive", Lease + "LeaseKeepAlive"),
        ("lease/timetolive", Lease + "LeaseTimeToLive"),
        ("kv/lease/timetolive", Lease + "LeaseTimeToLive"),
        ("lease/leases", Lease + "LeaseLeases"),
        ("kv/lease/leases", Lease + "LeaseLeases"),
        ("cluster/member/add", Cluster + "MemberAdd"),
        ("cluster/member/remove", Cluster + "MemberRemove"),
        ("cluster/member/update", Cluster + "MemberUpdate"),
        ("cluster/member/list", Cluster + "MemberList"),
        ("cluster/member/promote", Cluster + "MemberPromote"),
        ("maintenance/alarm", Maintenance + "Alarm"),
        ("maintenance/status", Maintenance + "Status"),
        ("maintenance/defragment", Maintenance + "Defragment"),
        ("maintenance/hash", Maintenance + "Hash"),
        ("maintenance/hashkv", Maintenance + "HashKV"),
        ("maintenance/snapshot", Maintenance + "Snapshot"),
        ("maintenance/transfer-leadership", Maintenance + "MoveLeader"),
        ("maintenance/downgrade", Maintenance + "Downgrade"),
        ("auth/enable", Auth + "AuthEnable"),
        ("auth/disable", Auth + "AuthDisable"),
        ("auth/status", Auth + "AuthStatus"),
        ("auth/authenticate", Auth + "Authenticate"),
        ("auth/user/add", Auth + "UserAdd"),
        ("auth/user/get", Auth + "UserGet"),
        ("auth/user/list", Auth + "UserList"),
        ("auth/user/delete", Auth + "UserDelete"),
        ("auth/user/changepw", Auth + "UserChangePassword"),
        ("auth/user/grant", Auth + "UserGrantRole"),
        ("auth/user/revoke", Auth + "UserRevokeRole"),
        ("auth/role/add", Auth + "RoleAdd"),
        ("auth/role/get", Auth + "RoleGet"),
        ("auth/role/list", Auth + "RoleList"),
        ("auth/role/delete", Auth + "RoleDelete"),
        ("auth/role/grant", Auth + "RoleGrantPermission"),
        ("auth/role/revoke", Auth + "RoleRevokePermission"),
        ("lock/lock", Lock + "Lock"),
        ("lock/unlock", Lock + "Unlock"),
        ("election/campaign", Election + "Campaign"),
        ("election/proclaim", Election + "Proclaim"),
        ("election/leader", Election + "Leader"),
        ("election/observe", Election + "Observe"),
        ("election/resign", Election + "Resign"),
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
                var method = serving.GetValueOrDefault("/" + name);
                routes.AddRange(s_places.Select(place => new GatewayRoute(place + path, descriptor, method)));
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
