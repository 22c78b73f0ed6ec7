namespace Synod.Client.Load;

/// <summary>What a load generator is to do.</summary>
public sealed record LoadPlan
{
    /// <summary>More requests in flight than this are refused.</summary>
    public const int ClientsMax = 100_000;

    /// <summary>More connections than this are refused.</summary>
    public const int ConnectionsMax = 4_096;

    /// <summary>The longest key; its length then fits into one byte of the request.</summary>
    public const int KeyBytesMax = 120;

    /// <summary>The longest value: the whole request fits into every server's first flow-control window (65,535
    /// bytes).</summary>
    public const int ValueBytesMax = 64_000;

    /// <summary>How many requests share one connection unless the number of connections is given.</summary>
    public const int ClientsPerConnection = 16;

    /// <summary>Where to connect to; connections go round them in order. `http` only.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>The kind of requests.</summary>
    public LoadMode Mode { get; init; }

    /// <summary>Requests in flight at any time, over all connections.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>Connections; 0 means one for every <see cref="ClientsPerConnection"/> clients.</summary>
    public int Connections { get; init; }

    /// <summary>How many different keys there are.</summary>
    public int Keys { get; init; } = 100_000;

    /// <summary>Bytes of a key.</summary>
    public int KeyBytes { get; init; } = 16;

    /// <summary>Bytes of a value.</summary>
    public int ValueBytes { get; init; } = 256;

    /// <summary>Stop after so many measured requests; 0 means by time.</summary>
    public long Requests { get; init; }

    /// <summary>Stop after so much measured time, unless <see cref="Requests"/> is given.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests that are sent first and not counted.</summary>
    public long Warmup { get; init; }

    /// <summary>Seed of keys and values.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many of a hundred requests are puts, in mode <see cref="LoadMode.Mixed"/>.</summary>
    public int PutPercent { get; init; } = 50;

    /// <summary>Take keys in order instead of at random (to fill a store).</summary>
    public bool Sequential { get; init; }

    /// <summary>A request that is unanswered for longer ends the run.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Processes on this machine whose processor time during the measurement is reported as the
    /// servers'.</summary>
    public IReadOnlyList<int> ServerProcesses { get; init; } = [];

    /// <summary>The number of connections after the default was filled in.</summary>
    public int ConnectionCount => Connections > 0 ? Connections : Math.Max(1, Clients / ClientsPerConnection);

    /// <summary>Digits of the greatest key number, and one letter before them.</summary>
    public int KeyBytesMin
    {
        get
        {
            int digits = 1;
            for (int rest = Keys - 1; rest >= 10; rest /= 10)
            {
                digits++;
            }
            return digits + 1;
        }
    }

    /// <summary>Why the plan cannot be carried out, in one sentence; null where it can.</summary>
    public string? Problem()
    {
        if (Endpoints.Count == 0)
        {
            return "no endpoint";
        }
        foreach (Uri endpoint in Endpoints)
        {
            if (endpoint.Scheme != Uri.UriSchemeHttp)
            {
                return $"{endpoint.OriginalString}: only http:// endpoints can be measured";
            }
        }
        return this switch
        {
            { Clients: < 1 or > ClientsMax } => $"clients must be 1 to {ClientsMax}",
            { Connections: < 0 or > ConnectionsMax } => $"connections must be 1 to {ConnectionsMax}",
            _ when ConnectionCount > ConnectionsMax => $"connections must be 1 to {ConnectionsMax}: give --connections",
            _ when ConnectionCount > Clients => "there are more connections than clients",
            { Keys: < 1 } => "keys must be at least 1",
            _ when KeyBytes < KeyBytesMin || KeyBytes > KeyBytesMax =>
                $"key bytes must be {KeyBytesMin} to {KeyBytesMax} for {Keys} keys",
            { ValueBytes: < 0 or > ValueBytesMax } => $"value bytes must be 0 to {ValueBytesMax}",
            { Requests: < 0 } or { Warmup: < 0 } => "numbers of requests must not be negative",
            { PutPercent: < 0 or > 100 } => "the share of puts must be 0 to 100",
            _ when Requests == 0 && Duration <= TimeSpan.Zero => "the duration must be above 0",
            _ when RequestTimeout <= TimeSpan.Zero => "the request time-out must be above 0",
            _ => null,
        };
    }
}
