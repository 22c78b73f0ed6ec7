using Synod.Paxos;

namespace Synod.Node.Tests;

public sealed class WatchHubTests
{
    private static readonly WatchRange All = WatchRange.From(new byte[] { 0 });

    private readonly StoreDriver _driver = new();
    private readonly RecordingStream _stream = new();
    private Instant _now = new(1);

    [Fact]
    public void A_watcher_from_now_on_gets_only_what_comes_after_it_was_made()
    {
        _driver.Put("a");
        var hub = Hub();
        var watcher = Add(hub, All, 0);
        _driver.Put("b");
        Settle(hub);
        Assert.Equal(2, watcher.CreatedAt);
        Assert.Equal(["3+b"], watcher.Sent);
    }

    [Fact]
    public void A_watcher_made_between_a_write_and_the_turn_does_not_get_that_write()
    {
        var hub = Hub();
        Add(hub, All, 0);
        _driver.Put("a");
        var late = Add(hub, All, 0);
        Settle(hub);
        _driver.Put("b");
        Settle(hub);
        Assert.Equal(["3+b"], late.Sent);
    }

    [Fact]
    public void History_joins_live_events_without_gap_or_repetition()
    {
        _driver.Put("a");
        _driver.Put("b");
        var hub = Hub();
        var watcher = Add(hub, All, 2);
        _driver.Put("c");
        Settle(hub);
        _driver.Put("d");
        Settle(hub);
        Assert.Equal(["2+a", "3+b", "4+c", "5+d"], watcher.Sent);
        Assert.Equal(0, hub.WatchersBehind);
    }

    [Fact]
    public void A_watcher_from_a_future_revision_waits_for_it()
    {
        var hub = Hub();
        var watcher = Add(hub, All, 4);
        _driver.Put("a");
        _driver.Put("b");
        Settle(hub);
        Assert.Empty(watcher.Sent);
        _driver.Put("c");
        Settle(hub);
        Assert.Equal(["4+c"], watcher.Sent);
    }

    [Fact]
    public void All_events_of_one_revision_come_in_one_send_however_small_the_share()
    {
        _driver.Put("a", "b", "c", "d", "e");
        var hub = Hub(new WatchLimits { EventsPerTurnMax = 2, EventsPerShareMax = 2 });
        var watcher = Add(hub, All, 1);
        Settle(hub);
        _driver.Put("f", "g", "h");
        Settle(hub);
        Assert.Equal([5, 3], watcher.Sends);
    }

    [Fact]
    public void Below_the_compacted_revision_a_watcher_is_made_and_then_ended()
    {
        _driver.Put("a");
        _driver.Put("b");
        _driver.Put("c");
        _driver.Compact(3);
        var hub = Hub();
        var below = Add(hub, All, 2);
        var at = Add(hub, All, 3);
        Settle(hub);
        Assert.NotNull(below.CreatedAt);
        Assert.Equal(WatchEnding.Compacted, below.Ended);
        Assert.Equal(3, below.CompactedRevision);
        Assert.Null(at.Ended);
        Assert.Equal(["3+b", "4+c"], at.Sent);
        Assert.Equal(1, hub.Watchers);
    }

    [Fact]
    public void Compaction_takes_nothing_from_those_who_are_up_to_date_when_they_are_served_before_it()
    {
        var hub = Hub(new WatchLimits { EventsPerTurnMax = 1 });
        var watcher = Add(hub, All, 0);
        _driver.Put("a");
        _driver.Put("b");
        _driver.Put("c");
        hub.GiveAllNew(_driver.Store);
        _driver.Compact(4);
        Settle(hub);
        Assert.Null(watcher.Ended);
        Assert.Equal(["2+a", "3+b", "4+c"], watcher.Sent);
    }

    [Fact]
    public void A_watcher_without_room_falls_behind_and_gets_everything_when_it_has_room_again()
    {
        var hub = Hub();
        var slow = Add(hub, All, 0);
        var quick = Add(hub, All, 0);
        slow.Room = 1;
        for (var i = 0; i < 10; i++)
        {
            _driver.Put($"k{i}");
            Settle(hub);
        }
        Assert.Single(slow.Sent);
        Assert.Equal(10, quick.Sent.Count);
        Assert.Equal(1, hub.WatchersBehind);
        slow.Room = int.MaxValue;
        Settle(hub);
        Assert.Equal(quick.Sent, slow.Sent);
        Assert.Equal(0, hub.WatchersBehind);
    }

    [Fact]
    public void A_watcher_that_stays_without_room_is_cut_and_one_that_reads_now_and_then_is_not()
    {
        var limits = new WatchLimits { StallMax = TimeSpan.FromSeconds(10) };
        var hub = Hub(limits);
        var stuck = Add(hub, All, 0);
        var slow = Add(hub, All, 0);
        stuck.Room = 0;
        slow.Room = 0;
        for (var i = 0; i < 40; i++)
        {
            _driver.Put($"k{i}");
            _now += TimeSpan.FromSeconds(1);
            slow.Room = i % 5 == 0 ? 1 : 0;
            Settle(hub);
        }
        Assert.Equal(WatchEnding.TooSlow, stuck.Ended);
        Assert.Empty(stuck.Sent);
        Assert.Null(slow.Ended);
        Assert.Equal(8, slow.Sent.Count);
        Assert.Equal(1, hub.WatchersCut);
    }

    [Fact]
    public void A_watcher_without_room_and_without_events_is_not_cut()
    {
        var hub = Hub();
        var watcher = Add(hub, WatchRange.Single(StoreDriver.Bytes("a")), 0);
        watcher.Room = 0;
        _driver.Put("b");
        Settle(hub);
        _now += TimeSpan.FromHours(1);
        Settle(hub);
        Assert.Null(watcher.Ended);
        Assert.Equal(0, hub.WatchersBehind);
    }

    [Fact]
    public void One_far_behind_does_not_hold_up_another()
    {
        for (var i = 0; i < 1_000; i++)
        {
            _driver.Put($"k{i}");
        }
        var hub = Hub(new WatchLimits { EventsPerTurnMax = 20, EventsPerShareMax = 10 });
        var far = Add(hub, All, 2);
        var near = Add(hub, All, 995);
        var live = Add(hub, All, 0);
        _driver.Put("new");
        hub.Turn(_driver.Store, _now);
        Assert.Equal(["1002+new"], live.Sent);
        Assert.Equal(8, near.Sent.Count);
        Assert.Equal(10, far.Sent.Count);
    }

    [Fact]
    public void Those_behind_share_alike()
    {
        for (var i = 0; i < 500; i++)
        {
            _driver.Put($"k{i}");
        }
        var hub = Hub(new WatchLimits { EventsPerTurnMax = 30, EventsPerShareMax = 10 });
        var watchers = Enumerable.Range(0, 7).Select(_ => Add(hub, All, 2)).ToList();
        for (var turn = 0; turn < 20; turn++)
        {
            hub.Turn(_driver.Store, _now);
            var counts = watchers.Select(watcher => watcher.Sent.Count).ToList();
            Assert.True(counts.Max() - counts.Min() <= 10, string.Join(' ', counts));
        }
    }

    [Fact]
    public void Progress_does_not_overtake_events()
    {
        _driver.Put("a");
        var hub = Hub();
        var watcher = Add(hub, All, 0);
        watcher.Room = 0;
        _driver.Put("b");
        hub.AskProgress(_stream, _driver.Store);
        Settle(hub);
        Assert.Empty(_stream.ProgressHeard);
        watcher.Room = int.MaxValue;
        Settle(hub);
        Assert.Equal([3L], _stream.ProgressHeard);
        Assert.Equal(["3+b"], watcher.Sent);
    }

    [Fact]
    public void An_idle_watcher_that_asked_for_it_hears_of_progress_and_a_busy_one_does_not()
    {
        var limits = new WatchLimits { ProgressInterval = TimeSpan.FromSeconds(10) };
        var hub = Hub(limits);
        Settle(hub);
        var idle = Add(hub, WatchRange.Single(StoreDriver.Bytes("idle")), 0, wantsProgress: true);
        var busy = Add(hub, WatchRange.Single(StoreDriver.Bytes("busy")), 0, wantsProgress: true);
        var deaf = Add(hub, WatchRange.Single(StoreDriver.Bytes("idle")), 0);
        for (var second = 0; second < 25; second++)
        {
            _now += TimeSpan.FromSeconds(1);
            _driver.Put("busy");
            Settle(hub);
        }
        Assert.InRange(idle.ProgressHeard.Count, 1, 2);
        Assert.All(idle.ProgressHeard, revision => Assert.True(revision > 2));
        Assert.Empty(busy.ProgressHeard);
        Assert.Empty(deaf.ProgressHeard);
    }

    [Fact]
    public void The_limit_of_watchers_holds_and_a_removed_one_makes_room()
    {
        var hub = Hub(new WatchLimits { WatchersMax = 2 });
        var first = Add(hub, All, 0);
        Add(hub, All, 0);
        Assert.Equal(WatchEnding.TooMany, Add(hub, All, 0).Ended);
        Assert.True(hub.Remove(first));
        Assert.False(hub.Remove(first));
        Assert.Null(Add(hub, All, 0).Ended);
        Assert.Equal(2, hub.Watchers);
    }

    [Fact]
    public void A_closed_stream_takes_all_its_watchers_with_it()
    {
        _driver.Put("a");
        var hub = Hub();
        var other = new RecordingStream();
        var stays = new RecordingWatcher(other, All, 2);
        hub.Add(stays, _driver.Store);
        var gone = new[] { Add(hub, All, 0), Add(hub, All, 1), Add(hub, WatchRange.Single(StoreDriver.Bytes("b")), 0) };
        hub.AskProgress(_stream, _driver.Store);
        hub.Remove(_stream);
        _driver.Put("b");
        Settle(hub);
        Assert.Equal(1, hub.Watchers);
        Assert.All(gone, watcher => Assert.Empty(watcher.Sent));
        Assert.Empty(_stream.ProgressHeard);
        Assert.Equal(["2+a", "3+b"], stays.Sent);
    }

    private WatchHub Hub(WatchLimits? limits = null) => new(limits ?? new WatchLimits(), _driver.Store);

    private RecordingWatcher Add(WatchHub hub, WatchRange range, long start, bool wantsProgress = false)
    {
        var watcher = new RecordingWatcher(_stream, range, start, wantsProgress);
        hub.Add(watcher, _driver.Store);
        return watcher;
    }

    private void Settle(WatchHub hub)
    {
        while (hub.Turn(_driver.Store, _now))
        {
            // Until nothing more can be done at once.
        }
    }
}
