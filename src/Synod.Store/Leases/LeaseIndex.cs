using Synod.Paxos;

namespace Synod.Store;

/// <summary>
/// Finds leases by id: open addressing with linear probing (Knuth, TAOCP 3, §6.4, algorithms L and R), at most half full,
/// in one array of numbers.
/// </summary>
internal sealed class LeaseIndex(StructTable<LeaseRecord> records)
{
    private const int FirstSlots = 16;

    // The golden ratio's fraction: neighbouring ids, and ids that differ only in their upper bits, spread alike.
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private uint[] _slots = new uint[FirstSlots];
    private int _count;

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes => (long)_slots.Length * sizeof(uint);

    /// <summary>The record of a lease, or 0.</summary>
    public uint Find(long id)
    {
        int mask = _slots.Length - 1;
        for (int slot = Home(id, mask); _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (records[_slots[slot]].Id == id)
            {
                return _slots[slot];
            }
        }
        return 0;
    }

    /// <summary>Adds a record whose id is not there.</summary>
    public void Add(uint number)
    {
        if ((_count + 1) * 2 > _slots.Length)
        {
            uint[] old = _slots;
            _slots = new uint[old.Length * 2];
            foreach (uint each in old)
            {
                if (each != 0)
                {
                    Place(each);
                }
            }
        }
        Place(number);
        _count++;
    }

    /// <summary>Removes a record that is there, and closes the gap, so that no search ever meets one.</summary>
    public void Remove(uint number)
    {
        int mask = _slots.Length - 1;
        int gap = Home(records[number].Id, mask);
        while (_slots[gap] != number)
        {
            Check.That(_slots[gap] != 0);
            gap = (gap + 1) & mask;
        }
        for (int slot = (gap + 1) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            // An entry may move back into the gap unless its home lies between the gap and where it stands.
            int fromHome = (slot - Home(records[_slots[slot]].Id, mask)) & mask;
            if (fromHome >= ((slot - gap) & mask))
            {
                _slots[gap] = _slots[slot];
                gap = slot;
            }
        }
        _slots[gap] = 0;
        _count--;
    }

    private void Place(uint number)
    {
        int mask = _slots.Length - 1;
        int slot = Home(records[number].Id, mask);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }
        _slots[slot] = number;
    }

    private static int Home(long id, int mask)
    {
        ulong mixed = (ulong)id * Spread;
        return (int)((mixed ^ (mixed >> 32)) & (ulong)mask);
    }
}
