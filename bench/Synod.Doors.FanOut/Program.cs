using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Google.Protobuf;
using Synod.Client.Etcd;
using Synod.Client.Load;
using Synod.Doors.FanOut;
using Synod.Protocol.Etcd;

// Usage: Synod.Doors.FanOut host:port,... [watchers] [events] [connections] [pids]
// Every watcher has a stream of its own; events come ten a second, each with the time of its put.
if (args.Length == 0)
{
    Console.Error.WriteLine(
        "usage: Synod.Doors.FanOut host:port,... [watchers=1000] [events=50] [connections=3] [server processes, with commas]");
    return 2;
}
Uri[] endpoints = [.. args[0].Split(',').Select(text => new Uri("http://" + text))];
int watchers = Number(1, 1000);
int events = Number(2, 50);
int connectionCount = Number(3, endpoints.Length);
int[] processes = args.Length > 4 ? [.. args[4].Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))] : [];
const int PauseMilliseconds = 100;
const int PollMicroseconds = 1000;

ByteString key = ByteString.CopyFromUtf8("fan-out");
long[] delays = new long[watchers * events];
int seen = 0;
WatchConnection[] connections = [.. Enumerable.Range(0, connectionCount).Select(number => new WatchConnection(
    endpoints[number % endpoints.Length],
    (watchers / connectionCount) + (number < watchers % connectionCount ? 1 : 0),
    key,
    (put, arrival) => delays[seen++] = arrival - put))];
using var putter = new EtcdClient([endpoints[0]], TimeSpan.FromSeconds(10));
Task puts = Task.CompletedTask;
bool begun = false;
TimeSpan? usedBefore = null;
var clock = Stopwatch.StartNew();
while (seen < delays.Length)
{
    if (clock.Elapsed > TimeSpan.FromMinutes(2))
    {
        Console.Error.WriteLine($"only {seen} of {delays.Length} events came within two minutes");
        return 1;
    }
    if (puts.IsFaulted)
    {
        await puts;
    }
    List<Socket> readable = [.. connections.Select(connection => connection.Socket)];
    foreach (WatchConnection connection in connections)
    {
        connection.Flush();
    }
    Socket.Select(readable, null, null, PollMicroseconds);
    foreach (WatchConnection connection in connections.Where(connection => readable.Contains(connection.Socket)))
    {
        connection.Receive();
    }
    if (!begun && connections.Sum(connection => connection.Created) == watchers)
    {
        begun = true;
        usedBefore = ProcessorTime.Of(processes);
        puts = PutAllAsync();
    }
}
TimeSpan? used = ProcessorTime.Of(processes) - usedBefore;
Array.Sort(delays);
string cost = processes.Length == 0 || used is null
    ? ""
    : string.Create(CultureInfo.InvariantCulture, $", servers {used.Value.TotalMicroseconds / delays.Length:0.0} µs an event and watcher");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{watchers} watchers, {events} events: p50 {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms, worst {At(1):0.0} ms from put to watcher{cost}"));
return 0;

int Number(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

double At(double part) =>
    Stopwatch.GetElapsedTime(0, delays[(int)Math.Min(delays.Length - 1, delays.Length * part)]).TotalMilliseconds;

async Task PutAllAsync()
{
    // The first put opens the connection and wakes the compiler; nobody watches it.
    await putter.PutAsync(new PutRequest { Key = ByteString.CopyFromUtf8("fan-out, first") }, CancellationToken.None);
    for (int number = 0; number < events; number++)
    {
        string value = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetTimestamp()} {number}");
        await putter.PutAsync(new PutRequest { Key = key, Value = ByteString.CopyFromUtf8(value) }, CancellationToken.None);
        await Task.Delay(PauseMilliseconds);
    }
}
