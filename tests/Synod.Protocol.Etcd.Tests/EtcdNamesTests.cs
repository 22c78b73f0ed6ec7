using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Synod.Protocol.Etcd.Tests;

/// <summary>Packages, services and numbers are etcd's: one that differs is a client that breaks without a word.</summary>
public sealed class EtcdNamesTests
{
    [Theory]
    [InlineData("etcdserverpb.KV", "Range Put DeleteRange Txn Compact")]
    [InlineData("etcdserverpb.Watch", "<Watch>")]
    [InlineData("etcdserverpb.Lease", "LeaseGrant LeaseRevoke <LeaseKeepAlive> LeaseTimeToLive LeaseLeases")]
    [InlineData("etcdserverpb.Cluster", "MemberList")]
    [InlineData("etcdserverpb.Maintenance", "Alarm Status Defragment Hash HashKV MoveLeader")]
    [InlineData("v3lockpb.Lock", "Lock Unlock")]
    [InlineData("v3electionpb.Election", "Campaign Proclaim Leader Observe> Resign")]
    [InlineData("grpc.health.v1.Health", "Check")]
    public void A_service_has_etcds_methods_with_their_streams(string service, string methods)
    {
        var found = Files().SelectMany(file => file.Services).Single(s => s.FullName == service).Methods;
        var shown = found.Select(m => (m.IsClientStreaming ? "<" : "") + m.Name + (m.IsServerStreaming ? ">" : ""));
        Assert.Empty(methods.Split(' ').Except(shown));
    }

    [Theory]
    [InlineData("etcdserverpb.ResponseHeader", "cluster_id 1, member_id 2, revision 3, raft_term 4")]
    [InlineData("mvccpb.KeyValue", "key 1, create_revision 2, mod_revision 3, version 4, value 5, lease 6")]
    [InlineData("mvccpb.Event", "type 1, kv 2, prev_kv 3")]
    [InlineData("etcdserverpb.RangeRequest", "key 1, range_end 2, limit 3, revision 4, sort_order 5, sort_target 6, serializable 7, keys_only 8, count_only 9, min_mod_revision 10, max_mod_revision 11, min_create_revision 12, max_create_revision 13")]
    [InlineData("etcdserverpb.RangeResponse", "header 1, kvs 2, more 3, count 4")]
    [InlineData("etcdserverpb.PutRequest", "key 1, value 2, lease 3, prev_kv 4, ignore_value 5, ignore_lease 6")]
    [InlineData("etcdserverpb.PutResponse", "header 1, prev_kv 2")]
    [InlineData("etcdserverpb.DeleteRangeRequest", "key 1, range_end 2, prev_kv 3")]
    [InlineData("etcdserverpb.DeleteRangeResponse", "header 1, deleted 2, prev_kvs 3")]
    [InlineData("etcdserverpb.RequestOp", "request_range 1, request_put 2, request_delete_range 3, request_txn 4")]
    [InlineData("etcdserverpb.ResponseOp", "response_range 1, response_put 2, response_delete_range 3, response_txn 4")]
    [InlineData("etcdserverpb.Compare", "result 1, target 2, key 3, version 4, create_revision 5, mod_revision 6, value 7, lease 8, range_end 64")]
    [InlineData("etcdserverpb.TxnRequest", "compare 1, success 2, failure 3")]
    [InlineData("etcdserverpb.TxnResponse", "header 1, succeeded 2, responses 3")]
    [InlineData("etcdserverpb.CompactionRequest", "revision 1, physical 2")]
    [InlineData("etcdserverpb.WatchRequest", "create_request 1, cancel_request 2, progress_request 3")]
    [InlineData("etcdserverpb.WatchCreateRequest", "key 1, range_end 2, start_revision 3, progress_notify 4, filters 5, prev_kv 6, watch_id 7, fragment 8")]
    [InlineData("etcdserverpb.WatchResponse", "header 1, watch_id 2, created 3, canceled 4, compact_revision 5, cancel_reason 6, fragment 7, events 11")]
    [InlineData("etcdserverpb.LeaseGrantRequest", "TTL 1, ID 2")]
    [InlineData("etcdserverpb.LeaseGrantResponse", "header 1, ID 2, TTL 3, error 4")]
    [InlineData("etcdserverpb.LeaseRevokeRequest", "ID 1")]
    [InlineData("etcdserverpb.StatusResponse", "header 1, version 2, dbSize 3, leader 4, raftIndex 5, raftTerm 6, raftAppliedIndex 7, errors 8, dbSizeInUse 9, isLearner 10")]
    [InlineData("etcdserverpb.HashKVResponse", "header 1, hash 2, compact_revision 3")]
    public void A_message_has_etcds_fields_under_etcds_numbers(string message, string fields)
    {
        var found = Types().Single(type => type.FullName == message).Fields.InDeclarationOrder()
            .Select(field => FormattableString.Invariant($"{field.Name} {field.FieldNumber}")).ToList();
        Assert.Empty(fields.Split(", ").Except(found));
        // What is not in the list must not sit on a number that the list gives to something else.
        Assert.Equal(found.Count, found.Select(field => field.Split(' ')[1]).Distinct().Count());
    }

    [Theory]
    [InlineData("etcdserverpb.Compare.CompareResult", "EQUAL 0, GREATER 1, LESS 2, NOT_EQUAL 3")]
    [InlineData("etcdserverpb.Compare.CompareTarget", "VERSION 0, CREATE 1, MOD 2, VALUE 3, LEASE 4")]
    [InlineData("etcdserverpb.RangeRequest.SortOrder", "NONE 0, ASCEND 1, DESCEND 2")]
    [InlineData("etcdserverpb.RangeRequest.SortTarget", "KEY 0, VERSION 1, CREATE 2, MOD 3, VALUE 4")]
    [InlineData("mvccpb.Event.EventType", "PUT 0, DELETE 1")]
    public void An_enumeration_has_etcds_numbers(string enumeration, string values)
    {
        var found = Types().SelectMany(type => type.EnumTypes).Single(type => type.FullName == enumeration).Values
            .Select(value => FormattableString.Invariant($"{value.Name} {value.Number}"));
        Assert.Equal(values.Split(", "), found);
    }

    [Fact]
    public void A_put_is_on_the_wire_what_etcds_clients_write()
    {
        // Field 1, two bytes "ab"; field 2, one byte "c"; field 3, the number 5; field 4, yes.
        byte[] wire = [0x0a, 2, (byte)'a', (byte)'b', 0x12, 1, (byte)'c', 0x18, 5, 0x20, 1];
        var put = PutRequest.Parser.ParseFrom(wire);
        Assert.Equal(("ab", "c", 5L, true), (put.Key.ToStringUtf8(), put.Value.ToStringUtf8(), put.Lease, put.PrevKv));
        Assert.Equal(wire, put.ToByteArray());
    }

    private static IEnumerable<FileDescriptor> Files() => typeof(PutRequest).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => type.GetProperty("Descriptor")?.GetValue(null)).OfType<FileDescriptor>();

    private static IEnumerable<MessageDescriptor> Types() => Files().SelectMany(file => file.MessageTypes);
}
