using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Synod.Paxos;
using Synod.Ports;
using Synod.Transport;

// Round trips per second between the peer links of two nodes on loopback, each in a process of its own:
//   dotnet run -c Release -- echo PORT        answers every frame (n2)
//   dotnet run -c Release -- drive PORT [s]   keeps 1, 64 and 512 frames of 64 bytes under way, s seconds each (n1)
const int FrameBytes = 64;
const int WarmUpRoundTrips = 50_000;
if (args is not ["echo" or "drive", _, ..])
{
    Console.Error.WriteLine("usage: echo PORT | drive PORT [SECONDS]");
    return 2;
}
bool isEcho = args[0] == "echo";
int port = int.Parse(args[1], CultureInfo.InvariantCulture);
double seconds = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 3;
var other = new NodeId(isEcho ? 1u : 2u);

using var signal = new ManualResetEventSlim(false, spinCount: 0);
await using var peers = new TcpPeers(
    new TcpPeersOptions
    {
        Self = new NodeId(isEcho ? 2u : 1u),
        ClusterId = 1,
        Incarnation = 1,
        Identity = new DataIdentity(isEcho ? 2u : 1u),
        Members = new SortedDictionary<NodeId, PeerAddress>
        {
            [new NodeId(1)] = new("127.0.0.1", 1),
            [new NodeId(2)] = new("127.0.0.1", port),
        },
        Listen = [new IPEndPoint(IPAddress.Loopback, isEcho ? port : 0)],
    },
    signal.Set,
    NullLoggerFactory.Instance);
peers.Start();
var frame = new byte[FrameBytes];
if (isEcho)
{
    while (true)
    {
        Turn(long.MaxValue, out bool wasLost);
        if (wasLost)
        {
            return 0;
        }
    }
}
while (!peers.IsUp(other, PeerLane.Data))
{
    Turn(0, out _);
}
foreach (int depth in (int[])[1, 64, 512])
{
    Drive(depth, WarmUpRoundTrips);
    long allocatedBefore = GC.GetTotalAllocatedBytes();
    TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
    long start = Stopwatch.GetTimestamp();
    long done = 0;
    while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
    {
        done += Drive(depth, Math.Max(1_000, depth * 100));
    }
    double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
    double allocated = (double)(GC.GetTotalAllocatedBytes() - allocatedBefore) / done;
    double cpu = (Environment.CpuUsage.TotalTime - cpuBefore).TotalMicroseconds / done;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"depth {depth,4}: {done / took,12:N0} round trips/s, "
        + $"{allocated:F0} bytes allocated and {cpu:F2} us CPU each"));
}
return 0;

long Drive(int depth, long roundTrips)
{
    long sent = 0;
    peers.Hold();
    for (; sent < depth; sent++)
    {
        peers.TrySend(other, PeerLane.Data, frame);
    }
    peers.Flush();
    long answered = 0;
    while (answered < roundTrips + depth)
    {
        // Each answer sets off the next frame until enough are under way; the last ones run out.
        int taken = Turn(roundTrips + depth - sent, out _);
        sent += Math.Min(taken, roundTrips + depth - sent);
        answered += taken;
    }
    return answered;
}

int Turn(long sendsMax, out bool wasLost)
{
    wasLost = false;
    signal.Wait();
    signal.Reset();
    int taken = 0;
    peers.Hold();
    while (peers.TryTakeEvent(out PeerEvent next))
    {
        wasLost |= next.Kind == PeerEventKind.LinkDown && next.Lane == PeerLane.Data;
        if (next.Kind != PeerEventKind.Frame)
        {
            continue;
        }
        if (taken++ < sendsMax)
        {
            peers.TrySend(other, PeerLane.Data, isEcho ? next.Frame.Span : frame);
        }
    }
    peers.Flush();
    return taken;
}
