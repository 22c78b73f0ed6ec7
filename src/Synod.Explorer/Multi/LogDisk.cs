using Synod.Paxos;
using Synod.Paxos.Multi;

namespace Synod.Explorer.Multi;

/// <summary>
/// What a node's journal comes to when it is read back: records that later ones make void are gone, so that journals that
/// recover alike are alike.
/// </summary>
internal sealed class LogDisk
{
    public const int SlotsMax = 8;

    private readonly StateRecord[] _slots = new StateRecord[SlotsMax + 1];

    /// <summary>The highest ballot promised, by a promise or an acceptance.</summary>
    public Ballot Promised { get; private set; }

    public Slot ChosenUpTo { get; private set; }

    /// <summary>The latest record of a slot; its kind is 0 if there is none.</summary>
    public ref readonly StateRecord this[int slot] => ref _slots[slot];

    public void Add(in StateRecord record)
    {
        Promised = Ballot.Max(Promised, record.Ballot);
        if (record.Kind == StateRecordKind.ChosenUpTo)
        {
            ChosenUpTo = record.Slot;
        }
        else if (record.Kind != StateRecordKind.Promised)
        {
            Check.That(record.Slot.Number is >= 1 and <= SlotsMax);
            ref var slot = ref _slots[record.Slot.Number];
            // What is learned is chosen: no later acceptance can be of anything else.
            if (slot.Kind != StateRecordKind.Learned || record.Kind == StateRecordKind.Learned)
            {
                slot = record;
            }
        }
    }

    /// <summary>The records that a journal of the same content would hold, in an order that it could have.</summary>
    public IEnumerable<StateRecord> Records()
    {
        if (!Promised.IsNone)
        {
            yield return new StateRecord(StateRecordKind.Promised, Promised, default, default);
        }
        foreach (var slot in _slots)
        {
            if (slot.Kind != 0)
            {
                yield return slot;
            }
        }
        if (ChosenUpTo > Slot.Zero)
        {
            yield return new StateRecord(StateRecordKind.ChosenUpTo, default, ChosenUpTo, default);
        }
    }

    public void Write(StateWriter writer)
    {
        writer.Write(Promised);
        writer.Write(ChosenUpTo);
        for (var slot = 1; slot <= SlotsMax; slot++)
        {
            writer.WriteByte((byte)_slots[slot].Kind);
            if (_slots[slot].Kind != 0)
            {
                writer.Write(_slots[slot].Ballot);
                LogMessage.Write(writer, _slots[slot].Decree);
            }
        }
    }

    public void Read(ref StateReader reader)
    {
        Promised = reader.ReadBallot();
        ChosenUpTo = reader.ReadSlot();
        for (var slot = 1; slot <= SlotsMax; slot++)
        {
            var kind = (StateRecordKind)reader.ReadByte();
            _slots[slot] = kind == 0
                ? default
                : new StateRecord(kind, reader.ReadBallot(), new Slot((ulong)slot), ReadDecree(ref reader));
        }
    }

    public static Decree ReadDecree(ref StateReader reader) =>
        new((DecreeKind)reader.ReadByte(), reader.ReadUInt32(), reader.ReadValue());
}
