namespace Synod.Store;

/// <summary>
/// Bytes of commands. A command is a version byte, then one operation. An operation is its kind, a byte of flags (not
/// for transactions), then its fields in the order of the writer's code. Lengths and counts are variable-length, seven
/// bits a byte, least first; other numbers likewise after folding the sign into bit 0. Journals hold these bytes:
/// another layout is another version.
/// </summary>
internal static class CommandFormat
{
    /// <summary>The version that this code writes, and the only one that it reads.</summary>
    public const byte Version = 1;

    /// <summary>The longest variable-length number.</summary>
    public const int NumberBytesMax = 10;

    public const byte PutWantsPrevious = 1;
    public const byte PutKeepsValue = 2;
    public const byte PutKeepsLease = 4;
    public const byte PutHasLease = 8;
    public const byte PutFlags = 15;

    public const byte DeleteWantsPrevious = 1;
    public const byte DeleteHasRangeEnd = 2;
    public const byte DeleteFlags = 3;

    public const byte RangeKeysOnly = 1;
    public const byte RangeCountOnly = 2;
    public const byte RangeHasRangeEnd = 4;
    public const byte RangeHasLimit = 8;
    public const byte RangeHasRevision = 16;
    public const byte RangeHasSort = 32;
    public const byte RangeHasFilters = 64;
    public const byte RangeFlags = 127;

    /// <summary>A comparison's first byte: target in bits 0 to 2, result in bits 3 and 4, and this.</summary>
    public const byte ComparisonHasRangeEnd = 32;
    public const byte ComparisonFlags = 63;
}
