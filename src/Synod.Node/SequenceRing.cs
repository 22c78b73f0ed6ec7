using Synod.Paxos;

namespace Synod.Node;

/// <summary>
/// Entries by consecutive numbers, of which only a moving range is in use. It grows to what was really needed: most nodes
/// never have more than some hundred commands under way, and the limits allow many thousands.
/// </summary>
internal sealed class SequenceRing<T>
{
    private const int CapacityMin = 64;
    private T[] _items = [];

    /// <summary>Entries there is room for now.</summary>
    public int Capacity => _items.Length;

    /// <summary>The entry of a number within the range that was last reserved.</summary>
    public ref T this[ulong sequence] => ref _items[sequence & (ulong)(_items.Length - 1)];

    /// <summary>Makes room for the numbers from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    /// <param name="first">The first number in use; entries from here on are kept.</param>
    /// <param name="end">One past the last.</param>
    public void Reserve(ulong first, ulong end)
    {
        Check.That(first <= end);
        var needed = end - first;
        if (needed <= (ulong)_items.Length)
        {
            return;
        }
        var capacity = Math.Max(_items.Length, CapacityMin);
        while ((ulong)capacity < needed)
        {
            capacity = checked(capacity * 2);
        }
        var larger = new T[capacity];
        for (var sequence = first; sequence < first + (ulong)_items.Length; sequence++)
        {
            larger[sequence & (ulong)(capacity - 1)] = this[sequence];
        }
        _items = larger;
    }

    /// <summary>Forgets everything, and gives the memory back.</summary>
    public void Clear() => _items = [];
}
