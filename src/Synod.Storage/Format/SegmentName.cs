using System.Globalization;

namespace Synod.Storage.Format;

/// <summary>
/// Names of the journal's files: <c>journal-0000000000000001</c> and so on, so that name order is number order.
/// </summary>
internal static class SegmentName
{
    internal const string MarkFile = "journal-mark";
    private const string Prefix = "journal-";
    private const int Digits = 16;

    internal static string Of(ulong segment) => Prefix + segment.ToString("x16", CultureInfo.InvariantCulture);

    internal static bool TryParse(string name, out ulong segment)
    {
        segment = 0;
        return name.Length == Prefix.Length + Digits
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && ulong.TryParse(
                name.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out segment)
            && segment > 0
            && Of(segment) == name;
    }
}
