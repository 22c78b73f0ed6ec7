using System.Globalization;

namespace Synod.Client.Load;

/// <summary>Processor time of processes, user and system together.</summary>
internal static class ProcessorTime
{
    // Linux counts in hundredths of a second towards programs, on every architecture (USER_HZ).
    private const double TicksPerSecond = 100;

    /// <summary>Of this process.</summary>
    public static TimeSpan Own() =>
        OperatingSystem.IsBrowser() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS()
            ? TimeSpan.Zero
            : Environment.CpuUsage.TotalTime;

    /// <summary>Of all the processes together, from /proc; null where one of them cannot be read.</summary>
    public static TimeSpan? Of(IReadOnlyList<int> processes)
    {
        long ticks = 0;
        foreach (int process in processes)
        {
            string text;
            try
            {
                text = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
            // The name in parentheses may hold anything; user and system time are fields 14 and 15, the 12th and 13th
            // after it.
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) +
                long.Parse(fields[12], CultureInfo.InvariantCulture);
        }
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
