namespace Synod.Doors.Etcd.Hosting;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int DigitsMax = 8;

    /// <summary>
    /// The longest time-out that is honoured; a longer one is cut to it. Timers cannot hold much more.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    /// <summary>Reads the header's value.</summary>
    /// <returns>False when it is malformed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > DigitsMax + 1)
        {
            return false;
        }
        long count = 0;
        foreach (var c in text[..^1])
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
            count = count * 10 + (c - '0');
        }
        long? ticksPerUnit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => null,
        };
        if (ticksPerUnit is null)
        {
            return false;
        }
        var span = ticksPerUnit == 0
            ? TimeSpan.FromTicks((count + 99) / 100)
            : TimeSpan.FromTicks(count * ticksPerUnit.Value);
        timeout = span > Longest ? Longest : span;
        return true;
    }
}
