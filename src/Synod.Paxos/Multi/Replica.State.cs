namespace Synod.Paxos.Multi;

public sealed partial class Replica
{
    /// <summary>
    /// Writes the whole state as canonical bytes: equal states give equal bytes. Instants are relative to
    /// <paramref name="now"/>, record numbers to the persisted mark, and what nobody will ever look at again is left out.
    /// </summary>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="now">Not before the last input's instant.</param>
    public void Write(StateWriter writer, Instant now)
    {
        Check.That(now >= _context.Now);
        _context.Now = now;
        writer.Write(_acceptor.Promised);
        writer.Write(SnapshotFloor);
        _learner.Write(writer);
        _context.Log.Write(writer, _context.PersistedUpTo, IsLeading ? _proposer.Ballot : Ballot.None);
        _proposer.Write(writer);
        _connectivity.Write(writer);
        _reads.Write(writer);
        writer.WriteNumber((ulong)_ownVotes.Count);
        foreach (var (record, ballot, slot) in _ownVotes)
        {
            writer.WriteRecordNumber(record, _context.PersistedUpTo);
            writer.Write(ballot);
            writer.Write(slot);
        }
        writer.WriteNumber((ulong)_pending.Count);
        foreach (var command in _pending)
        {
            writer.Write(command);
        }
        writer.Write(_observed);
        writer.Write(_reportedLeader);
        writer.WriteUntil(_graceUntil, now);
        writer.Write(_pageAskedFrom);
        writer.WriteUntil(_holdUntil, now);
        writer.WriteUntil(_campaignAt, now);
        writer.WriteSince(_quorumLostAt, now, _context.Options.ElectionTimeout);
        writer.WriteNumber((ulong)Math.Min(_attempts, AttemptsThatCount));
        writer.Write(_campaignIsAskedFor);
        writer.Write(CatchUpPaused);
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote, into a replica of the same node, configuration and options; whatever it was
    /// before is gone.
    /// </summary>
    /// <param name="reader">The bytes; values go on sharing them.</param>
    /// <param name="now">The instant that is to be now.</param>
    /// <param name="persistedUpTo">The record that is to be the persisted mark.</param>
    public void Read(ref StateReader reader, Instant now, ulong persistedUpTo)
    {
        _context.Now = now;
        _context.PersistedUpTo = persistedUpTo;
        _acceptor.Read(ref reader);
        SnapshotFloor = reader.ReadSlot();
        _learner.Read(ref reader);
        _context.Log.Read(ref reader, persistedUpTo, _learner.ChosenUpTo);
        _proposer.Read(ref reader);
        _connectivity.Read(ref reader);
        _reads.Read(ref reader);
        _ownVotes.Clear();
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            _ownVotes.Enqueue(new OwnVote(reader.ReadRecordNumber(persistedUpTo), reader.ReadBallot(), reader.ReadSlot()));
        }
        _pending.Clear();
        _pendingBytes = 0;
        for (var left = reader.ReadCount(); left > 0; left--)
        {
            var command = reader.ReadValue();
            _pendingBytes += command.Length;
            _pending.Enqueue(command);
        }
        _observed = reader.ReadBallot();
        _reportedLeader = reader.ReadBallot();
        _graceUntil = reader.ReadUntil(now);
        _pageAskedFrom = reader.ReadSlot();
        _holdUntil = reader.ReadUntil(now);
        _campaignAt = reader.ReadUntil(now);
        _quorumLostAt = reader.ReadSince(now);
        _attempts = (int)reader.ReadUInt32();
        _campaignIsAskedFor = reader.ReadBool();
        CatchUpPaused = reader.ReadBool();
    }
}
