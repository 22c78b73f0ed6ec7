namespace Synod.Paxos.Multi;

internal sealed partial class LogProposer
{
    /// <summary>Writes canonical bytes: of each phase only what it goes by.</summary>
    public void Write(StateWriter writer)
    {
        writer.WriteByte((byte)Phase);
        writer.Write(Ballot);
        if (Phase == ProposerPhase.Preparing)
        {
            writer.WriteRecordNumber(OwnPromiseRecord, context.PersistedUpTo);
            writer.WriteSince(LastPageAt, context.Now, context.Options.ElectionTimeout);
            writer.WriteSince(_prepareSentAt, context.Now, context.Options.RetransmitInterval);
            writer.Write(_promised);
            writer.Write(_maxChosen);
            foreach (var next in _nextPage)
            {
                writer.Write(next);
            }
            WriteReported(writer);
        }
        else if (Phase == ProposerPhase.Leading)
        {
            writer.Write(Barrier);
            writer.Write(NextSlot);
            writer.Write(_announced);
            writer.WriteSince(_elapsedFrom, context.Now, RelativeFields.Uncapped);
            writer.WriteSince(_progressAt, context.Now, context.Options.RetransmitInterval);
            writer.WriteSince(_waitingSince, context.Now, context.Options.ElectionTimeout * 3);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        Phase = (ProposerPhase)reader.ReadByte();
        Check.That(Phase <= ProposerPhase.Leading);
        Ballot = reader.ReadBallot();
        _reported.Clear();
        if (Phase == ProposerPhase.Preparing)
        {
            OwnPromiseRecord = reader.ReadRecordNumber(context.PersistedUpTo);
            LastPageAt = reader.ReadSince(context.Now);
            _prepareSentAt = reader.ReadSince(context.Now);
            _promised = reader.ReadMemberSet();
            _maxChosen = reader.ReadSlot();
            foreach (ref var next in _nextPage.AsSpan())
            {
                next = reader.ReadSlot();
            }
            for (var left = reader.ReadCount(); left > 0; left--)
            {
                var slot = reader.ReadSlot();
                var ballot = reader.ReadBallot();
                var decree = reader.ReadDecree();
                _reported.Add(new AcceptedEntry(slot, ballot, decree, reader.ReadBool()));
            }
        }
        else if (Phase == ProposerPhase.Leading)
        {
            Barrier = reader.ReadSlot();
            NextSlot = reader.ReadSlot();
            _announced = reader.ReadSlot();
            _elapsedFrom = reader.ReadSince(context.Now);
            _progressAt = reader.ReadSince(context.Now);
            _waitingSince = reader.ReadSince(context.Now);
        }
    }

    /// <summary>In one order, whichever promise came first.</summary>
    private void WriteReported(StateWriter writer)
    {
        SortReported();
        writer.WriteNumber((ulong)_reported.Count);
        foreach (var entry in _reported)
        {
            writer.Write(entry.Slot);
            writer.Write(entry.Ballot);
            writer.Write(entry.Decree);
            writer.Write(entry.Chosen);
        }
    }

    private void SortReported() => _reported.Sort(static (a, b) =>
    {
        var order = a.Slot.CompareTo(b.Slot);
        order = order != 0 ? order : b.Ballot.CompareTo(a.Ballot);
        order = order != 0 ? order : a.Chosen.CompareTo(b.Chosen);
        return order != 0 ? order : a.Decree.Value.Span.SequenceCompareTo(b.Decree.Value.Span);
    });
}
