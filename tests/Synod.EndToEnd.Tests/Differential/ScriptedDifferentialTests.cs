using System.Text;
using Google.Protobuf;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>What random requests do not come to: limits, alarms, locks, elections, and the same over JSON.</summary>
public sealed class ScriptedDifferentialTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Limits_alarms_and_leases_are_as_etcds()
    {
        await using var servers = await TwoServers.StartAsync(output);
        await LimitsAsync(servers);
        await LeasesAsync(servers);
        await AlarmsAsync(servers);
        servers.ExpectNoDifference();
    }

    [Fact]
    public async Task Locks_and_elections_are_as_etcds()
    {
        await using var servers = await TwoServers.StartAsync(output);
        await servers.AskAsync(Rpc.Grant, new LeaseGrantRequest { ID = 0x1234, TTL = 5000 }, LeaseGrantResponse.Parser);
        await servers.AskAsync(Rpc.Grant, new LeaseGrantRequest { ID = -7, TTL = 5000 }, LeaseGrantResponse.Parser);
        await LocksAsync(servers);
        await ElectionsAsync(servers);
        servers.ExpectNoDifference();
    }

    [Fact]
    public async Task JSON_is_as_etcds()
    {
        await using var servers = await TwoServers.StartAsync(output);
        using var http = new HttpClient();
        foreach (var (path, body) in s_json)
        {
            var theirs = await JsonAsync(http, servers.EtcdUrl + path, body);
            var ours = await JsonAsync(http, servers.SynodUrl + path, body);
            servers.Expect($"{path} {body}", theirs, ours);
        }
        servers.ExpectNoDifference();
    }

    private static readonly (string Path, string Body)[] s_json =
    [
        ("/v3/kv/put", """{"key":"Zm9v","value":"YmFy"}"""),
        ("/v3/kv/put", """{"key":"Zm9v","value":"YmF6","prev_kv":true}"""),
        ("/v3/kv/put", """{"key":"Zm9v","value":"YmF6","prevKv":true}"""),
        ("/v3/kv/put", """{"value":"YmF6"}"""),
        ("/v3/kv/put", """{"key":"Zm9v","lease":"77"}"""),
        ("/v3/kv/range", """{"key":"Zm9v"}"""),
        ("/v3/kv/range", """{"key":"AA==","range_end":"AA==","count_only":true}"""),
        ("/v3/kv/range", """{"key":"AA==","range_end":"AA==","limit":"1","sort_order":"DESCEND","sort_target":"MOD"}"""),
        ("/v3/kv/range", """{"key":"Zm9v","revision":"99"}"""),
        ("/v3/kv/range", """{"key":"bm90aGluZw=="}"""),
        ("/v3/lease/grant", """{"TTL":"600","ID":"77"}"""),
        ("/v3/lease/grant", """{"TTL":600,"ID":77}"""),
        ("/v3/lease/keepalive", """{"ID":"77"}"""),
        ("/v3/lease/keepalive", """{"ID":"78"}"""),
        ("/v3/lease/leases", "{}"),
        ("/v3/kv/lease/leases", "{}"),
        ("/v3/kv/txn", """{"compare":[{"target":"VERSION","key":"Zm9v","version":"3"}],"success":[{"request_put":{"key":"YQ==","value":"MQ=="}},{"request_range":{"key":"YQ=="}}],"failure":[{"request_delete_range":{"key":"Zm9v"}}]}"""),
        ("/v3/kv/txn", """{"success":[{"requestPut":{"key":"YQ=="}},{"requestPut":{"key":"YQ=="}}]}"""),
        ("/v3/kv/deleterange", """{"key":"YQ==","prev_kv":true}"""),
        ("/v3/kv/deleterange", """{"key":"YQ=="}"""),
        ("/v3/kv/compaction", """{"revision":"4"}"""),
        ("/v3/kv/compaction", """{"revision":"4"}"""),
        ("/v3/kv/range", """{"key":"Zm9v","revision":"2"}"""),
        ("/v3/lease/revoke", """{"ID":"77"}"""),
        ("/v3/lease/revoke", """{"ID":"77"}"""),
        ("/v3/kv/lease/revoke", """{"ID":"77"}"""),
        ("/v3/lease/timetolive", """{"ID":"77"}"""),
        ("/v3/lock/lock", """{"name":"bA==","lease":"5"}"""),
        ("/v3/lock/unlock", """{"key":"bA=="}"""),
        ("/v3/election/leader", """{"name":"ZQ=="}"""),
    ];

    private static async Task LimitsAsync(TwoServers servers)
    {
        foreach (var count in new[] { 127, 128, 129 })
        {
            var puts = new TxnRequest();
            puts.Success.AddRange(Enumerable.Range(0, count).Select(i => PutOp($"k{i}")));
            await servers.AskAsync(Rpc.Txn, puts, TxnResponse.Parser);
            var compares = new TxnRequest();
            compares.Compare.AddRange(Enumerable.Range(0, count).Select(_ => new Compare { Key = Key("k1"), Target = Compare.Types.CompareTarget.Create }));
            await servers.AskAsync(Rpc.Txn, compares, TxnResponse.Parser);
            var outer = new TxnRequest();
            outer.Success.Add(new RequestOp { RequestTxn = new TxnRequest() });
            outer.Success[0].RequestTxn.Success.AddRange(Enumerable.Range(0, count - 1).Select(i => PutOp($"k{i}")));
            await servers.AskAsync(Rpc.Txn, outer, TxnResponse.Parser);
        }
        foreach (var bytes in new[] { (1536 << 10) - 100, (1536 << 10) + 1, (2 << 20) - 64 })
        {
            await servers.AskAsync(Rpc.Put, new PutRequest { Key = Key("big"), Value = ByteString.CopyFrom(new byte[bytes]) }, PutResponse.Parser);
        }
        await servers.AskAsync(Rpc.DeleteRange, new DeleteRangeRequest { Key = Key("big") }, DeleteRangeResponse.Parser);
        foreach (var revision in new long[] { -1, 0, 1, 2, 2, 1000 })
        {
            await servers.AskAsync(Rpc.Compact, new CompactionRequest { Revision = revision }, CompactionResponse.Parser);
        }
    }

    private static async Task LeasesAsync(TwoServers servers)
    {
        foreach (var (id, seconds) in new (long, long)[] { (1, 0), (2, -4), (3, 1), (4, 2), (5, 9_000_000_000), (6, 9_000_000_001), (-1, 100), (long.MaxValue, 100) })
        {
            await servers.AskAsync(Rpc.Grant, new LeaseGrantRequest { ID = id, TTL = seconds }, LeaseGrantResponse.Parser);
            await servers.AskAsync(Rpc.Revoke, new LeaseRevokeRequest { ID = id }, LeaseRevokeResponse.Parser);
        }
        await servers.AskAsync(Rpc.Revoke, new LeaseRevokeRequest(), LeaseRevokeResponse.Parser);
        await servers.AskAsync(Rpc.TimeToLive, new LeaseTimeToLiveRequest(), LeaseTimeToLiveResponse.Parser);
        await servers.AskAsync(Rpc.KeepAlive, new LeaseKeepAliveRequest(), LeaseKeepAliveResponse.Parser);
    }

    private static async Task AlarmsAsync(TwoServers servers)
    {
        await servers.AskAsync(Rpc.Grant, new LeaseGrantRequest { ID = 7, TTL = 5000 }, LeaseGrantResponse.Parser);
        await servers.PutAsync("alarmed", "1");
        foreach (var kind in new[] { AlarmType.Nospace, AlarmType.Corrupt })
        {
            await AlarmAsync(servers, AlarmRequest.Types.AlarmAction.Deactivate, kind, 5);
            await AlarmAsync(servers, AlarmRequest.Types.AlarmAction.Activate, kind, 5);
            await AlarmAsync(servers, AlarmRequest.Types.AlarmAction.Activate, kind, 5);
            await AlarmAsync(servers, AlarmRequest.Types.AlarmAction.Activate, kind, 9);
            await AlarmAsync(servers, AlarmRequest.Types.AlarmAction.Get, AlarmType.None, 0);
            await AlarmAsync(servers, AlarmRequest.Types.AlarmAction.Get, AlarmType.Nospace, 5);
            await servers.PutAsync("alarmed", "2");
            await servers.AskAsync(Rpc.Grant, new LeaseGrantRequest { ID = 8, TTL = 5000 }, LeaseGrantResponse.Parser);
            await servers.AskAsync(Rpc.KeepAlive, new LeaseKeepAliveRequest { ID = 7 }, LeaseKeepAliveResponse.Parser);
            await servers.AskAsync(Rpc.Txn, new TxnRequest { Success = { PutOp("alarmed") } }, TxnResponse.Parser);
            await servers.AskAsync(Rpc.Txn, new TxnRequest { Failure = { PutOp("alarmed") } }, TxnResponse.Parser);
            var delete = new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Key("nothing") } };
            await servers.AskAsync(Rpc.Txn, new TxnRequest { Success = { delete } }, TxnResponse.Parser);
            var read = new RequestOp { RequestRange = new RangeRequest { Key = Key("alarmed") } };
            await servers.AskAsync(Rpc.Txn, new TxnRequest { Success = { read } }, TxnResponse.Parser);
            await servers.AskAsync(Rpc.Range, new RangeRequest { Key = Key("alarmed") }, RangeResponse.Parser);
            await servers.AskAsync(Rpc.DeleteRange, new DeleteRangeRequest { Key = Key("k1") }, DeleteRangeResponse.Parser);
            await servers.AskAsync(Rpc.Compact, new CompactionRequest { Revision = 3 }, CompactionResponse.Parser);
            await AlarmAsync(servers, AlarmRequest.Types.AlarmAction.Deactivate, kind, 5);
            await servers.PutAsync("alarmed", "3");
            await AlarmAsync(servers, AlarmRequest.Types.AlarmAction.Deactivate, kind, 9);
            await servers.PutAsync("alarmed", "4");
        }
    }

    private static async Task LocksAsync(TwoServers servers)
    {
        const string Lock = "/v3lockpb.Lock/Lock";
        const string Unlock = "/v3lockpb.Lock/Unlock";
        var held = await servers.AskAsync(Lock, new LockRequest { Name = Key("l"), Lease = 0x1234 }, LockResponse.Parser);
        await servers.AskAsync(Lock, new LockRequest { Name = Key("l"), Lease = 0x1234 }, LockResponse.Parser);
        await servers.AskAsync(Rpc.Range, new RangeRequest { Key = Key("l"), RangeEnd = Key("m") }, RangeResponse.Parser);
        await servers.AskAsync(Unlock, new UnlockRequest { Key = held!.Key }, UnlockResponse.Parser);
        await servers.AskAsync(Unlock, new UnlockRequest { Key = held.Key }, UnlockResponse.Parser);
        await servers.AskAsync(Lock, new LockRequest { Name = Key("negative"), Lease = -7 }, LockResponse.Parser);
        await servers.AskAsync(Lock, new LockRequest { Name = Key("unknown"), Lease = 99 }, LockResponse.Parser);
        await servers.AskAsync(Unlock, new UnlockRequest(), UnlockResponse.Parser);
    }

    private static async Task ElectionsAsync(TwoServers servers)
    {
        const string Election = "/v3electionpb.Election/";
        var campaign = new CampaignRequest { Name = Key("e"), Lease = 0x1234, Value = Key("one") };
        await servers.AskAsync(Election + "Leader", new LeaderRequest { Name = Key("e") }, LeaderResponse.Parser);
        var won = await servers.AskAsync(Election + "Campaign", campaign, CampaignResponse.Parser);
        await servers.AskAsync(Election + "Campaign", campaign, CampaignResponse.Parser);
        await servers.AskAsync(Election + "Leader", new LeaderRequest { Name = Key("e") }, LeaderResponse.Parser);
        await servers.AskAsync(Election + "Proclaim", new ProclaimRequest { Leader = won!.Leader, Value = Key("two") }, ProclaimResponse.Parser);
        await servers.AskAsync(Election + "Leader", new LeaderRequest { Name = Key("e") }, LeaderResponse.Parser);
        await servers.AskAsync(Election + "Proclaim", new ProclaimRequest { Value = Key("two") }, ProclaimResponse.Parser);
        await servers.AskAsync(Election + "Resign", new ResignRequest { Leader = won.Leader }, ResignResponse.Parser);
        await servers.AskAsync(Election + "Resign", new ResignRequest { Leader = won.Leader }, ResignResponse.Parser);
        await servers.AskAsync(Election + "Resign", new ResignRequest(), ResignResponse.Parser);
        await servers.AskAsync(Election + "Proclaim", new ProclaimRequest { Leader = won.Leader, Value = Key("three") }, ProclaimResponse.Parser);
        await servers.AskAsync(Election + "Campaign", new CampaignRequest { Name = Key("e"), Lease = 99 }, CampaignResponse.Parser);
        await servers.AskAsync(Rpc.Range, new RangeRequest { Key = Key("\0"), RangeEnd = Key("\0") }, RangeResponse.Parser);
    }

    private static Task<AlarmResponse?> AlarmAsync(
        TwoServers servers, AlarmRequest.Types.AlarmAction action, AlarmType kind, ulong member) => servers.AskAsync(
        Rpc.Alarm, new AlarmRequest { Action = action, Alarm = kind, MemberID = member }, AlarmResponse.Parser);

    private static RequestOp PutOp(string key) => new() { RequestPut = new PutRequest { Key = Key(key), Value = Key("x") } };

    private static ByteString Key(string text) => ByteString.CopyFromUtf8(text);

    private static async Task<string> JsonAsync(HttpClient http, string url, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(url, content);
        var text = await response.Content.ReadAsStringAsync();
        return $"{(int)response.StatusCode} {JsonNormal.Of(text)}";
    }
}
