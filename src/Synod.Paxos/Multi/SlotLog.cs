namespace Synod.Paxos.Multi;

/// <summary>What one acceptor and learner knows of one slot.</summary>
internal struct SlotEntry
{
    /// <summary>Highest ballot accepted here; none if nothing, or if the decree was only learned.</summary>
    public Ballot Ballot;

    /// <summary>The decree accepted or learned.</summary>
    public Decree Decree;

    /// <summary>The record that made it durable.</summary>
    public ulong Record;

    /// <summary>There is a decree.</summary>
    public bool Filled;

    /// <summary>Known to be chosen.</summary>
    public bool Chosen;

    /// <summary>While this node leads: who has accepted <see cref="Decree"/> under its ballot, durably.</summary>
    public MemberSet Votes;
}

/// <summary>
/// The slots in memory: a ring that holds everything above <see cref="Floor"/>. What is at or below the floor is chosen
/// and delivered, and lives in the journal.
/// </summary>
internal sealed partial class SlotLog
{
    private SlotEntry[] _ring = new SlotEntry[64];

    /// <summary>The last slot that is not in memory any more.</summary>
    public Slot Floor { get; private set; }

    /// <summary>The highest slot that was ever touched.</summary>
    public Slot Top { get; private set; }

    /// <summary>Bytes of the decrees in memory.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the decrees above the chosen prefix.</summary>
    public long OpenBytes { get; private set; }

    /// <summary>The entry of a slot above the floor; grows the ring as needed.</summary>
    public ref SlotEntry At(Slot slot)
    {
        Check.That(slot > Floor);
        if (slot > Top)
        {
            Grow(slot);
            Top = slot;
        }
        return ref _ring[slot.Number & (ulong)(_ring.Length - 1)];
    }

    /// <summary>Whether something is known of the slot, without touching it.</summary>
    public bool IsFilled(Slot slot) => slot > Floor && slot <= Top && At(slot).Filled;

    /// <summary>Puts a decree into a slot.</summary>
    public void Fill(Slot slot, Ballot ballot, in Decree decree, ulong record)
    {
        ref var entry = ref At(slot);
        var added = decree.Value.Length - (entry.Filled ? entry.Decree.Value.Length : 0);
        Bytes += added;
        OpenBytes += added; // Below the chosen prefix a decree is replaced by itself only, which adds nothing.
        entry.Ballot = ballot;
        entry.Decree = decree;
        entry.Record = record;
        entry.Filled = true;
        entry.Votes = MemberSet.Empty;
    }

    /// <summary>The chosen prefix has come to include this slot.</summary>
    public void Close(Slot slot)
    {
        OpenBytes -= At(slot).Decree.Value.Length;
        Check.That(OpenBytes >= 0);
    }

    /// <summary>Forgets all slots up to <paramref name="slot"/>, which must be chosen.</summary>
    public void RaiseFloor(Slot slot)
    {
        while (Floor < slot)
        {
            var next = Floor.Next;
            ref var entry = ref At(next);
            Check.That(entry.Chosen);
            Bytes -= entry.Decree.Value.Length;
            entry = default;
            Floor = next;
        }
    }

    /// <summary>Forgets all slots up to <paramref name="slot"/>, whatever was in them: a snapshot stands for them.</summary>
    public void JumpFloor(Slot slot, Slot chosenUpTo)
    {
        Check.That(slot >= Floor);
        for (var s = Floor.Number + 1; s <= Math.Min(slot.Number, Top.Number); s++)
        {
            ref var entry = ref _ring[s & (ulong)(_ring.Length - 1)];
            var bytes = entry.Filled ? entry.Decree.Value.Length : 0;
            Bytes -= bytes;
            OpenBytes -= s > chosenUpTo.Number ? bytes : 0;
            entry = default;
        }
        Floor = slot;
        Top = Slot.Max(Top, slot);
    }

    private void Grow(Slot slot)
    {
        var needed = checked((int)(slot.Number - Floor.Number)) + 1;
        if (needed <= _ring.Length)
        {
            return;
        }
        var size = _ring.Length;
        while (size < needed)
        {
            size = checked(size * 2);
        }
        var larger = new SlotEntry[size];
        for (var s = Floor.Number + 1; s <= Top.Number; s++)
        {
            larger[s & (ulong)(size - 1)] = _ring[s & (ulong)(_ring.Length - 1)];
        }
        _ring = larger;
    }
}
