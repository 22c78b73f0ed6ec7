using Google.Protobuf;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Tests;

/// <summary>Elections by hand.</summary>
public sealed class ElectionCallTests : IAsyncLifetime
{
    private const string Service = "/v3electionpb.Election/";
    private static readonly ByteString Name = ByteString.CopyFromUtf8("post");
    private OpenDoor _door = null!;

    public async Task InitializeAsync()
    {
        _door = await OpenDoor.OpenAsync();
        foreach (var lease in new[] { 1, 2 })
        {
            await _door.Client.CallAsync(
                "/etcdserverpb.Lease/LeaseGrant", new LeaseGrantRequest { ID = lease, TTL = 100 }, LeaseGrantResponse.Parser);
        }
    }

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task Who_campaigns_first_leads_and_the_next_follows_when_it_resigns()
    {
        var first = (await CampaignAsync(1, "one")).Leader;
        Assert.Equal(("post/1", 2L, 1L), (first.Key.ToStringUtf8(), first.Rev, first.Lease));
        Assert.Equal(Name, first.Name);
        var waiting = CampaignAsync(2, "two");
        Assert.Equal("one", await LeaderAsync());
        await ResignAsync(first);
        var second = (await waiting.WaitAsync(Deadlines.Call)).Leader;
        Assert.Equal("post/2", second.Key.ToStringUtf8());
        Assert.Equal("two", await LeaderAsync());
    }

    [Fact]
    public async Task A_proclamation_needs_the_very_leadership_that_it_names()
    {
        var leader = (await CampaignAsync(1, "one")).Leader;
        await ProclaimAsync(leader, "more");
        Assert.Equal("more", await LeaderAsync());
        await ResignAsync(leader);
        var again = (await CampaignAsync(1, "back")).Leader;
        Assert.NotEqual(leader.Rev, again.Rev);
        // The same key under the same lease, and yet another leadership: fenced by the revision of its making.
        Assert.Equal(
            new GrpcEnding(2, "election: not leader", true),
            await _door.Client.FailAsync(
                Service + "Proclaim", new ProclaimRequest { Leader = leader, Value = ByteString.CopyFromUtf8("late") }));
        await ResignAsync(leader);
        Assert.Equal("back", await LeaderAsync());
    }

    [Fact]
    public async Task Who_leads_already_and_campaigns_with_another_value_proclaims_it()
    {
        var leader = (await CampaignAsync(1, "one")).Leader;
        var again = (await CampaignAsync(1, "new")).Leader;
        Assert.Equal(leader.Rev, again.Rev);
        Assert.Equal("new", await LeaderAsync());
    }

    [Fact]
    public async Task Without_a_leader_or_a_leader_field_there_is_an_error()
    {
        Assert.Equal(
            new GrpcEnding(2, "election: no leader", true),
            await _door.Client.FailAsync(Service + "Leader", new LeaderRequest { Name = Name }));
        foreach (var (method, request) in new (string, IMessage)[]
        {
            ("Proclaim", new ProclaimRequest()), ("Resign", new ResignRequest()),
        })
        {
            Assert.Equal(
                new GrpcEnding(2, "\"leader\" field must be provided", true),
                await _door.Client.FailAsync(Service + method, request));
        }
        Assert.Equal(
            new GrpcEnding(2, "etcdserver: requested lease not found", true),
            await _door.Client.FailAsync(Service + "Campaign", new CampaignRequest { Name = Name, Lease = 404 }));
    }

    [Fact]
    public async Task Observers_see_the_leader_each_proclamation_and_the_next_leader()
    {
        using var stream = await _door.Client.OpenAsync(Service + "Observe");
        await stream.SendAsync(new LeaderRequest { Name = Name });
        var leader = (await CampaignAsync(1, "one")).Leader;
        Assert.Equal("one", await SeenAsync(stream));
        await ProclaimAsync(leader, "more");
        Assert.Equal("more", await SeenAsync(stream));
        var waiting = CampaignAsync(2, "two");
        await ResignAsync(leader);
        Assert.Equal("two", await SeenAsync(stream));
        await waiting;
    }

    [Fact]
    public async Task An_observer_who_goes_away_leaves_no_watcher()
    {
        using (var stream = await _door.Client.OpenAsync(Service + "Observe"))
        {
            await stream.SendAsync(new LeaderRequest { Name = Name });
            await Eventually.HoldsAsync(() => Task.FromResult(_door.Node.Hub.Watchers == 1));
        }
        await Eventually.HoldsAsync(() => Task.FromResult(_door.Node.Hub.Watchers == 0));
    }

    private static async Task<string> SeenAsync(GrpcDuplex stream) =>
        (await stream.NextAsync(LeaderResponse.Parser))!.Kv.Value.ToStringUtf8();

    private Task<CampaignResponse> CampaignAsync(long lease, string value) => _door.Client.CallAsync(
        Service + "Campaign",
        new CampaignRequest { Name = Name, Lease = lease, Value = ByteString.CopyFromUtf8(value) }, CampaignResponse.Parser);

    private Task<ProclaimResponse> ProclaimAsync(LeaderKey leader, string value) => _door.Client.CallAsync(
        Service + "Proclaim",
        new ProclaimRequest { Leader = leader, Value = ByteString.CopyFromUtf8(value) }, ProclaimResponse.Parser);

    private Task<ResignResponse> ResignAsync(LeaderKey leader) => _door.Client.CallAsync(
        Service + "Resign", new ResignRequest { Leader = leader }, ResignResponse.Parser);

    private async Task<string> LeaderAsync() => (await _door.Client.CallAsync(
        Service + "Leader", new LeaderRequest { Name = Name }, LeaderResponse.Parser)).Kv.Value.ToStringUtf8();
}
