using Google.Protobuf;
using Synod.Protocol.Etcd;

namespace Synod.Doors.Etcd.Tests;

/// <summary>Locks by hand.</summary>
public sealed class LockCallTests : IAsyncLifetime
{
    private const string LockPath = "/v3lockpb.Lock/Lock";
    private const string UnlockPath = "/v3lockpb.Lock/Unlock";
    private OpenDoor _door = null!;

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Fact]
    public async Task The_key_of_a_lock_is_its_name_and_its_lease_in_hexadecimal_digits()
    {
        await GrantAsync(0xabc);
        var held = await LockAsync("name", 0xabc);
        Assert.Equal("name/abc", held.Key.ToStringUtf8());
        Assert.Equal(2, held.Header.Revision);
        Assert.Equal("name/abc", (await LockAsync("name", 0xabc)).Key.ToStringUtf8()); // Once more by the same lease.
        Assert.Equal(3, (await UnlockAsync(held.Key)).Header.Revision);
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_lock_without_a_lease_hangs_on_one_of_a_minute()
    {
        var held = await LockAsync("name", 0);
        var lease = Assert.Single((await RangeAsync()).Kvs).Lease;
        Assert.Equal($"name/{lease:x}", held.Key.ToStringUtf8());
        await _door.Node.LetTimePassAsync(TimeSpan.FromSeconds(59));
        Assert.Single(await KeysAsync());
        await _door.Node.LetTimePassAsync(TimeSpan.FromSeconds(1));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Waiters_get_the_lock_in_the_order_in_which_they_came()
    {
        foreach (var lease in new[] { 3, 1, 2 })
        {
            await GrantAsync(lease);
        }
        var first = await LockAsync("name", 3);
        var second = LockAsync("name", 1);
        await KeysComeToAsync(2);
        var third = LockAsync("name", 2);
        await KeysComeToAsync(3);
        Assert.False(second.IsCompleted || third.IsCompleted);
        await UnlockAsync(first.Key);
        await UnlockAsync((await second.WaitAsync(Deadlines.Call)).Key);
        Assert.Equal("name/2", (await third.WaitAsync(Deadlines.Call)).Key.ToStringUtf8());
    }

    [Fact]
    public async Task A_lock_goes_on_when_the_lease_of_its_holder_ends()
    {
        await GrantAsync(1, 5);
        await GrantAsync(2, 1000);
        await LockAsync("name", 1);
        var waiting = LockAsync("name", 2);
        await KeysComeToAsync(2);
        await _door.Node.LetTimePassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("name/2", (await waiting.WaitAsync(Deadlines.Call)).Key.ToStringUtf8());
    }

    [Fact]
    public async Task A_waiter_whose_client_goes_away_takes_its_key_with_it()
    {
        await GrantAsync(1);
        await GrantAsync(2);
        await LockAsync("name", 1);
        using (var impatient = new GrpcClient(_door.Address))
        {
            var waiting = impatient.CallAsync(LockPath, Request("name", 2), LockResponse.Parser);
            await KeysComeToAsync(2);
            impatient.Dispose();
            await Assert.ThrowsAnyAsync<Exception>(() => waiting);
        }
        await KeysComeToAsync(1);
        Assert.Equal(["name/1"], await KeysAsync());
        await WatchersComeToNoneAsync();
    }

    [Fact]
    public async Task A_waiter_whose_deadline_passes_takes_its_key_with_it()
    {
        await GrantAsync(1);
        await GrantAsync(2);
        await LockAsync("name", 1);
        foreach (var lease in new[] { 2, 0 })
        {
            var ending = await _door.Client.FailAsync(LockPath, Request("name", lease), ("grpc-timeout", "300m"));
            Assert.Equal(4, ending.Code);
            await KeysComeToAsync(1);
        }
        // The lease that was made for the second is gone with it.
        await Eventually.HoldsAsync(async () => (await _door.Client.CallAsync(
            "/etcdserverpb.Lease/LeaseLeases", new LeaseLeasesRequest(), LeaseLeasesResponse.Parser)).Leases.Count == 2);
        Assert.Equal(["name/1"], await KeysAsync());
    }

    [Fact]
    public async Task A_waiter_whose_lease_is_revoked_is_told_at_once()
    {
        await GrantAsync(1);
        await GrantAsync(2);
        await LockAsync("name", 1);
        var waiting = _door.Client.FailAsync(LockPath, Request("name", 2));
        await KeysComeToAsync(2);
        await _door.Client.CallAsync(
            "/etcdserverpb.Lease/LeaseRevoke", new LeaseRevokeRequest { ID = 2 }, LeaseRevokeResponse.Parser);
        Assert.Equal(new GrpcEnding(2, "mutex: session is expired", true), await waiting.WaitAsync(Deadlines.Call));
        Assert.Equal(["name/1"], await KeysAsync());
    }

    [Fact]
    public async Task A_closing_door_ends_waiting_locks_and_keep_alive_streams_with_a_status()
    {
        await GrantAsync(1);
        await GrantAsync(2);
        await LockAsync("name", 1);
        var waiting = _door.Client.FailAsync(LockPath, Request("name", 2));
        await KeysComeToAsync(2);
        using var keepAlive = await _door.Client.OpenAsync("/etcdserverpb.Lease/LeaseKeepAlive");
        var closing = _door.Door.DisposeAsync();
        Assert.Equal(new GrpcEnding(14, "etcdserver: server stopped", true), await waiting.WaitAsync(Deadlines.Call));
        Assert.Null(await keepAlive.NextAsync(LeaseKeepAliveResponse.Parser));
        Assert.Equal(new GrpcEnding(14, "etcdserver: server stopped", false), keepAlive.Ending);
        keepAlive.Dispose();
        await closing;
    }

    [Fact]
    public async Task Errors_from_within_are_passed_on_as_unknown()
    {
        Assert.Equal(
            new GrpcEnding(2, "etcdserver: requested lease not found", true),
            await _door.Client.FailAsync(LockPath, Request("name", 404)));
        Assert.Equal(
            new GrpcEnding(2, "etcdserver: key is not provided", true),
            await _door.Client.FailAsync(UnlockPath, new UnlockRequest()));
    }

    private static LockRequest Request(string name, long lease) =>
        new() { Name = ByteString.CopyFromUtf8(name), Lease = lease };

    private Task<LockResponse> LockAsync(string name, long lease) =>
        _door.Client.CallAsync(LockPath, Request(name, lease), LockResponse.Parser);

    private Task<UnlockResponse> UnlockAsync(ByteString key) =>
        _door.Client.CallAsync(UnlockPath, new UnlockRequest { Key = key }, UnlockResponse.Parser);

    private Task<LeaseGrantResponse> GrantAsync(long id, long ttl = 100) => _door.Client.CallAsync(
        "/etcdserverpb.Lease/LeaseGrant", new LeaseGrantRequest { ID = id, TTL = ttl }, LeaseGrantResponse.Parser);

    private async Task<IReadOnlyList<string>> KeysAsync() =>
        [.. (await RangeAsync()).Kvs.Select(kv => kv.Key.ToStringUtf8())];

    private Task<RangeResponse> RangeAsync() => _door.Client.CallAsync(
        "/etcdserverpb.KV/Range",
        new RangeRequest { Key = ByteString.CopyFrom(0), RangeEnd = ByteString.CopyFrom(0) }, RangeResponse.Parser);

    private Task KeysComeToAsync(int count) => Eventually.HoldsAsync(async () => (await KeysAsync()).Count == count);

    private Task WatchersComeToNoneAsync() => Eventually.HoldsAsync(() => Task.FromResult(_door.Node.Hub.Watchers == 0));
}
