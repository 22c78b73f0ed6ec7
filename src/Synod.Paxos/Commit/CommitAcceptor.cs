using Synod.Paxos.Essential;

namespace Synod.Paxos.Commit;

/// <summary>
/// An acceptor of all instances of all transactions. For each instance it is Essential's acceptor; around it stands
/// only what bounds its memory. Of a transaction that is over it keeps the outcome for a while, and then one number:
/// that all of an initiator's transactions up to there are over. It never again votes on any of them, because an
/// acceptor that has forgotten would promise "I have accepted nothing", and a second outcome could be chosen.
/// </summary>
/// <param name="self">Its number.</param>
/// <param name="limits">What it may keep.</param>
public sealed class CommitAcceptor(NodeId self, CommitLimits limits)
{
    // Ascending by initiator.
    private readonly List<InitiatorMemory> _initiators = [];

    /// <summary>How many transactions it remembers more of than that they are over.</summary>
    public int TransactionsRemembered => _initiators.Sum(memory => memory.Count);

    /// <summary>
    /// Phase 1b of one instance (Gray and Lamport 2006, §4.2): a Promise, the news that the transaction is over, or
    /// silence where a higher ballot was promised or <see cref="CommitLimits"/> leave no room.
    /// </summary>
    public Answer<Promise> Step(in InInstance<Prepare> prepare)
    {
        if (Find(prepare.Instance, out var finished) is not { } acceptor)
        {
            return new(null, finished);
        }
        return acceptor.Step(prepare.Message) is { } promise
            ? new(In(prepare.Instance, acceptor, promise), null)
            : default;
    }

    /// <summary>
    /// Phase 2b of one instance: an Accepted, the news that the transaction is over, or silence. An Accept under the
    /// participants' ballot is taken from the participant only.
    /// </summary>
    public Answer<Accepted> Step(in InInstance<Accept> accept)
    {
        var ballot = accept.Message.Ballot;
        // The lowest ballot belongs to the participant; from anybody else it would be an Accept without a phase 1.
        if (ballot.Round <= Transaction.ParticipantRound && ballot != Transaction.BallotOf(accept.Instance.Participant))
        {
            return default;
        }
        if (Find(accept.Instance, out var finished) is not { } acceptor)
        {
            return new(null, finished);
        }
        return acceptor.Step(accept.Message) is { } accepted
            ? new(In(accept.Instance, acceptor, accepted), null)
            : default;
    }

    /// <summary>
    /// Hears that a transaction is over. Returns whether that is news: then the host writes the message to disk, and
    /// only then throws away what the disk holds of the transaction's instances.
    /// </summary>
    public bool Step(in Finished finished) =>
        finished.Outcome is { } outcome && MemoryOf(finished.Transaction.Initiator) is { } memory
        && memory.Finish(finished.Transaction.Sequence, outcome);

    /// <summary>
    /// Of each initiator that all its transactions up to there are over, without an outcome. The host writes it before
    /// it throws away the outcomes at and below it.
    /// </summary>
    public IReadOnlyList<Finished> Marks =>
    [
        .. _initiators.Where(memory => memory.ForgottenThrough > 0)
            .Select(memory => new Finished(new TransactionId(memory.Initiator, memory.ForgottenThrough), null)),
    ];

    /// <summary>
    /// After a crash, before any message: what the disk holds, first the <see cref="Marks"/>, then outcomes in
    /// ascending order, then instances. A record that is left out takes back a promise.
    /// </summary>
    public void Recover(in Finished record)
    {
        var memory = MemoryOf(record.Transaction.Initiator);
        // More initiators on disk than the limit: it was lowered, and nothing may be dropped for that.
        Check.That(memory is not null);
        if (record.Outcome is { } outcome)
        {
            memory.RestoreOutcome(record.Transaction.Sequence, outcome);
        }
        else
        {
            memory.ForgetThrough(record.Transaction.Sequence);
        }
    }

    /// <summary>After a crash, after all marks and outcomes: one instance's record from the disk.</summary>
    public void Recover(in InstanceRecord record)
    {
        var memory = MemoryOf(record.Instance.Transaction.Initiator);
        Check.That(memory is not null);
        memory.Restore(record.Instance, new Acceptor(self, record.State));
    }

    private static AfterWrite<InstanceRecord, InInstance<TReply>> In<TReply>(
        InstanceId instance, Acceptor acceptor, AfterWrite<AcceptorState, TReply> reply)
        where TReply : struct
    {
        var record = reply.Record;
        Check.That(record == acceptor.State);
        Check.That(reply.TryRelease(record, out var message));
        // The same message, bound to the same state: only now the record says of which instance.
        return new(new InstanceRecord(instance, record), new InInstance<TReply>(instance, message));
    }

    private Acceptor? Find(InstanceId instance, out Finished? finished)
    {
        finished = null;
        if (instance.Participant == NodeId.None || MemoryOf(instance.Transaction.Initiator) is not { } memory)
        {
            return null;
        }
        return memory.Find(self, instance, out finished);
    }

    private InitiatorMemory? MemoryOf(NodeId initiator)
    {
        if (initiator == NodeId.None)
        {
            return null;
        }
        var at = 0;
        while (at < _initiators.Count && _initiators[at].Initiator < initiator)
        {
            at++;
        }
        if (at == _initiators.Count || _initiators[at].Initiator != initiator)
        {
            if (_initiators.Count == limits.InitiatorsMax)
            {
                return null;
            }
            _initiators.Insert(at, new InitiatorMemory(initiator, limits));
        }
        return _initiators[at];
    }

    /// <summary>Writes the state as canonical bytes: equal states, equal bytes.</summary>
    public void Write(StateWriter writer)
    {
        writer.WriteNumber((ulong)_initiators.Count);
        foreach (var memory in _initiators)
        {
            writer.Write(memory.Initiator);
            memory.Write(writer);
        }
    }

    /// <summary>Takes on the state that <see cref="Write"/> wrote, without a crash in between.</summary>
    public void Read(ref StateReader reader)
    {
        _initiators.Clear();
        for (var left = reader.ReadNumber(); left > 0; left--)
        {
            var memory = new InitiatorMemory(reader.ReadNodeId(), limits);
            memory.Read(self, ref reader);
            _initiators.Add(memory);
        }
    }
}
