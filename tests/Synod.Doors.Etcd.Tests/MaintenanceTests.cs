using System.Net;
using Google.Protobuf;
using Synod.Paxos;
using Synod.Protocol.Etcd;
using Synod.Protocol.Grpc;

namespace Synod.Doors.Etcd.Tests;

/// <summary>Upkeep of a member, and what probes see of it.</summary>
public sealed class MaintenanceTests : IAsyncLifetime
{
    private const string MoveLeader = "/etcdserverpb.Maintenance/MoveLeader";
    private const string Alarm = "/etcdserverpb.Maintenance/Alarm";
    private const string Status = "/etcdserverpb.Maintenance/Status";

    private static readonly HttpClient s_http = new();
    private OpenDoor _door = null!;

    private Etcdctl Etcdctl => new(_door.Address);

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task Etcdctl_sums_up_the_keys_and_defragments()
    {
        await Etcdctl.RunAsync("put", "a", "1");
        var first = await Etcdctl.RunAsync("endpoint", "hashkv");
        Assert.Equal(first, await Etcdctl.RunAsync("endpoint", "hashkv"));
        await Etcdctl.RunAsync("put", "a", "2");
        Assert.NotEqual(first, await Etcdctl.RunAsync("endpoint", "hashkv"));
        Assert.Equal(first, await Etcdctl.RunAsync("endpoint", "hashkv", "--rev=2"));
        Assert.Contains("Finished defragmenting", await Etcdctl.RunAsync("defrag"), StringComparison.Ordinal);
        Assert.Contains("future revision", (await Etcdctl.TryAsync("", "endpoint", "hashkv", "--rev=99")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_shows_in_alarms_status_and_health_until_it_is_over()
    {
        Assert.Equal("", await Etcdctl.RunAsync("alarm", "list"));
        _door.Node.FillDisk();
        Assert.Contains("alarm:NOSPACE", await Etcdctl.RunAsync("alarm", "list"), StringComparison.Ordinal);
        Assert.Contains("NOSPACE", await Etcdctl.RunAsync("endpoint", "status", "-w", "json"), StringComparison.Ordinal);
        await ExpectPageAsync("/health", HttpStatusCode.ServiceUnavailable, """{"health":"false","reason":"ALARM NOSPACE"}""");
        await ExpectPageAsync("/health?exclude=NOSPACE", HttpStatusCode.OK, """{"health":"true","reason":""}""");
        await ExpectPageAsync("/readyz", HttpStatusCode.OK, "ok\n");
    }

    [Fact]
    public async Task The_full_disk_of_another_member_shows_in_alarms_and_status_and_leaves_this_one_healthy()
    {
        var self = _door.Node.Members[0];
        _door.Node.Members = [self, self with { Id = new NodeId(2), PublicId = 0x22, Name = "other" }];
        _door.Node.FillDiskOf(new NodeId(2));
        Assert.Equal("memberID:34 alarm:NOSPACE \n", await Etcdctl.RunAsync("alarm", "list"));
        var status = await _door.Client.CallAsync(Status, new StatusRequest(), StatusResponse.Parser);
        Assert.Equal(["memberID:34 alarm:NOSPACE"], status.Errors);
        await ExpectPageAsync("/health", HttpStatusCode.OK, """{"health":"true","reason":""}""");
        await Etcdctl.RunAsync("alarm", "disarm");
        Assert.Equal("memberID:34 alarm:NOSPACE \n", await Etcdctl.RunAsync("alarm", "list"));
        _door.Node.FillDiskOf();
        Assert.Equal("", await Etcdctl.RunAsync("alarm", "list"));
    }

    [Theory]
    [InlineData(AlarmType.Nospace, 8, "etcdserver: mvcc: database space exceeded")]
    [InlineData(AlarmType.Corrupt, 15, "etcdserver: corrupt cluster")]
    public async Task An_alarm_that_an_operator_raises_blocks_writes_until_it_is_disarmed(AlarmType kind, int code, string words)
    {
        await Etcdctl.RunAsync("put", "a", "1");
        var raise = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, MemberID = 0xabc1, Alarm = kind };
        var raised = await _door.Client.CallAsync(Alarm, raise, AlarmResponse.Parser);
        Assert.Equal([new AlarmMember { MemberID = 0xabc1, Alarm = kind }], raised.Alarms);
        Assert.Equal(2, raised.Header.Revision);
        var name = kind.ToString().ToUpperInvariant();
        var refusal = await _door.Client.FailAsync("/etcdserverpb.KV/Put", new PutRequest { Key = ByteString.CopyFromUtf8("a") });
        Assert.Equal((code, words), (refusal.Code, refusal.Message));
        Assert.Equal("a\n1\n", await Etcdctl.RunAsync("get", "a"));
        Assert.Equal($"memberID:43969 alarm:{name} \n", await Etcdctl.RunAsync("alarm", "list"));
        Assert.Contains($"alarm:{name}", await Etcdctl.RunAsync("endpoint", "status", "-w", "json"), StringComparison.Ordinal);
        await ExpectPageAsync("/health", HttpStatusCode.ServiceUnavailable, $$"""{"health":"false","reason":"ALARM {{name}}"}""");
        await ExpectPageAsync($"/health?exclude={name}", HttpStatusCode.OK, """{"health":"true","reason":""}""");
        using (var ready = await s_http.GetAsync(_door.Address + "/readyz"))
        {
            Assert.Equal(kind == AlarmType.Corrupt ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, ready.StatusCode);
        }
        Assert.Equal($"memberID:43969 alarm:{name} \n", await Etcdctl.RunAsync("alarm", "disarm"));
        Assert.Equal("", await Etcdctl.RunAsync("alarm", "list"));
        Assert.Equal("OK\n", await Etcdctl.RunAsync("put", "a", "2"));
        await ExpectPageAsync("/health", HttpStatusCode.OK, """{"health":"true","reason":""}""");
    }

    [Fact]
    public async Task Alarms_are_listed_by_kind_and_one_that_does_not_exist_is_refused()
    {
        foreach (var kind in new[] { AlarmType.Nospace, AlarmType.Corrupt })
        {
            await _door.Client.CallAsync(
                Alarm, new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, Alarm = kind }, AlarmResponse.Parser);
        }
        var list = await _door.Client.CallAsync(Alarm, new AlarmRequest { Alarm = AlarmType.Corrupt }, AlarmResponse.Parser);
        Assert.Equal([AlarmType.Corrupt], list.Alarms.Select(alarm => alarm.Alarm));
        foreach (var nonsense in new[] { 0, 3, 300 })
        {
            var refusal = await _door.Client.FailAsync(
                Alarm, new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, Alarm = (AlarmType)nonsense });
            Assert.Equal((3, "etcdserver: unknown alarm"), (refusal.Code, refusal.Message));
        }
        foreach (var nonsense in new[] { -1, 3 })
        {
            var action = (AlarmRequest.Types.AlarmAction)nonsense;
            var refusal = await _door.Client.FailAsync(Alarm, new AlarmRequest { Action = action, Alarm = AlarmType.Nospace });
            Assert.Equal((3, "etcdserver: unknown alarm"), (refusal.Code, refusal.Message));
        }
    }

    [Fact]
    public async Task Later_fields_of_answers_are_filled_and_a_downgrade_is_refused_with_a_sentence()
    {
        await Etcdctl.RunAsync("put", "a", "1");
        var status = await _door.Client.CallAsync(Status, new StatusRequest(), StatusResponse.Parser);
        Assert.Equal(("3.4.0", 0, false), (status.StorageVersion, status.DbSizeQuota, status.DowngradeInfo.Enabled));
        var sum = await _door.Client.CallAsync("/etcdserverpb.Maintenance/HashKV", new HashKVRequest(), HashKVResponse.Parser);
        Assert.Equal(2, sum.HashRevision);
        var refusal = await _door.Client.FailAsync("/etcdserverpb.Maintenance/Downgrade", new DowngradeRequest { Version = "3.3.0" });
        Assert.Equal(12, refusal.Code);
        Assert.Contains("downgrade is not supported", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_found_the_disk_full_is_refused_in_etcds_words()
    {
        _door.Node.FailWith = Synod.Node.Failure.NoSpace;
        Assert.Contains(
            "etcdserver: mvcc: database space exceeded", await Etcdctl.FailAsync("put", "a", "1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leadership_moves_to_a_member_only_and_only_from_the_leader()
    {
        var self = _door.Node.Members[0];
        _door.Node.Members = [self, self with { Id = new NodeId(2), PublicId = 0x22, Name = "other" }];
        var stranger = await _door.Client.FailAsync(MoveLeader, new MoveLeaderRequest { TargetID = 0x33 });
        Assert.Equal((9, "etcdserver: bad leader transferee"), (stranger.Code, stranger.Message));
        await _door.Client.CallAsync(MoveLeader, new MoveLeaderRequest { TargetID = 0x22 }, MoveLeaderResponse.Parser);
        Assert.Equal(new NodeId(2), _door.Node.Status.Leader);
        var again = await _door.Client.FailAsync(MoveLeader, new MoveLeaderRequest { TargetID = 0x22 });
        Assert.Equal((9, "etcdserver: not leader"), (again.Code, again.Message));
    }

    [Fact]
    public async Task Health_pages_read_from_the_own_state_or_as_a_client_would()
    {
        await ExpectPageAsync("/livez?verbose", HttpStatusCode.OK, "[+]serializable_read ok\nok\n");
        _door.Node.FailWith = Synod.Node.Failure.TimedOut;
        await ExpectPageAsync("/livez", HttpStatusCode.OK, "ok\n");
        await ExpectPageAsync(
            "/readyz", HttpStatusCode.ServiceUnavailable,
            "[+]data_corruption ok\n[+]serializable_read ok\n[-]linearizable_read failed: etcdserver: request timed out\nnot ok\n");
        await ExpectPageAsync("/readyz/serializable_read", HttpStatusCode.OK, "ok\n");
        await ExpectPageAsync(
            "/readyz/linearizable_read", HttpStatusCode.ServiceUnavailable,
            "[-]linearizable_read failed: etcdserver: request timed out\nnot ok\n");
        await ExpectPageAsync("/livez/serializable_read?verbose", HttpStatusCode.OK, "[+]serializable_read ok\nok\n");
        await ExpectPageAsync("/readyz?exclude=linearizable_read", HttpStatusCode.OK, "ok\n");
        await ExpectPageAsync("/health?serializable=true", HttpStatusCode.OK, """{"health":"true","reason":""}""");
        await ExpectPageAsync(
            "/health", HttpStatusCode.ServiceUnavailable, """{"health":"false","reason":"RANGE ERROR:etcdserver: request timed out"}""");
        _door.Node.LoseLeader();
        await ExpectPageAsync("/health", HttpStatusCode.ServiceUnavailable, """{"health":"false","reason":"RAFT NO LEADER"}""");
    }

    [Fact]
    public async Task Variables_tell_who_leads_and_where_this_member_stands()
    {
        await Etcdctl.RunAsync("put", "a", "1");
        using var page = System.Text.Json.JsonDocument.Parse(await s_http.GetStringAsync(_door.Address + "/debug/vars"));
        var status = page.RootElement.GetProperty("raft.status");
        Assert.Equal(("abc1", "abc1"), (status.GetProperty("id").GetString(), status.GetProperty("lead").GetString()));
        Assert.Equal(("StateLeader", 1), (status.GetProperty("raftState").GetString(), status.GetProperty("applied").GetInt32()));
    }

    [Fact]
    public async Task Probes_of_gRPC_hear_that_the_server_serves_and_that_other_names_are_unknown()
    {
        var answer = await _door.Client.CallAsync("/grpc.health.v1.Health/Check", new HealthCheckRequest(), HealthCheckResponse.Parser);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        var other = await _door.Client.FailAsync("/grpc.health.v1.Health/Check", new HealthCheckRequest { Service = "x" });
        Assert.Equal(5, other.Code);
    }

    [Fact]
    public async Task Both_sums_of_a_member_can_be_asked_through_the_gateway()
    {
        await Etcdctl.RunAsync("put", "a", "1");
        foreach (var path in new[] { "/v3/maintenance/hash", "/v3/maintenance/hashkv" })
        {
            using var body = new StringContent("{}");
            using var response = await s_http.PostAsync(_door.Address + path, body);
            Assert.Matches("\"hash\":[1-9]", await response.Content.ReadAsStringAsync());
        }
    }

    private async Task ExpectPageAsync(string path, HttpStatusCode status, string text)
    {
        using var response = await s_http.GetAsync(_door.Address + path);
        Assert.Equal(text, await response.Content.ReadAsStringAsync());
        Assert.Equal(status, response.StatusCode);
    }
}
