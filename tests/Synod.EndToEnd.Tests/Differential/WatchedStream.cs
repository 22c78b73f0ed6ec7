using Google.Protobuf;
using Synod.Doors.Etcd.Tests;
using Synod.Protocol.Etcd;

namespace Synod.EndToEnd.Tests;

/// <summary>One watch stream of one server: what came, sorted by watcher.</summary>
internal sealed class WatchedStream(string server, GrpcDuplex stream) : IDisposable
{
    private readonly SortedDictionary<long, List<Event>> _events = [];
    private readonly SortedDictionary<long, WatchResponse> _endings = [];
    private readonly Queue<WatchResponse> _created = new();
    private readonly Queue<WatchResponse> _progress = new();

    public static async Task<WatchedStream> OpenAsync(string name, GrpcClient server, WatchCreateRequest first) =>
        new(name, await server.OpenWithAsync(Rpc.Watch, new WatchRequest { CreateRequest = first }));

    public Task SendAsync(WatchRequest request) => stream.SendAsync(request);

    /// <summary>The next answer to a creation.</summary>
    public async Task<WatchResponse> CreatedAsync()
    {
        await ReadUntilAsync("an answer to a creation", () => _created.Count > 0);
        return _created.Dequeue();
    }

    /// <summary>The next answer that tells how far the stream has come.</summary>
    public async Task<WatchResponse> ProgressAsync()
    {
        await ReadUntilAsync("progress", () => _progress.Count > 0);
        return _progress.Dequeue();
    }

    /// <summary>The answer that ended a watcher.</summary>
    public async Task<WatchResponse> EndingAsync(long id)
    {
        await ReadUntilAsync($"the end of watcher {id}", () => _endings.ContainsKey(id));
        return _endings[id];
    }

    /// <summary>Reads until a watcher has so many events.</summary>
    public Task EventsAsync(long id, WatchCreateRequest request, int count) => ReadUntilAsync($"{count} events of watcher {id}, {request}, which has\n{string.Join("\n", EventsOf(id))}\n", () => EventsOf(id).Count >= count);

    /// <summary>Reads until a watcher has an event of the key.</summary>
    public Task EventOfAsync(long id, ByteString key) => ReadUntilAsync($"an event of {key.ToStringUtf8()}", () => EventsOf(id).Any(e => e.Kv.Key == key));

    /// <summary>All events of a watcher so far.</summary>
    public IReadOnlyList<Event> EventsOf(long id) => _events.TryGetValue(id, out var all) ? all : [];

    public void Dispose() => stream.Dispose();

    private async Task ReadUntilAsync(string what, Func<bool> condition)
    {
        try
        {
            while (!condition())
            {
                Take(await stream.NextAsync());
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{server} was waited for in vain: {what}; ended were {string.Join(", ", _endings.Values)}", e);
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
