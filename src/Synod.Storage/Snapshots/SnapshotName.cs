using System.Globalization;
using Synod.Paxos;

namespace Synod.Storage;

/// <summary>
/// Names of snapshot files: <c>snapshot-0000000000000001</c> and so on, by slot, so that name order is slot order.
/// </summary>
public static class SnapshotName
{
    private const string Prefix = "snapshot-";
    private const int Digits = 16;

    /// <summary>The file of a slot's snapshot.</summary>
    public static string Of(Slot slot) => Prefix + slot.Number.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Whether a file is one, and of which slot.</summary>
    public static bool TryParse(string name, out Slot slot)
    {
        slot = default;
        if (name.Length == Prefix.Length + Digits
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && ulong.TryParse(
                name.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            && number > 0 && Of(new Slot(number)) == name)
        {
            slot = new Slot(number);
        }
        return slot != Slot.Zero;
    }
}
