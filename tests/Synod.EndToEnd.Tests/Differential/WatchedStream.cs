using Google.Protobuf;
using Synod.Doors.Etcd.Tests;
using Synod.Protocol.Etcd;

namespace Synod.EndToEnd.Tests;

/// <summary>One watch stream of one server: what came, sorted by watcher.</summary>
internal sealed class WatchedStream(GrpcDuplex stream) : IDisposable
{
    private readonly SortedDictionary<long, List<Event>> _events = [];
    private readonly SortedDictionary<long, WatchResponse> _endings = [];
    private readonly Queue<WatchResponse> _created = new();
    private readonly Queue<WatchResponse> _progress = new();

    public static async Task<WatchedStream> OpenAsync(GrpcClient server, WatchCreateRequest first) =>
        new(await server.OpenWithAsync(Rpc.Watch, new WatchRequest { CreateRequest = first }));

    public Task SendAsync(WatchRequest request) => stream.SendAsync(request);

    /// <summary>The next answer to a creation.</summary>
    public async Task<WatchResponse> CreatedAsync()
    {
        await ReadUntilAsync(() => _created.Count > 0);
        return _created.Dequeue();
    }

    /// <summary>The next answer that tells how far the stream has come.</summary>
    public async Task<WatchResponse> ProgressAsync()
    {
        await ReadUntilAsync(() => _progress.Count > 0);
        return _progress.Dequeue();
    }

    /// <summary>The answer that ended a watcher.</summary>
    public async Task<WatchResponse> EndingAsync(long id)
    {
        await ReadUntilAsync(() => _endings.ContainsKey(id));
        return _endings[id];
    }

    /// <summary>Reads until a watcher has so many events.</summary>
    public Task EventsAsync(long id, int count) => ReadUntilAsync(() => EventsOf(id).Count >= count);

    /// <summary>Reads until a watcher has an event of the key.</summary>
    public Task EventOfAsync(long id, ByteString key) => ReadUntilAsync(() => EventsOf(id).Any(e => e.Kv.Key == key));

    /// <summary>All events of a watcher so far.</summary>
    public IReadOnlyList<Event> EventsOf(long id) => _events.TryGetValue(id, out var all) ? all : [];

    public void Dispose() => stream.Dispose();

    private async Task ReadUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Take(await stream.NextAsync());
        }
    }

    private void Take(WatchResponse response)
    {
        if (response.Created)
        {
            _created.Enqueue(response);
        }
        else if (response.Canceled)
        {
            Assert.True(_endings.TryAdd(response.WatchId, response), $"ended twice: {response}");
        }
        else if (response.Events.Count == 0)
        {
            _progress.Enqueue(response);
        }
        else
        {
            if (!_events.TryGetValue(response.WatchId, out var all))
            {
                _events[response.WatchId] = all = [];
            }
            all.AddRange(response.Events);
        }
    }
}
