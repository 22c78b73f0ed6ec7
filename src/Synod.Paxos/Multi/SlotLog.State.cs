namespace Synod.Paxos.Multi;

internal sealed partial class SlotLog
{
    /// <summary>Writes canonical bytes. Votes are those that count: of slots open under the ballot of who leads.</summary>
    public void Write(StateWriter writer, ulong persistedUpTo, Ballot leading)
    {
        writer.Write(Floor);
        writer.Write(Top);
        for (var slot = Floor; slot < Top;)
        {
            slot = slot.Next;
            ref var entry = ref At(slot);
            var votes = !entry.Chosen && !leading.IsNone && entry.Ballot == leading ? entry.Votes : MemberSet.Empty;
            writer.WriteByte((byte)((entry.Filled ? 1 : 0) | (entry.Chosen ? 2 : 0) | (votes.Count > 0 ? 4 : 0)));
            if (entry.Filled)
            {
                writer.Write(entry.Ballot);
                writer.Write(entry.Decree);
                writer.WriteRecordNumber(entry.Record, persistedUpTo);
            }
            if (votes.Count > 0)
            {
                writer.Write(votes);
            }
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader, ulong persistedUpTo, Slot chosenUpTo)
    {
        for (var slot = Floor; slot < Top; slot = slot.Next)
        {
            At(slot.Next) = default;
        }
        (Bytes, OpenBytes) = (0, 0);
        Floor = reader.ReadSlot();
        Top = Floor;
        var top = reader.ReadSlot();
        for (var slot = Floor; slot < top;)
        {
            slot = slot.Next;
            var flags = reader.ReadByte();
            Check.That(flags < 8);
            ref var entry = ref At(slot);
            entry = default;
            if ((flags & 1) != 0)
            {
                var ballot = reader.ReadBallot();
                var decree = reader.ReadDecree();
                Fill(slot, ballot, decree, reader.ReadRecordNumber(persistedUpTo));
            }
            entry.Chosen = (flags & 2) != 0;
            entry.Votes = (flags & 4) != 0 ? reader.ReadMemberSet() : MemberSet.Empty;
            OpenBytes -= slot <= chosenUpTo ? entry.Decree.Value.Length : 0;
        }
    }
}
