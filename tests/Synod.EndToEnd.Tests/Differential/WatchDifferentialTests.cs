using Google.Protobuf;
using Synod.Protocol.Etcd;
using Xunit.Abstractions;

namespace Synod.EndToEnd.Tests;

/// <summary>The same watchers over the same changes, at a real etcd and at Synod: each sees the same events in the same order.</summary>
public sealed class WatchDifferentialTests(ITestOutputHelper output)
{
    private const int SeedsByDefault = 5;
    private const int ChangesBefore = 60;
    private const int ChangesAfter = 100;
    private const int WatchersMax = 12;
    private static readonly ByteString s_all = RandomRequests.Bytes("\0");

    [Fact]
    public async Task Random_watchers_see_the_same_events_in_the_same_order()
    {
        await using var servers = await TwoServers.StartAsync(output);
        var seen = 0;
        foreach (var seed in DifferentialTests.Seeds(SeedsByDefault))
        {
            output.WriteLine($"seed {seed}");
            seen += await new Round(servers, new RandomRequests(seed)).RunAsync();
        }
        servers.ExpectNoDifference();
        Assert.True(seen > 300, $"only {seen} events");
    }

    private sealed class Round(TwoServers servers, RandomRequests requests)
    {
        private readonly List<(WatchCreateRequest Request, long Id, long From)> _watchers = [];

        public async Task<int> RunAsync()
        {
            await DifferentialTests.BeginAnewAsync(servers, requests);
            var first = requests.Revision;
            await ChangeAsync(ChangesBefore, mayCompact: true);
            var everything = new WatchCreateRequest
            {
                Key = s_all,
                RangeEnd = s_all,
                StartRevision = Math.Max(requests.Compacted + 1, first),
                PrevKv = true,
            };
            using var etcd = await WatchedStream.OpenAsync("etcd", servers.Etcd, everything);
            using var synod = await WatchedStream.OpenAsync("Synod", servers.Synod, everything);
            var master = await CreatedAsync(etcd, synod, everything);
            for (var i = 0; i < WatchersMax; i++)
            {
                var create = Watcher();
                await etcd.SendAsync(new WatchRequest { CreateRequest = create });
                await synod.SendAsync(new WatchRequest { CreateRequest = create });
                await CreatedAsync(etcd, synod, create);
            }
            servers.ExpectNoDifference(); // Or there would be waiting for what cannot come.
            await ChangeAsync(ChangesAfter, mayCompact: false);
            var end = RandomRequests.Bytes($"end at {requests.Revision}");
            await servers.AskAsync(Rpc.Put, new PutRequest { Key = end }, PutResponse.Parser);
            await etcd.EventOfAsync(master, end);
            await synod.EventOfAsync(master, end);
            var events = 0;
            foreach (var (request, id, from) in _watchers)
            {
                var expected = etcd.EventsOf(master).Count(e => Wants(request, from, e));
                Assert.True(expected >= synod.EventsOf(id).Count, $"more than {expected} events of {id} {request}");
                await etcd.EventsAsync(id, request, expected);
                await synod.EventsAsync(id, request, expected);
                events += expected;
            }
            await ProgressAsync(etcd, synod);
            foreach (var (request, id, _) in _watchers)
            {
                await CancelAsync(etcd, synod, request, id);
            }
            return events;
        }

        private async Task ChangeAsync(int changes, bool mayCompact)
        {
            for (var i = 0; i < changes; i++)
            {
                var header = requests.Below(10) switch
                {
                    < 4 => (await servers.AskAsync(Rpc.Put, requests.Put(), PutResponse.Parser))?.Header,
                    < 6 => (await servers.AskAsync(Rpc.DeleteRange, requests.Delete(), DeleteRangeResponse.Parser))?.Header,
                    < 9 => (await servers.AskAsync(Rpc.Txn, requests.Txn(), TxnResponse.Parser))?.Header,
                    _ => null,
                };
                requests.Revision = header?.Revision ?? requests.Revision;
            }
            if (mayCompact)
            {
                var compaction = requests.Compaction();
                if (await servers.AskAsync(Rpc.Compact, compaction, CompactionResponse.Parser) is not null)
                {
                    requests.Compacted = compaction.Revision;
                }
            }
        }

        private WatchCreateRequest Watcher()
        {
            var create = new WatchCreateRequest
            {
                Key = requests.Key(),
                RangeEnd = requests.End(),
                StartRevision = requests.Below(8) switch
                {
                    0 or 1 => 0,
                    2 => requests.Compacted + 1, // At the compacted revision itself etcd 3.4 loses deletions.
                    3 => requests.Compacted - 1,
                    4 => requests.Revision + 1 + requests.Below(20),
                    _ => requests.Compacted + 1 + requests.Below((int)(requests.Revision - requests.Compacted + 1)),
                },
                PrevKv = requests.Chance(2),
                ProgressNotify = requests.Chance(4),
                Fragment = requests.Chance(4),
                WatchId = requests.Chance(4) ? 100 + requests.Below(4) : 0,
            };
            create.StartRevision = Math.Max(create.StartRevision, 0);
            if (create.StartRevision > 0 && create.StartRevision < requests.Compacted)
            {
                create.WatchId = 0; // Where compaction ends a watcher, Synod takes its id for free, and etcd does not.
            }
            create.Filters.AddRange(requests.Chance(3)
                ? requests.Several(2, () => (WatchCreateRequest.Types.FilterType)requests.Below(2))
                : []);
            return create;
        }

        /// <summary>Hears of a watcher at both, before the next is asked for, so that ids are given in the same order.</summary>
        private async Task<long> CreatedAsync(WatchedStream etcd, WatchedStream synod, WatchCreateRequest create)
        {
            var theirs = await etcd.CreatedAsync();
            var ours = await synod.CreatedAsync();
            servers.Expect($"Watch {create}", Normal.Of(theirs.Clone()), Normal.Of(ours.Clone()));
            if (theirs.Canceled || theirs.WatchId < 0)
            {
                return -1;
            }
            if (create.StartRevision > 0 && create.StartRevision < requests.Compacted)
            {
                var ending = (await synod.EndingAsync(ours.WatchId)).Clone();
                ending.Header.Revision = 0; // etcd does not say where it stands.
                servers.Expect(
                    $"the end of a watch below compaction, {create}",
                    Normal.Of((await etcd.EndingAsync(theirs.WatchId)).Clone()), Normal.Of(ending));
                return theirs.WatchId;
            }
            _watchers.Add((create, theirs.WatchId, create.StartRevision == 0 ? requests.Revision + 1 : create.StartRevision));
            return theirs.WatchId;
        }

        private async Task ProgressAsync(WatchedStream etcd, WatchedStream synod)
        {
            var ask = new WatchRequest { ProgressRequest = new WatchProgressRequest() };
            await etcd.SendAsync(ask);
            await synod.SendAsync(ask);
            servers.Expect(
                "Watch progress", Normal.Of((await etcd.ProgressAsync()).Clone()), Normal.Of((await synod.ProgressAsync()).Clone()));
        }

        private async Task CancelAsync(WatchedStream etcd, WatchedStream synod, WatchCreateRequest request, long id)
        {
            var cancel = new WatchRequest { CancelRequest = new WatchCancelRequest { WatchId = id } };
            await etcd.SendAsync(cancel);
            await synod.SendAsync(cancel);
            servers.Expect(
                $"cancel of {request}", Normal.Of((await etcd.EndingAsync(id)).Clone()), Normal.Of((await synod.EndingAsync(id)).Clone()));
            servers.Expect($"events of {request}", Text(etcd.EventsOf(id)), Text(synod.EventsOf(id)));
        }

        private static string Text(IReadOnlyList<Event> events) => string.Join("\n    ", events.Select(e => e.ToString()));

        private static bool Wants(WatchCreateRequest request, long from, Event e)
        {
            var filtered = request.Filters.Contains(e.Type == Event.Types.EventType.Put
                ? WatchCreateRequest.Types.FilterType.Noput
                : WatchCreateRequest.Types.FilterType.Nodelete);
            var key = e.Kv.Key.Span;
            var inside = request.RangeEnd.IsEmpty ? key.SequenceEqual(request.Key.Span)
                : key.SequenceCompareTo(request.Key.Span) >= 0
                    && (request.RangeEnd == s_all || key.SequenceCompareTo(request.RangeEnd.Span) < 0);
            return !filtered && inside && e.Kv.ModRevision >= from;
        }
    }
}
