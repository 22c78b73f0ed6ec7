using Synod.Paxos;
using Synod.Store;
using Synod.Wire;

namespace Synod.Node.Tests;

/// <summary>The store under a hub is replaced by that of a snapshot: nothing is missed or repeated, or the watcher is cut.</summary>
public sealed class WatchAcrossInstallTests
{
    private static readonly WatchRange s_all = WatchRange.Below(StoreDriver.Bytes("a"), StoreDriver.Bytes("z"));
    private readonly StoreDriver _driver = new();
    private readonly Instant _now = new(1_000_000_000);

    [Fact]
    public void Watchers_up_to_date_and_behind_get_every_event_once()
    {
        _driver.Put("a");
        _driver.Put("b", "c");
        var hub = new WatchHub(new WatchLimits(), _driver.Store);
        var now = Watcher(0);
        var past = Watcher(2);
        var slow = Watcher(2);
        slow.Room = 1;
        foreach (var watcher in (RecordingWatcher[])[now, past, slow])
        {
            hub.Add(watcher, _driver.Store);
        }
        _driver.Put("d");
        Turn(hub, _driver.Store);
        for (var i = 0; i < 50; i++)
        {
            _driver.Put($"k{i % 5}");
        }
        _driver.Delete("k1", "k3");
        var installed = Installed(_driver.Store);
        Turn(hub, installed);
        slow.Room = int.MaxValue;
        Turn(hub, installed);
        Assert.Equal(_driver.Expected(s_all, 4), now.Sent);
        Assert.Equal(_driver.Expected(s_all, 2), past.Sent);
        Assert.Equal(_driver.Expected(s_all, 2), slow.Sent);
        Assert.All((RecordingWatcher[])[now, past, slow], watcher => Assert.Null(watcher.Ended));
    }

    [Fact]
    public void Watchers_whose_events_a_compaction_took_in_between_are_cut_as_compacted()
    {
        _driver.Put("a");
        var hub = new WatchHub(new WatchLimits(), _driver.Store);
        var lost = Watcher(0);
        var future = Watcher(100);
        hub.Add(lost, _driver.Store);
        hub.Add(future, _driver.Store);
        Turn(hub, _driver.Store);
        for (var i = 0; i < 50; i++)
        {
            _driver.Put($"k{i % 5}");
        }
        _driver.Compact(30);
        Turn(hub, Installed(_driver.Store));
        Assert.Equal((WatchEnding.Compacted, 30L), (lost.Ended, lost.CompactedRevision));
        Assert.Null(future.Ended);
    }

    private void Turn(WatchHub hub, OrderedStore store)
    {
        while (hub.Turn(store, _now))
        {
            // Each turn is bounded.
        }
    }

    private static RecordingWatcher Watcher(long from) => new(new RecordingStream(), s_all, from);

    private static OrderedStore Installed(OrderedStore store)
    {
        var cursor = store.OpenCursor();
        var installer = new StoreInstaller();
        for (var more = true; more;)
        {
            var slice = new ByteWriter();
            more = cursor.WriteSlice(slice, 200);
            Assert.Null(installer.Take(slice.Span.ToArray()));
        }
        cursor.Close();
        return installer.Finish()!;
    }
}
