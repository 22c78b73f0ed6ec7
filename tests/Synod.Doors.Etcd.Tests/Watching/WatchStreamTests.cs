using Google.Protobuf;
using Synod.Doors.Etcd.Hosting;
using Synod.Node;
using Synod.Protocol.Etcd;
using WatchRequest = Synod.Protocol.Etcd.WatchRequest;

namespace Synod.Doors.Etcd.Tests;

/// <summary>Watch streams by hand over HTTP/2.</summary>
public sealed class WatchStreamTests : IAsyncLifetime
{
    private const string Path = "/etcdserverpb.Watch/Watch";

    private OpenDoor _door = null!;

    public async Task InitializeAsync() => _door = await OpenDoor.OpenAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    public static WatchRequest CreateOf(string key, string end = "", Action<WatchCreateRequest>? also = null)
    {
        var create =
            new WatchCreateRequest { Key = ByteString.CopyFromUtf8(key), RangeEnd = ByteString.CopyFromUtf8(end) };
        also?.Invoke(create);
        return new WatchRequest { CreateRequest = create };
    }

    [Fact]
    public async Task Ids_count_from_zero_and_a_chosen_one_is_kept()
    {
        using var watch = await _door.Client.OpenAsync(Path);
        Assert.Equal(0, (await CreateAsync(watch, CreateOf("a"))).WatchId);
        Assert.Equal(1, (await CreateAsync(watch, CreateOf("a"))).WatchId);
        Assert.Equal(7, (await CreateAsync(watch, CreateOf("a", also: c => c.WatchId = 7))).WatchId);
        Assert.Equal(2, (await CreateAsync(watch, CreateOf("a"))).WatchId);
        await watch.SendAsync(CreateOf("a", also: c => c.WatchId = 7));
        var refused = await watch.NextAsync();
        Assert.Equal((-1L, true, true), (refused.WatchId, refused.Created, refused.Canceled));
        Assert.Equal("mvcc: duplicate watch ID provided on the WatchStream", refused.CancelReason);
    }

    [Theory]
    [InlineData("b", "a")]
    [InlineData("b", "b")]
    public async Task An_empty_range_is_refused(string key, string end)
    {
        using var watch = await _door.Client.OpenAsync(Path);
        await watch.SendAsync(CreateOf(key, end));
        var refused = await watch.NextAsync();
        Assert.Equal((-1L, true, true), (refused.WatchId, refused.Created, refused.Canceled));
        Assert.Equal("mvcc: watcher range is empty", refused.CancelReason);
    }

    [Fact]
    public async Task A_delete_event_has_key_and_revision_only_and_the_key_before_if_asked_for()
    {
        await _door.Client.PutAsync("a", "1");
        using var watch = await _door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a", also: c => c.PrevKv = true));
        await _door.Client.PutAsync("a", "2");
        var put = Assert.Single((await watch.NextAsync()).Events);
        Assert.Equal(("2", "1", 2L), (put.Kv.Value.ToStringUtf8(), put.PrevKv.Value.ToStringUtf8(), put.Kv.Version));
        await DeleteAsync("a");
        var delete = Assert.Single((await watch.NextAsync()).Events);
        Assert.Equal(new KeyValue { Key = ByteString.CopyFromUtf8("a"), ModRevision = 4 }, delete.Kv);
        Assert.Equal(Event.Types.EventType.Delete, delete.Type);
        Assert.Equal("2", delete.PrevKv.Value.ToStringUtf8());
        await _door.Client.PutAsync("a", "3");
        Assert.Null(Assert.Single((await watch.NextAsync()).Events).PrevKv);
    }

    [Fact]
    public async Task Filters_leave_out_puts_or_deletes()
    {
        using var watch = await _door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a", also: c => c.Filters.Add(WatchCreateRequest.Types.FilterType.Noput)));
        await CreateAsync(watch, CreateOf("a", also: c => c.Filters.Add(WatchCreateRequest.Types.FilterType.Nodelete)));
        await _door.Client.PutAsync("a", "1");
        await DeleteAsync("a");
        var first = await watch.NextAsync();
        var second = await watch.NextAsync();
        Assert.Equal((1L, Event.Types.EventType.Put), (first.WatchId, Assert.Single(first.Events).Type));
        Assert.Equal((0L, Event.Types.EventType.Delete), (second.WatchId, Assert.Single(second.Events).Type));
    }

    [Fact]
    public async Task A_cancelled_watcher_is_silent_afterwards_and_an_unknown_one_always()
    {
        using var watch = await _door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a"));
        await CreateAsync(watch, CreateOf("a"));
        await watch.SendAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = 99 } });
        await watch.SendAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = 0 } });
        var cancelled = await watch.NextAsync();
        Assert.Equal(
            (0L, true, false, ""),
            (cancelled.WatchId, cancelled.Canceled, cancelled.Created, cancelled.CancelReason));
        await _door.Client.PutAsync("a", "1");
        Assert.Equal(1, (await watch.NextAsync()).WatchId);
        await watch.SendAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = 1 } });
        Assert.True((await watch.NextAsync()).Canceled);
    }

    [Fact]
    public async Task Progress_is_told_for_the_whole_stream_after_the_events_before_it()
    {
        using var watch = await _door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a"));
        await _door.Client.PutAsync("a", "1");
        await _door.Client.PutAsync("b", "1");
        await watch.SendAsync(new WatchRequest { ProgressRequest = new WatchProgressRequest() });
        Assert.Single((await watch.NextAsync()).Events);
        var progress = await watch.NextAsync();
        Assert.Equal((-1L, 3L, 0), (progress.WatchId, progress.Header.Revision, progress.Events.Count));
    }

    [Fact]
    public async Task Below_the_compacted_revision_a_watcher_is_created_and_then_cancelled_without_a_reason()
    {
        await _door.Client.PutAsync("a", "1");
        await _door.Client.PutAsync("a", "2");
        await _door.Client.CallAsync(
            "/etcdserverpb.KV/Compact", new CompactionRequest { Revision = 3 }, CompactionResponse.Parser);
        using var watch = await _door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a", also: c => c.StartRevision = 2));
        var cancelled = await watch.NextAsync();
        Assert.Equal((true, 3L, ""), (cancelled.Canceled, cancelled.CompactRevision, cancelled.CancelReason));
        await CreateAsync(watch, CreateOf("a", also: c => c.StartRevision = 3));
        Assert.Equal("2", Assert.Single((await watch.NextAsync()).Events).Kv.Value.ToStringUtf8());
    }

    [Fact]
    public async Task A_large_answer_is_split_for_who_asked_for_it_and_for_nobody_else()
    {
        await using var door = await OpenDoor.OpenAsync(
            () => new EtcdDoorOptions { ListenUrls = ["http://127.0.0.1:0"], WatchFragmentBytes = 1_000 });
        using var watch = await door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("k", "l", c => c.Fragment = true));
        await CreateAsync(watch, CreateOf("k", "l"));
        var txn = new TxnRequest();
        var value = ByteString.CopyFrom(new byte[200]);
        for (var i = 0; i < 30; i++)
        {
            txn.Success.Add(new RequestOp
            {
                RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8($"k{i}"), Value = value },
            });
        }
        await door.Client.CallAsync("/etcdserverpb.KV/Txn", txn, TxnResponse.Parser);
        var byWatcher = new Dictionary<long, List<WatchResponse>> { [0] = [], [1] = [] };
        while (byWatcher.Values.Sum(answers => answers.Sum(answer => answer.Events.Count)) < 60)
        {
            var answer = await watch.NextAsync();
            byWatcher[answer.WatchId].Add(answer);
        }
        Assert.Single(byWatcher[1]);
        Assert.True(byWatcher[0].Count > 3);
        Assert.All(byWatcher[0].SkipLast(1), answer => Assert.True(answer.Fragment));
        Assert.False(byWatcher[0][^1].Fragment);
        Assert.Equal(30, byWatcher[0].Sum(answer => answer.Events.Count));
    }

    [Fact]
    public async Task A_client_that_does_not_read_pauses_its_watcher_and_loses_nothing_when_it_reads_again()
    {
        await using var door = await OpenDoor.OpenAsync(() => SmallBacklog);
        using var watch = await door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a"));
        const int Puts = 400;
        var value = new string('x', 32 * 1024);
        for (var i = 0; i < Puts; i++)
        {
            await door.Client.PutAsync("a", value);
        }
        var seen = new List<long>();
        while (seen.Count < Puts)
        {
            seen.AddRange((await watch.NextAsync()).Events.Select(e => e.Kv.ModRevision));
        }
        Assert.Equal(Enumerable.Range(2, Puts).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task A_client_that_never_reads_is_cut_with_a_reason_and_others_go_on()
    {
        await using var door = await OpenDoor.OpenAsync(
            () => SmallBacklog, new WatchLimits { StallMax = TimeSpan.FromMilliseconds(100) });
        using var deaf = await door.Client.OpenAsync(Path);
        await CreateAsync(deaf, CreateOf("a"));
        using var client = new GrpcClient(door.Address);
        using var other = await client.OpenAsync(Path);
        await CreateAsync(other, CreateOf("a"));
        var value = new string('x', 64 * 1024);
        var puts = 0;
        using var deadline = new CancellationTokenSource(Deadlines.Call);
        while (door.Node.Hub.WatchersCut == 0)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await client.PutAsync("a", value);
            puts++;
            Assert.Single((await other.NextAsync()).Events);
        }
        var seen = 0;
        WatchResponse answer;
        while (!(answer = await deaf.NextAsync()).Canceled)
        {
            seen += answer.Events.Count;
        }
        Assert.Contains("too slow", answer.CancelReason, StringComparison.Ordinal);
        Assert.InRange(seen, 1, puts - 1);
        await CreateAsync(deaf, CreateOf("b"));
    }

    [Fact]
    public async Task The_limit_of_watchers_on_a_stream_holds()
    {
        await using var door = await OpenDoor.OpenAsync(
            () => new EtcdDoorOptions { ListenUrls = ["http://127.0.0.1:0"], WatchersPerStreamMax = 3 });
        using var watch = await door.Client.OpenAsync(Path);
        for (var i = 0; i < 3; i++)
        {
            Assert.False((await CreateAsync(watch, CreateOf("a"))).Canceled);
        }
        await watch.SendAsync(CreateOf("a"));
        var refused = await watch.NextAsync();
        Assert.True(refused.Canceled);
        Assert.Contains("too many watchers", refused.CancelReason, StringComparison.Ordinal);
        await watch.SendAsync(new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = 1 } });
        Assert.True((await watch.NextAsync()).Canceled);
        Assert.False((await CreateAsync(watch, CreateOf("a"))).Canceled);
    }

    [Fact]
    public async Task When_a_client_goes_its_watchers_leave_the_hub()
    {
        using (var client = new GrpcClient(_door.Address))
        {
            using var watch = await client.OpenAsync(Path);
            for (var i = 0; i < 10; i++)
            {
                await CreateAsync(watch, CreateOf("a"));
            }
            Assert.Equal(10, _door.Node.Hub.Watchers);
        }
        using var deadline = new CancellationTokenSource(Deadlines.Call);
        while (_door.Node.Hub.Watchers > 0)
        {
            await Task.Delay(5, deadline.Token);
        }
    }

    [Fact]
    public async Task A_stream_that_requires_a_leader_ends_when_none_is_known_for_a_while_and_others_stay()
    {
        await using var door = await OpenDoor.OpenAsync(
            () => new EtcdDoorOptions
            {
                ListenUrls = ["http://127.0.0.1:0"], LeaderLossGrace = TimeSpan.FromMilliseconds(1),
            });
        using var strict = await door.Client.OpenAsync(Path, ("hasleader", "true"));
        using var patient = await door.Client.OpenAsync(Path);
        await CreateAsync(strict, CreateOf("a"));
        await CreateAsync(patient, CreateOf("a"));
        door.Node.LoseLeader();
        Assert.Null(await strict.NextAsync(WatchResponse.Parser));
        Assert.Equal(new GrpcEnding(14, "etcdserver: no leader", false), strict.Ending);
        await door.Client.PutAsync("a", "1");
        Assert.Single((await patient.NextAsync()).Events);
    }

    [Fact]
    public async Task When_the_node_stops_its_streams_end_so_that_clients_go_elsewhere()
    {
        using var watch = await _door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a"));
        await CreateAsync(watch, CreateOf("b"));
        _door.Node.StopWatching();
        Assert.Null(await watch.NextAsync(WatchResponse.Parser));
        Assert.Equal(new GrpcEnding(14, "etcdserver: server stopped", false), watch.Ending);
    }

    [Fact]
    public async Task A_client_that_has_said_all_goes_on_listening()
    {
        using var watch = await _door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a"));
        watch.CompleteRequests();
        await _door.Client.PutAsync("a", "1");
        Assert.Single((await watch.NextAsync()).Events);
    }

    [Fact]
    public async Task Broken_bytes_on_a_watch_stream_end_that_stream_with_a_status()
    {
        using var watch = await _door.Client.OpenAsync(Path);
        await CreateAsync(watch, CreateOf("a"));
        await watch.SendBytesAsync([0, 0, 0, 0, 1, 0xff]);
        Assert.Null(await watch.NextAsync(WatchResponse.Parser));
        Assert.Equal(13, watch.Ending.Code);
        await _door.Client.PutAsync("a", "1");
    }

    private static EtcdDoorOptions SmallBacklog => new()
    {
        ListenUrls = ["http://127.0.0.1:0"],
        WatchBacklogBytesMax = 128 * 1024,
        WatcherBacklogBytesMax = 64 * 1024,
    };

    private static async Task<WatchResponse> CreateAsync(GrpcDuplex watch, WatchRequest request)
    {
        await watch.SendAsync(request);
        var answer = await watch.NextAsync();
        Assert.True(answer.Created, answer.ToString());
        return answer;
    }

    private Task<DeleteRangeResponse> DeleteAsync(string key) => _door.Client.CallAsync(
        "/etcdserverpb.KV/DeleteRange", new DeleteRangeRequest { Key =
            ByteString.CopyFromUtf8(key) }, DeleteRangeResponse.Parser);
}
