using System.Globalization;
using Synod.Paxos;

namespace Synod.Node.Tests;

/// <summary>Random interleavings of everything that can happen, against a list of all events.</summary>
public sealed class WatchHubAgainstModelTests
{
    private const int Steps = 400;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_gap_and_no_repetition_over_random_interleavings(int seed)
    {
        var random = new Random(seed);
        var driver = new StoreDriver();
        var limits = new WatchLimits
        {
            EventsPerTurnMax = random.Next(1, 12),
            EventsPerShareMax = random.Next(1, 6),
            StallMax = TimeSpan.FromHours(1),
        };
        var hub = new WatchHub(limits, driver.Store);
        var watchers = new List<RecordingWatcher>();
        var streams = new List<RecordingStream>();
        for (var number = 0; number < 3; number++)
        {
            // Whenever progress is told, nothing up to it may be missing on that stream.
            RecordingStream? stream = null;
            stream = new RecordingStream
            {
                OnProgress = revision => Assert.All(
                    watchers.Where(watcher => watcher.Stream == stream),
                    watcher => Assert.Equal(
                        driver.Expected(watcher.Range, From(watcher)).TakeWhile(e => RevisionOf(e) <= revision),
                        watcher.Sent.TakeWhile(e => RevisionOf(e) <= revision))),
            };
            streams.Add(stream);
        }
        var removed = new List<(RecordingWatcher Watcher, int SentThen)>();
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(10))
            {
                case < 3:
                    driver.Put([.. RandomKeys(random)]);
                    break;
                case 3:
                    driver.Delete(RandomKey(random), RandomKey(random));
                    break;
                case 4 when watchers.Count < 40:
                    var start = random.Next(3) == 0 ? 0 : random.NextInt64(1, driver.Store.CurrentRevision + 4);
                    var watcher = new RecordingWatcher(streams[random.Next(3)], RandomRange(random), start);
                    hub.Add(watcher, driver.Store);
                    watchers.Add(watcher);
                    break;
                case 5 when watchers.Count > 0:
                    watchers[random.Next(watchers.Count)].Room = random.Next(4) == 0 ? int.MaxValue : random.Next(3);
                    break;
                case 6 when watchers.Count > 10 && random.Next(3) == 0:
                    var gone = watchers[random.Next(watchers.Count)];
                    Assert.True(hub.Remove(gone));
                    watchers.Remove(gone);
                    removed.Add((gone, gone.Sent.Count));
                    break;
                case 7:
                    hub.AskProgress(streams[random.Next(3)], driver.Store);
                    break;
                default:
                    hub.Turn(driver.Store, new Instant(step));
                    break;
            }
        }
        foreach (var watcher in watchers)
        {
            watcher.Room = int.MaxValue;
        }
        while (hub.Turn(driver.Store, new Instant(Steps)))
        {
            // Everybody has room now: all must be given to the end.
        }
        Assert.Equal(0, hub.WatchersBehind);
        Assert.Contains(streams, stream => stream.ProgressHeard.Count > 0);
        foreach (var watcher in watchers)
        {
            Assert.Equal(driver.Expected(watcher.Range, From(watcher)), watcher.Sent);
        }
        foreach (var (watcher, sentThen) in removed)
        {
            Assert.Equal(sentThen, watcher.Sent.Count);
            Assert.Equal(driver.Expected(watcher.Range, From(watcher)).Take(sentThen), watcher.Sent);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void With_compaction_a_watcher_gets_everything_or_is_ended(int seed)
    {
        var random = new Random(seed);
        var driver = new StoreDriver();
        var hub = new WatchHub(new WatchLimits { EventsPerTurnMax = 5, EventsPerShareMax = 2 }, driver.Store);
        var stream = new RecordingStream();
        var watchers = new List<RecordingWatcher>();
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(8))
            {
                case < 3:
                    driver.Put([.. RandomKeys(random)]);
                    break;
                case 3 when watchers.Count < 30:
                    var watcher = new RecordingWatcher(
                        stream, RandomRange(random), random.NextInt64(0, driver.Store.CurrentRevision + 2));
                    hub.Add(watcher, driver.Store);
                    watchers.Add(watcher);
                    break;
                case 4 when watchers.Count > 0:
                    watchers[random.Next(watchers.Count)].Room = random.Next(3) == 0 ? 0 : int.MaxValue;
                    break;
                case 5 when random.Next(8) == 0 && driver.Store.CurrentRevision > driver.Store.CompactedRevision + 1:
                    driver.Compact(random.NextInt64(
                        Math.Max(1, driver.Store.CompactedRevision + 1), driver.Store.CurrentRevision + 1));
                    break;
                default:
                    hub.Turn(driver.Store, new Instant(step));
                    break;
            }
        }
        watchers.ForEach(watcher => watcher.Room = int.MaxValue);
        while (hub.Turn(driver.Store, new Instant(Steps)))
        {
            // To the end.
        }
        foreach (var watcher in watchers)
        {
            var expected = driver.Expected(watcher.Range, From(watcher));
            if (watcher.Ended is null)
            {
                Assert.Equal(expected, watcher.Sent);
            }
            else
            {
                Assert.Equal(WatchEnding.Compacted, watcher.Ended);
                Assert.Equal(expected.Take(watcher.Sent.Count), watcher.Sent);
            }
        }
    }

    private static long From(RecordingWatcher watcher) =>
        watcher.StartRevision == 0 ? watcher.CreatedAt!.Value + 1 : watcher.StartRevision;

    private static long RevisionOf(string e) =>
        long.Parse(e.AsSpan(0, e.AsSpan().IndexOfAny('+', '-')), CultureInfo.InvariantCulture);

    private static IEnumerable<string> RandomKeys(Random random) =>
        Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomKey(random)).Distinct();

    private static string RandomKey(Random random) => new((char)('a' + random.Next(6)), random.Next(1, 3));

    private static WatchRange RandomRange(Random random)
    {
        while (true)
        {
            var first = StoreDriver.Bytes(RandomKey(random));
            var range = random.Next(3) switch
            {
                0 => WatchRange.Single(first),
                1 => WatchRange.From(first),
                _ => WatchRange.Below(first, StoreDriver.Bytes(RandomKey(random))),
            };
            if (!range.IsEmpty)
            {
                return range;
            }
        }
    }
}
