using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Protocol.Etcd;

// Usage: Synod.Doors.FanOut host:port,... [watchers] [events] [each]
// Every watcher has a stream of its own on one of the endpoints; events come ten a second, each with the time of its put.
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: Synod.Doors.FanOut host:port,... [watchers=1000] [events=50] [each]");
    return 2;
}
Uri[] endpoints = [.. args[0].Split(',').Select(text => new Uri("http://" + text))];
int watchers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1000;
int events = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 50;
TimeSpan pause = TimeSpan.FromMilliseconds(100);

using var end = new CancellationTokenSource(TimeSpan.FromMinutes(2));
EtcdClient[] clients = [.. endpoints.Select(endpoint => new EtcdClient([endpoint], TimeSpan.FromMinutes(2)))];
ByteString key = ByteString.CopyFromUtf8("fan-out");
long[][] delays = [.. Enumerable.Range(0, watchers).Select(_ => new long[events])];
int created = 0;
int seen = 0;
Task[] watching = [.. Enumerable.Range(0, watchers).Select(number => Task.Run(() => WatchAsync(number)))];
while (Volatile.Read(ref created) < watchers)
{
    await Task.Delay(50, end.Token);
}
for (int number = 0; number < events; number++)
{
    string value = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture) + " " + number.ToString(CultureInfo.InvariantCulture);
    await clients[0].PutAsync(new PutRequest { Key = key, Value = ByteString.CopyFromUtf8(value) }, end.Token);
    await Task.Delay(pause, end.Token);
}
await Task.WhenAll(watching);
if (args.Length > 3)
{
    for (int number = 0; number < events; number++)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"event {number}: last seen after {Stopwatch.GetElapsedTime(0, delays.Max(each => each[number])).TotalMilliseconds:0.0} ms"));
    }
}
long[] sorted = [.. delays.SelectMany(each => each).Order()];
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{watchers} watchers, {events} events, {seen} seen: p50 {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms, worst {At(1):0.0} ms from put to watcher"));
return 0;

double At(double part) =>
    Stopwatch.GetElapsedTime(0, sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * part)]).TotalMilliseconds;

async Task WatchAsync(int number)
{
    var request = new WatchCreateRequest { Key = key };
    int count = 0;
    await foreach (WatchResponse response in clients[number % clients.Length].WatchAsync(request, end.Token))
    {
        long now = Stopwatch.GetTimestamp();
        if (response.Created)
        {
            Interlocked.Increment(ref created);
        }
        foreach (Event seenEvent in response.Events)
        {
            string[] parts = seenEvent.Kv.Value.ToStringUtf8().Split(' ');
            delays[number][int.Parse(parts[1], CultureInfo.InvariantCulture)] = now - long.Parse(parts[0], CultureInfo.InvariantCulture);
            Interlocked.Increment(ref seen);
            count++;
        }
        if (count >= events)
        {
            return;
        }
    }
}
