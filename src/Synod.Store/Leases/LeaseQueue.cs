namespace Synod.Store;

/// <summary>
/// Leases by deadline, and those with one deadline by id: a binary heap whose entries know their places, so that a
/// renewal moves its lease in a few steps however many there are.
/// </summary>
internal sealed class LeaseQueue(StructTable<LeaseRecord> records)
{
    private uint[] _heap = new uint[16];

    /// <summary>Leases there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them, in no order but that of the heap.</summary>
    public ReadOnlySpan<uint> All => _heap.AsSpan(0, Count);

    /// <summary>The lease that ends first, or 0.</summary>
    public uint First => Count > 0 ? _heap[0] : 0;

    /// <summary>Bytes held from the runtime.</summary>
    public long AllocatedBytes => (long)_heap.Length * sizeof(uint);

    /// <summary>Adds a lease.</summary>
    public void Add(uint number)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }
        Put(Count, number);
        Rise(Count++);
    }

    /// <summary>Removes a lease.</summary>
    public void Remove(uint number)
    {
        int place = records[number].QueuePlace;
        uint last = _heap[--Count];
        if (last != number)
        {
            Put(place, last);
            Moved(last);
        }
    }

    /// <summary>A lease's deadline has changed.</summary>
    public void Moved(uint number)
    {
        Rise(records[number].QueuePlace);
        Sink(records[number].QueuePlace);
    }

    /// <summary>Whether one lease ends before another.</summary>
    public bool IsBefore(uint left, uint right)
    {
        ref LeaseRecord one = ref records[left];
        ref LeaseRecord other = ref records[right];
        return one.Deadline != other.Deadline ? one.Deadline < other.Deadline : one.Id < other.Id;
    }

    private void Rise(int place)
    {
        uint number = _heap[place];
        while (place > 0 && IsBefore(number, _heap[(place - 1) / 2]))
        {
            Put(place, _heap[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        Put(place, number);
    }

    private void Sink(int place)
    {
        uint number = _heap[place];
        while (true)
        {
            int child = (place * 2) + 1;
            if (child + 1 < Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }
            if (child >= Count || !IsBefore(_heap[child], number))
            {
                break;
            }
            Put(place, _heap[child]);
            place = child;
        }
        Put(place, number);
    }

    private void Put(int place, uint number)
    {
        _heap[place] = number;
        records[number].QueuePlace = place;
    }
}
