using System.Globalization;
using System.Text.RegularExpressions;
using Synod.Node;

namespace Synod.Server.Serving;

/// <summary>Reads how much history to keep, in etcd's words: a mode, and hours, a time or a number of revisions.</summary>
internal static partial class CompactionSetting
{
    /// <summary>By time, which is what a retention without a mode means.</summary>
    private const string Periodic = "periodic";

    /// <summary>By revisions.</summary>
    private const string Revision = "revision";

    private static readonly TimeSpan s_standardPeriod = TimeSpan.FromHours(1);

    /// <summary>Reads both settings; each may be missing.</summary>
    /// <param name="mode">The mode as given.</param>
    /// <param name="retention">The retention as given; 0 keeps everything.</param>
    /// <param name="options">What they mean.</param>
    /// <param name="modeProblem">What is wrong with the mode, or null.</param>
    /// <param name="retentionProblem">What is wrong with the retention, or null.</param>
    public static void Read(
        string? mode, string? retention, out CompactionOptions options, out string? modeProblem, out string? retentionProblem)
    {
        options = new CompactionOptions();
        modeProblem = null;
        retentionProblem = null;
        if (mode is not (null or Periodic or Revision))
        {
            modeProblem = $"\"{mode}\" is neither {Periodic} nor {Revision}";
        }
        else if (mode == Revision)
        {
            if (retention is not null && !TryRevisions(retention, out options))
            {
                retentionProblem = $"\"{retention}\" is not a number of revisions; 0 keeps everything";
            }
        }
        else if (retention is not null)
        {
            if (!TryPeriod(retention, out options))
            {
                retentionProblem = $"\"{retention}\" is neither a number of hours nor a time like 1h30m or 90s; 0 keeps everything";
            }
        }
        else if (mode == Periodic)
        {
            options = new CompactionOptions { Revisions = 0, Period = s_standardPeriod };
        }
    }

    private static bool TryRevisions(string text, out CompactionOptions options)
    {
        var isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revisions);
        options = new CompactionOptions { Revisions = revisions };
        return isNumber;
    }

    private static bool TryPeriod(string text, out CompactionOptions options)
    {
        options = CompactionOptions.Off;
        var period = TimeSpan.Zero;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours <= HoursMax)
        {
            period = TimeSpan.FromHours(hours);
        }
        else if (Duration().Match(text) is { Success: true } match)
        {
            period = TimeSpan.FromHours(Part(match, "h")) + TimeSpan.FromMinutes(Part(match, "m")) + TimeSpan.FromSeconds(Part(match, "s"));
        }
        else
        {
            return false;
        }
        options = CompactionOptions.Off with { Period = period };
        return true;
    }

    private static int Part(Match match, string unit) =>
        match.Groups[unit].Success ? int.Parse(match.Groups[unit].ValueSpan, CultureInfo.InvariantCulture) : 0;

    /// <summary>Ten years.</summary>
    private const int HoursMax = 87_600;

    [GeneratedRegex(@"^(?=\d)((?<h>\d{1,5})h)?((?<m>\d{1,7})m)?((?<s>\d{1,8})s)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
