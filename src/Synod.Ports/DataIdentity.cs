using System.Globalization;

namespace Synod.Ports;

/// <summary>
/// The random identity of one data directory, drawn once when it is made. A node that comes back with another identity
/// has lost what it promised: it is refused (a wiped disk is not a new node).
/// </summary>
public readonly record struct DataIdentity(UInt128 Bits)
{
    /// <summary>No identity.</summary>
    public static DataIdentity None => default;

    /// <inheritdoc/>
    public override string ToString() => Bits.ToString("x32", CultureInfo.InvariantCulture);
}
