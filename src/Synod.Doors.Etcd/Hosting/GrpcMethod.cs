using Microsoft.AspNetCore.Http;
using Synod.Doors.Etcd.Metrics;

namespace Synod.Doors.Etcd.Hosting;

/// <summary>One method of one service.</summary>
internal abstract class GrpcMethod(string service, string name)
{
    private readonly long[] _endings = new long[(int)GrpcCode.Unauthenticated + 1];
    private long _started;

    /// <summary>The service with its package.</summary>
    public string Service => service;

    /// <summary>The method.</summary>
    public string Name => name;

    /// <summary>The path that HTTP/2 asks for.</summary>
    public string Path { get; } = $"/{service}/{name}";

    /// <summary>Calls begun and not yet ended.</summary>
    public long Running => Interlocked.Read(ref _started) - EndingsTotal;

    private long EndingsTotal
    {
        get
        {
            var total = 0L;
            for (var i = 0; i < _endings.Length; i++)
            {
                total += Interlocked.Read(ref _endings[i]);
            }
            return total;
        }
    }

    /// <summary>Serves one call to its end; the returned status is counted, and was or will be sent.</summary>
    public abstract ValueTask<GrpcStatus> ServeAsync(HttpContext http, DoorContext context);

    /// <summary>Counts a call that begins.</summary>
    public void CountStart() => Interlocked.Increment(ref _started);

    /// <summary>How long calls took.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Counts a call that ended.</summary>
    public void CountEnd(GrpcCode code, TimeSpan took)
    {
        Latency.Record(code, took);
        Interlocked.Increment(ref _endings[(int)code]);
    }

    /// <summary>How many calls ended with this code.</summary>
    public long Endings(GrpcCode code) => Interlocked.Read(ref _endings[(int)code]);
}
