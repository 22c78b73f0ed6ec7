using Google.Protobuf;
using Synod.Doors.Etcd.Leases;
using Synod.Protocol.Etcd;
using Synod.Store;

namespace Synod.Doors.Etcd.Tests;

/// <summary>The service of leases by hand, with etcd's exact answers.</summary>
public sealed class LeaseCallTests : IAsyncLifetime
{
    private const string Service = "/etcdserverpb.Lease/";
    private OpenDoor _door = null!;

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task A_grant_answers_with_the_id_asked_for_and_at_least_the_shortest_time()
    {
        var grant = await GrantAsync(1, 77);
        Assert.Equal((77L, 2L, 1L), (grant.ID, grant.TTL, grant.Header.Revision));
        Assert.Equal("", grant.Error);
        Assert.Equal(
            new GrpcEnding(9, "etcdserver: lease already exists", true),
            await _door.Client.FailAsync(Service + "LeaseGrant", new LeaseGrantRequest { TTL = 5, ID = 77 }));
        Assert.Equal(
            new GrpcEnding(11, "etcdserver: too large lease TTL", true),
            await _door.Client.FailAsync(Service + "LeaseGrant", new LeaseGrantRequest { TTL = 9_000_000_001, ID = 78 }));
    }

    [Fact]
    public async Task A_grant_without_an_id_draws_a_positive_one()
    {
        var (one, other) = (await GrantAsync(10, 0), await GrantAsync(10, 0));
        Assert.True(one.ID > 0 && other.ID > 0 && one.ID != other.ID);
    }

    [Fact]
    public async Task A_revoke_deletes_the_keys_and_its_header_shows_the_revision_of_that()
    {
        await GrantAsync(10, 7);
        await PutAsync("a", 7);
        var revoked = await _door.Client.CallAsync(
            Service + "LeaseRevoke", new LeaseRevokeRequest { ID = 7 }, LeaseRevokeResponse.Parser);
        Assert.Equal(3, revoked.Header.Revision);
        Assert.Equal(0, (await GetAsync("a")).Count);
        Assert.Equal(
            new GrpcEnding(5, "etcdserver: requested lease not found", true),
            await _door.Client.FailAsync(Service + "LeaseRevoke", new LeaseRevokeRequest { ID = 7 }));
        Assert.Equal(
            new GrpcEnding(5, "etcdserver: requested lease not found", true),
            await _door.Client.FailAsync(Service + "LeaseRevoke", new LeaseRevokeRequest()));
        Assert.Equal(
            new GrpcEnding(5, "etcdserver: requested lease not found", true),
            await _door.Client.FailAsync(
                "/etcdserverpb.KV/Put", new PutRequest { Key = ByteString.CopyFromUtf8("a"), Lease = 7 }));
    }

    [Fact]
    public async Task Time_to_live_counts_down_names_the_keys_in_order_and_is_minus_one_in_the_end()
    {
        await GrantAsync(10, 7);
        await PutAsync("b", 7);
        await PutAsync("a", 7);
        await _door.Node.LetTimePassAsync(TimeSpan.FromSeconds(3.5));
        var left = await TimeToLiveAsync(7, keys: true);
        Assert.Equal((7L, 6L, 10L, 3L), (left.ID, left.TTL, left.GrantedTTL, left.Header.Revision));
        Assert.Equal(["a", "b"], left.Keys.Select(key => key.ToStringUtf8()));
        Assert.Empty((await TimeToLiveAsync(7, keys: false)).Keys);
        await _door.Node.LetTimePassAsync(TimeSpan.FromSeconds(6.5));
        left = await TimeToLiveAsync(7, keys: true);
        Assert.Equal((7L, -1L, 0L, 4L), (left.ID, left.TTL, left.GrantedTTL, left.Header.Revision));
        Assert.Equal(0, (await GetAsync("a")).Count);
    }

    [Fact]
    public async Task All_leases_are_listed()
    {
        await GrantAsync(20, 8);
        await GrantAsync(10, 9);
        var list = await _door.Client.CallAsync(Service + "LeaseLeases", new LeaseLeasesRequest(), LeaseLeasesResponse.Parser);
        Assert.Equal([9, 8], list.Leases.Select(lease => lease.ID));
    }

    [Fact]
    public async Task Keep_alive_renews_in_order_and_says_zero_of_a_dead_lease_without_ending_the_stream()
    {
        await GrantAsync(10, 7);
        using var stream = await _door.Client.OpenAsync(Service + "LeaseKeepAlive");
        await _door.Node.LetTimePassAsync(TimeSpan.FromSeconds(9));
        foreach (var id in new[] { 7L, 404, 7 })
        {
            await stream.SendAsync(new LeaseKeepAliveRequest { ID = id });
        }
        foreach (var (id, ttl) in new[] { (7L, 10L), (404, 0), (7, 10) })
        {
            var answer = await stream.NextAsync(LeaseKeepAliveResponse.Parser);
            Assert.Equal((id, ttl, 1L), (answer!.ID, answer.TTL, answer.Header.Revision));
        }
        Assert.Equal(10, (await TimeToLiveAsync(7, keys: false)).TTL);
        stream.CompleteRequests();
        Assert.Null(await stream.NextAsync(LeaseKeepAliveResponse.Parser));
        Assert.Equal(0, stream.Ending.Code);
    }

    [Fact]
    public async Task Many_renewals_of_one_stream_are_all_answered_in_order()
    {
        const int Leases = 3000;
        await GrantAsync(10, 7);
        using var stream = await _door.Client.OpenAsync(Service + "LeaseKeepAlive");
        await stream.SendBytesAsync([.. Enumerable.Range(1, Leases).SelectMany(id =>
            GrpcClient.Frame(new LeaseKeepAliveRequest { ID = id }.ToByteArray()))]);
        for (var id = 1; id <= Leases; id++)
        {
            var answer = await stream.NextAsync(LeaseKeepAliveResponse.Parser);
            Assert.Equal((id, id == 7 ? 10L : 0L), (answer!.ID, answer.TTL));
        }
    }

    [Fact]
    public async Task Renewals_that_come_while_a_command_is_under_way_share_the_next()
    {
        const int Leases = 3000;
        await GrantAsync(10, 7);
        var renewals = new LeaseRenewals(_door.Node);
        var before = _door.Node.Writes;
        _door.Node.Open.Reset();
        var all = Enumerable.Range(1, Leases).Select(id => renewals.RenewAsync(id)).ToArray();
        _door.Node.Open.Set();
        var answers = await Task.WhenAll(all).WaitAsync(Deadlines.Call);
        Assert.Equal([7], Enumerable.Range(1, Leases).Where(id => answers[id - 1].TtlSeconds == 10));
        var shared = (Leases - 1 + LeaseLimits.RenewalsPerCommandMax - 1) / LeaseLimits.RenewalsPerCommandMax;
        Assert.Equal(1 + shared, _door.Node.Writes - before);
    }

    [Fact]
    public async Task A_keep_alive_that_the_node_cannot_carry_out_ends_the_stream_with_the_reason()
    {
        using var stream = await _door.Client.OpenAsync(Service + "LeaseKeepAlive");
        _door.Node.FailWith = Synod.Node.Failure.NoLeader;
        await stream.SendAsync(new LeaseKeepAliveRequest { ID = 7 });
        Assert.Null(await stream.NextAsync(LeaseKeepAliveResponse.Parser));
        Assert.Equal(new GrpcEnding(14, "etcdserver: no leader", false), stream.Ending);
    }

    [Fact]
    public async Task Watchers_see_the_deletions_of_an_expiry_at_one_revision()
    {
        await GrantAsync(10, 7);
        await PutAsync("b", 7);
        await PutAsync("a", 7);
        using var watch = await _door.Client.OpenAsync("/etcdserverpb.Watch/Watch");
        await watch.SendAsync(new WatchRequest
        {
            CreateRequest = new WatchCreateRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0) },
        });
        Assert.True((await watch.NextAsync()).Created);
        await _door.Node.LetTimePassAsync(TimeSpan.FromSeconds(10));
        var events = (await watch.NextAsync()).Events;
        Assert.Equal([("a", 4L), ("b", 4L)], events.Select(e => (e.Kv.Key.ToStringUtf8(), e.Kv.ModRevision)));
        Assert.All(events, e => Assert.Equal(Event.Types.EventType.Delete, e.Type));
    }

    private Task<LeaseGrantResponse> GrantAsync(long ttl, long id) => _door.Client.CallAsync(
        Service + "LeaseGrant", new LeaseGrantRequest { TTL = ttl, ID = id }, LeaseGrantResponse.Parser);

    private Task<LeaseTimeToLiveResponse> TimeToLiveAsync(long id, bool keys) => _door.Client.CallAsync(
        Service + "LeaseTimeToLive", new LeaseTimeToLiveRequest { ID = id, Keys = keys }, LeaseTimeToLiveResponse.Parser);

    private Task<PutResponse> PutAsync(string key, long lease) => _door.Client.CallAsync(
        "/etcdserverpb.KV/Put", new PutRequest { Key = ByteString.CopyFromUtf8(key), Lease = lease }, PutResponse.Parser);

    private Task<RangeResponse> GetAsync(string key) => _door.Client.CallAsync(
        "/etcdserverpb.KV/Range", new RangeRequest { Key = ByteString.CopyFromUtf8(key) }, RangeResponse.Parser);
}
