namespace Synod.Paxos.Multi;

internal sealed partial class LogLearner
{
    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.Write(ChosenUpTo);
        writer.Write(KnownChosen);
        writer.Write(_highestMarked);
        writer.Write(PersistedChosenUpTo);
        writer.Write(ForgetUpTo);
        writer.Write(_unrecordedJump);
        writer.WriteSince(_stalledSince, context.Now, StallPatience);
        writer.WriteSince(_nobodySince, context.Now, context.Options.ElectionTimeout);
        writer.Write(_isAnswered);
        writer.WriteNumber(_attempts);
        writer.WriteNumber((ulong)_silence.Ticks);
        writer.Write(_isAsking);
        if (_isAsking)
        {
            writer.Write(_askedFirst);
            writer.Write(_askedLast);
            writer.Write(_asked);
            writer.WriteSince(_heardAt, context.Now, PatienceMax);
            writer.WriteUntil(_retryAt, context.Now);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public void Read(ref StateReader reader)
    {
        ChosenUpTo = reader.ReadSlot();
        KnownChosen = reader.ReadSlot();
        _highestMarked = reader.ReadSlot();
        PersistedChosenUpTo = reader.ReadSlot();
        ForgetUpTo = reader.ReadSlot();
        _unrecordedJump = reader.ReadSlot();
        _stalledSince = reader.ReadSince(context.Now);
        _nobodySince = reader.ReadSince(context.Now);
        _isAnswered = reader.ReadBool();
        _attempts = reader.ReadUInt32();
        _silence = TimeSpan.FromTicks(checked((long)reader.ReadNumber()));
        _isAsking = reader.ReadBool();
        if (_isAsking)
        {
            _askedFirst = reader.ReadSlot();
            _askedLast = reader.ReadSlot();
            _asked = reader.ReadNodeId();
            _heardAt = reader.ReadSince(context.Now);
            _retryAt = reader.ReadUntil(context.Now);
        }
    }
}
