using System.Globalization;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;

namespace Synod.EndToEnd.Tests;

/// <summary>
/// Clients that write unique values and read them, each at one node and at the next when that fails, and record what they
/// were told. They never repeat a write: what was not answered is unknown.
/// </summary>
internal sealed class RecordingClients(TestCluster cluster, History history) : IDisposable
{
    private const int SharedKeys = 4;
    private const int ReadEvery = 5;
    private readonly CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Lets them begin.</summary>
    public void Start(int count) =>
        _running = Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => RunAsync(number))));

    /// <summary>Lets them finish the request under way, and end.</summary>
    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await _running.WaitAsync(TestCluster.Patience);
    }

    public void Dispose() => _end.Dispose();

    /// <summary>The store's own history of all the clients' keys, as the given node tells it.</summary>
    public static async Task<IReadOnlyList<StoreEvent>> ReadEventsAsync(EtcdClient client)
    {
        // A read through consensus says how far the history goes; the watch then tells it from the start.
        var now = await client.RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8("key/"), RangeEnd = ByteString.CopyFromUtf8("key0") },
            CancellationToken.None);
        var last = now.Kvs.Count == 0 ? 0 : now.Kvs.Max(kv => kv.ModRevision);
        var events = new List<StoreEvent>();
        if (last == 0)
        {
            return events;
        }
        using var deadline = new CancellationTokenSource(TestCluster.Patience);
        var create = new WatchCreateRequest
        {
            Key = ByteString.CopyFromUtf8("key/"),
            RangeEnd = ByteString.CopyFromUtf8("key0"),
            StartRevision = 1,
        };
        await foreach (var answer in client.WatchAsync(create, deadline.Token))
        {
            Assert.False(answer.Canceled, answer.CancelReason);
            foreach (var e in answer.Events)
            {
                events.Add(new StoreEvent(e.Kv.Key.ToStringUtf8(), e.Kv.Value.ToStringUtf8(), e.Kv.ModRevision));
            }
            if (events.Count > 0 && events[^1].Revision >= last)
            {
                break;
            }
        }
        return events;
    }

    private async Task RunAsync(int number)
    {
        List<EtcdClient> clients = [.. cluster.Nodes.Select(node => cluster.Client(node))];
        var at = number % clients.Count;
        for (var count = 0; !_end.IsCancellationRequested; count++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key/{(number + count) % SharedKeys}");
            var isGood = count % ReadEvery == 0
                ? await ReadAsync(clients[at], key)
                : await WriteAsync(clients[at], key, string.Create(CultureInfo.InvariantCulture, $"{number}:{count}"));
            at = isGood ? at : (at + 1) % clients.Count;
        }
        clients.ForEach(client => client.Dispose());
    }

    private async Task<bool> WriteAsync(EtcdClient client, string key, string value)
    {
        var started = History.Now;
        try
        {
            var answer = await client.PutAsync(TestCluster.Put(key, value), CancellationToken.None);
            history.Add(new RecordedWrite(key, value, started, History.Now, WriteEnd.Done, answer.Header.Revision));
            return true;
        }
        catch (EtcdException e)
        {
            var end = e.Outcome == RequestOutcome.NotDone ? WriteEnd.NotDone : WriteEnd.Unknown;
            history.Add(new RecordedWrite(key, value, started, History.Now, end, 0));
            // A node that is down refuses in microseconds; a short pause keeps the client from spinning.
            await Task.Delay(20);
            return false;
        }
    }

    private async Task<bool> ReadAsync(EtcdClient client, string key)
    {
        var started = History.Now;
        try
        {
            var answer = await client.RangeAsync(
                new RangeRequest { Key = ByteString.CopyFromUtf8(key) }, CancellationToken.None);
            var found = answer.Kvs.FirstOrDefault();
            history.Add(new RecordedRead(
                key, started, History.Now, found?.Value.ToStringUtf8(), found?.ModRevision ?? 0, answer.Header.Revision));
            return true;
        }
        catch (EtcdException)
        {
            return false; // A read that failed says nothing about the store.
        }
    }
}
