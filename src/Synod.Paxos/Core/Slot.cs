using System.Globalization;

namespace Synod.Paxos;

/// <summary>
/// A position in the log, an instance of consensus of its own (Lamport 2001, §3). Slot 0 holds the first
/// configuration, commands begin at 1.
/// </summary>
/// <param name="Number">Counts from 0, without gaps.</param>
public readonly record struct Slot(ulong Number) : IComparable<Slot>
{
    /// <summary>The slot of the first configuration.</summary>
    public static Slot Zero => default;

    /// <summary>The slot after this one.</summary>
    /// <exception cref="OverflowException">There is none.</exception>
    public Slot Next => new(checked(Number + 1));

    /// <inheritdoc/>
    public int CompareTo(Slot other) => Number.CompareTo(other.Number);

    /// <summary>The lower of two.</summary>
    public static Slot Min(Slot left, Slot right) => left <= right ? left : right;

    /// <summary>The higher of two.</summary>
    public static Slot Max(Slot left, Slot right) => left >= right ? left : right;

    /// <summary>The slot <paramref name="count"/> places on.</summary>
    /// <exception cref="OverflowException">There is none.</exception>
    public static Slot operator +(Slot slot, ulong count) => new(checked(slot.Number + count));

    /// <summary>Log order.</summary>
    public static bool operator <(Slot left, Slot right) => left.Number < right.Number;

    /// <summary>Log order.</summary>
    public static bool operator >(Slot left, Slot right) => left.Number > right.Number;

    /// <summary>Log order.</summary>
    public static bool operator <=(Slot left, Slot right) => left.Number <= right.Number;

    /// <summary>Log order.</summary>
    public static bool operator >=(Slot left, Slot right) => left.Number >= right.Number;

    /// <inheritdoc/>
    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}
